"""What server and engine host say to each other: length-prefixed msgpack frames."""

import msgspec

from lsp_server.engine.base import GenerationRequest, Loaded, Piece
from lsp_server.framing import framed


class Generate(msgspec.Struct, tag=True, frozen=True):
    """Server to host: answer ``request`` with pieces that carry ``id``."""

    id: int
    request: GenerationRequest


class Abort(msgspec.Struct, tag=True, frozen=True):
    """Server to host: nobody wants the rest of ``id``."""

    id: int


class Stage(msgspec.Struct, tag=True, frozen=True):
    """Host to server: what the start is busy with, in plain words."""

    text: str


class Ready(msgspec.Struct, tag=True, frozen=True):
    """Host to server: requests are served from now on."""

    loaded: Loaded


class Answer(msgspec.Struct, tag=True, frozen=True):
    """Host to server: the next piece of ``id``; the last one has a finish."""

    id: int
    piece: Piece


class Failed(msgspec.Struct, tag=True, frozen=True):
    """Host to server: request ``id`` has no (further) answer; None: the start failed.

    ``kind`` is the name of an :class:`~lsp_server.engine.base.EngineError`.
    """

    id: int | None
    kind: str
    message: str


FromServer = Generate | Abort
FromHost = Stage | Ready | Answer | Failed

_encoder = msgspec.msgpack.Encoder()
from_server = msgspec.msgpack.Decoder(FromServer)
from_host = msgspec.msgpack.Decoder(FromHost)


def frame(message: FromServer | FromHost) -> bytes:
    """Return the message as it goes over the socket."""
    return framed(_encoder.encode(message))
