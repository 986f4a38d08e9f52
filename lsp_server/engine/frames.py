"""What server and engine host say to each other: length-prefixed msgpack frames.

A model is named by its place in the host's settings.
"""

import msgspec

from lsp_server.engine.base import GenerationRequest, Loaded, Piece
from lsp_server.engine.build import Build
from lsp_server.framing import framed


class Generate(msgspec.Struct, tag=True, frozen=True):
    """Server to host: answer ``request`` with pieces that carry ``id``."""

    id: int
    model: int
    request: GenerationRequest


class Abort(msgspec.Struct, tag=True, frozen=True):
    """Server to host: nobody wants the rest of ``id``."""

    id: int


class Load(msgspec.Struct, tag=True, frozen=True):
    """Server to host: the user wants to use ``model`` soon."""

    model: int


class Free(msgspec.Struct, tag=True, frozen=True):
    """Server to host: give all memory back until somebody asks to load again."""


class Drain(msgspec.Struct, tag=True, frozen=True):
    """Server to host: answer what is asked already, then end; ``reason`` is told to all.

    With ``if_unused`` only if no other server is connected: else it says :class:`Pong`.
    Without anything it must be understood by every build.
    """

    reason: str = "Another build of codellama-lsp takes its place."
    if_unused: bool = False


class Ping(msgspec.Struct, tag=True, frozen=True):
    """Server to host: say :class:`Pong`, if you live."""


class Hello(msgspec.Struct, tag=True, frozen=True):
    """Host to server, first: who it is. This frame must never change its form.

    ``log`` is its file, and ``log_start`` the byte at which its own part begins.
    """

    build: Build
    pid: int
    log: str
    log_start: int


class Stage(msgspec.Struct, tag=True, frozen=True):
    """Host to server: what loading ``model`` is busy with; ``share`` of it is done."""

    model: int
    text: str
    share: float | None = None


class Ready(msgspec.Struct, tag=True, frozen=True):
    """Host to server: requests for ``model`` are served from now on."""

    model: int
    loaded: Loaded


class Asleep(msgspec.Struct, tag=True, frozen=True):
    """Host to server: ``model`` has left the memory.

    ``wakes`` says whether a request is enough to load it again.
    """

    model: int
    reason: str
    wakes: bool


class Answer(msgspec.Struct, tag=True, frozen=True):
    """Host to server: the next piece of ``id``; the last one has a finish."""

    id: int
    piece: Piece


class Failed(msgspec.Struct, tag=True, frozen=True):
    """Host to server: request ``id`` has no (further) answer.

    ``kind`` is the name of an :class:`~lsp_server.engine.base.EngineError`.
    """

    id: int
    kind: str
    message: str


class NotLoaded(msgspec.Struct, tag=True, frozen=True):
    """Host to server: ``model`` could not be loaded, or has died."""

    model: int
    kind: str
    message: str


class Pong(msgspec.Struct, tag=True, frozen=True):
    """Host to server: the answer to :class:`Ping`."""


class Leaving(msgspec.Struct, tag=True, frozen=True):
    """Host to server: it is about to end, and why, for the user."""

    reason: str


State = Stage | Ready | Asleep | NotLoaded
"""How a model is; the last one said holds."""

FromServer = Generate | Abort | Load | Free | Drain | Ping
FromHost = Hello | State | Answer | Failed | Pong | Leaving

_encoder = msgspec.msgpack.Encoder()
from_server = msgspec.msgpack.Decoder(FromServer)
from_host = msgspec.msgpack.Decoder(FromHost)


def frame(message: FromServer | FromHost) -> bytes:
    """Return the message as it goes over the socket."""
    return framed(_encoder.encode(message))
