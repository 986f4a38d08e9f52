"""Source text as frozen values: the ground floor both packages speak in.

Offsets are code points everywhere above the wire; lines are cut where LSP cuts them
(LF, CRLF, CR: not at form feed, U+0085 or U+2028, as ``str.splitlines`` would).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

CLOSERS = frozenset(")]}>\"'`,;: \t")
"""What closes, ends or separates: an editor adds some of it by itself, and it says nothing."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|[\r\n])|[^\r\n]+\Z")


def split_lines(text: str) -> tuple[str, ...]:
    r"""Cut ``text`` into lines that keep their ends; the last one has none.

    ``"a\r\nb"`` gives ``("a\r\n", "b")``, ``"a\n"`` gives ``("a\n", "")``, and the
    empty text is one empty line. Joining the lines gives the text back.
    """
    lines: list[str] = _LINE.findall(text)
    if not lines or lines[-1][-1] in "\r\n":
        lines.append("")
    return tuple(lines)


def without_end(line: str) -> str:
    """Return the line without its LF, CRLF or CR."""
    return line.rstrip("\r\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of one text; an edit makes a new value.

    ``lines`` is never empty, and all lines but the last carry their line end.
    """

    uri: str
    language: str
    version: int | None
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(self.lines)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two characters of a document: 0-based line, code-point column.

    Whoever makes one clamps it first: ``line`` exists, and ``column`` does not pass the
    end of its text (the line end is not text).
    """

    document: Document
    line: int
    column: int

    @property
    def before(self) -> str:
        """The text of the cursor's line to its left."""
        return self.document.lines[self.line][: self.column]

    @property
    def after(self) -> str:
        """The text of the cursor's line to its right, without the line end."""
        return without_end(self.document.lines[self.line][self.column :])

    @property
    def at_end(self) -> bool:
        """Whether nothing is to the right in the line, but for what only closes."""
        return CLOSERS.issuperset(self.after)


class Origin(StrEnum):
    """By what a piece of another file was found."""

    DEFINITION = "definition"  # syntax: it defines what is used at the cursor
    SIMILAR = "similar"  # its lines are like those at the cursor
    EDIT = "edit"  # somebody edited there lately
    FILE = "file"  # a whole file, near by its imports or name: there was room for it
    OTHER = "other"  # it uses or tests what the cursor is in


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A piece of another file that helps at a cursor.

    ``path`` is relative to the repository, with "/". Lines are 0-based, both included;
    ``text`` need not be all of them (a signature, an outline of a class); where it comes
    from several places, ``parts`` are the first and last line of each. ``tokens`` is what
    it takes in the prompt, with its path line. ``why`` tells people; ``origins`` are by
    what its parts were found, each once, the worthiest part's first.
    """

    path: str
    start_line: int
    end_line: int
    text: str
    tokens: int
    score: float
    why: str
    parts: tuple[tuple[int, int], ...] = ()
    origins: tuple[Origin, ...] = ()
