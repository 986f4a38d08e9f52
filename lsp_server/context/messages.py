"""What the server and its context worker say to each other, in frames."""

from collections.abc import Sequence
from typing import ClassVar

import msgspec

from lsp_server.framing import framed
from retrieval.outline import Definition
from retrieval.source import Snippet
from retrieval.symbol import Symbol


class Folders(msgspec.Struct, tag=True, frozen=True):
    """To the worker: the workspace's folders, as paths, in place of those before."""

    roots: list[str]


class Opened(msgspec.Struct, tag=True, frozen=True):
    """To the worker: a document from the beginning; lines keep their ends."""

    uri: str
    language: str
    lines: tuple[str, ...]


class Spliced(msgspec.Struct, tag=True, frozen=True):
    """To the worker: ``lines`` take the place of ``first`` up to, not including, ``last``."""

    uri: str
    first: int
    last: int
    lines: tuple[str, ...]


class Closed(msgspec.Struct, tag=True, frozen=True):
    """To the worker: the file on disk counts again."""

    uri: str


class Touched(msgspec.Struct, tag=True, frozen=True):
    """To the worker: these files were written, made or removed."""

    uris: list[str]


class Prepare(msgspec.Struct, tag=True, frozen=True):
    """To the worker: gather for this place in the document as it was last told.

    ``opened``, ``edited`` and ``shown`` are those of ``retrieval.gather.Query``, with uris
    for paths; ``kept`` are the snippets that stand in the prompt. Each gets one answer.
    """

    id: int
    uri: str
    line: int
    column: int
    budget: int
    opened: list[str]
    edited: list[tuple[str, int]]
    shown: tuple[int, int] | None
    kept: tuple[Snippet, ...]


class Prepared(msgspec.Struct, tag=True, frozen=True):
    """To the server: what was gathered; nothing where the file has no repository.

    ``path`` is the document's in its repository, ``repository`` that one's name.
    """

    id: int
    snippets: tuple[Snippet, ...] = ()
    path: str = ""
    repository: str = ""
    milliseconds: float = 0.0


class Scopes(msgspec.Struct, tag=True, frozen=True):
    """A question: which definitions enclose these lines, 0-based, both included."""

    uri: str
    first: int
    last: int


class ScopesFound(msgspec.Struct, tag=True, frozen=True):
    """The outermost first."""

    definitions: tuple[Definition, ...] = ()


class Facts(msgspec.Struct, tag=True, frozen=True):
    """A question: what the name at this place is."""

    uri: str
    line: int
    column: int


class FactsFound(msgspec.Struct, tag=True, frozen=True):
    """``root`` is the folder that the symbol's paths are relative to, ``path`` the document's."""

    symbol: Symbol | None = None
    root: str = ""
    path: str = ""


class Relate(msgspec.Struct, tag=True, frozen=True):
    """A question: what helps to work on these lines, in at most ``budget`` tokens.

    ``kind`` is the action's name: "tests" wants other tests first, say.
    """

    uri: str
    first: int
    last: int
    budget: int
    kind: str = ""


class Related(msgspec.Struct, tag=True, frozen=True):
    """The best last. ``path`` is the document's in its repository, both "" where it has none."""

    snippets: tuple[Snippet, ...] = ()
    path: str = ""
    repository: str = ""


class TestPlaceWanted(msgspec.Struct, tag=True, frozen=True):
    """A question: where a test of ``name``, which is defined in the document, would stand."""

    __test__: ClassVar[bool] = False
    uri: str
    name: str


class TestPlaceFound(msgspec.Struct, tag=True, frozen=True):
    """A ``path`` below ``root`` that does not exist yet, and a test to imitate, if any."""

    __test__: ClassVar[bool] = False
    path: str
    root: str
    example: str | None = None


Question = Scopes | Facts | Relate | TestPlaceWanted
Answer = ScopesFound | FactsFound | Related | TestPlaceFound


class Asked(msgspec.Struct, tag=True, frozen=True):
    """To the worker: a question about a document as it was last told. It gets one answer."""

    id: int
    question: Question


class Answered(msgspec.Struct, tag=True, frozen=True):
    """To the server: the answer; None where the document is not known, or on a fault."""

    id: int
    answer: Answer | None = None


class Building(msgspec.Struct, tag=True, frozen=True):
    """To the server: how far the first build of an index is; ``total`` 0 is not known yet."""

    root: str
    done: int
    total: int


class Built(msgspec.Struct, tag=True, frozen=True):
    """To the server: the index is as the files are, for now."""

    root: str
    files: int


class Trouble(msgspec.Struct, tag=True, frozen=True):
    """To the server: what the user should know of an index, in words; ``kind`` names it."""

    kind: str
    message: str


ToWorker = Folders | Opened | Spliced | Closed | Touched | Prepare | Asked
ToServer = Prepared | Answered | Building | Built | Trouble

_encoder = msgspec.msgpack.Encoder()
to_worker = msgspec.msgpack.Decoder(ToWorker)
to_server = msgspec.msgpack.Decoder(ToServer)


def frame(message: ToWorker | ToServer) -> bytes:
    """Return the message as it goes through the pipe."""
    return framed(_encoder.encode(message))


def encodable(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the lines with "?" for halves of surrogate pairs: those have no UTF-8.

    Columns stay as they are.
    """
    return tuple(
        line if line.isascii() else line.encode("utf-8", "replace").decode()
        for line in lines
    )
