"""An engine host without an engine: ``fake_host.py MODE START``.

The first id of a prompt says what becomes of the request: one of ``Ask``.
"""

import os
import socket
import struct
import sys
from collections.abc import Iterator
from enum import IntEnum, auto
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from lsp_server.engine import frames
from lsp_server.engine.base import Finish, Loaded, Piece
from lsp_server.engine.build import BUILD
from lsp_server.engine.settings import HostStart

TRACEBACKS = """\
INFO 11-23 01:00:00 [model.py:1] Free memory on device is plenty
(EngineCore pid=7) ERROR 11-23 01:00:00 [core.py:1] Traceback (most recent call last):
(EngineCore pid=7) ERROR 11-23 01:00:00 [core.py:1] torch.OutOfMemoryError: CUDA out of memory.
RuntimeError: Engine core initialization failed. See root cause above.
"""


class Ask(IntEnum):
    SETTINGS = auto()  # answered with them
    ABORTED = auto()  # answered with the numbers of aborted requests
    HALF = auto()  # never answered to the end
    REFUSED = auto()
    ODD = auto()  # fails in a way that only newer hosts know
    DEATH = auto()
    BABBLE = auto()


def main() -> None:
    mode, given = sys.argv[1:]
    start = msgspec.json.decode(given, type=HostStart)
    path = str(start.socket)
    if mode == "dies at once":
        sys.exit("ValueError: no such model.")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        if mode == "cannot be called":
            Path(path).unlink()
        print("listening", flush=True)  # noqa: T201 - as the real one does
        if mode == "cannot be called":
            return
        connection, _ = listener.accept()
    with connection, connection.makefile("rwb") as file:
        stream = cast("BinaryIO", file)
        if mode == "babbles":
            stream.write(b"HTTP/1.1 200 OK\r\n\r\n")
            return
        _send(stream, frames.Hello(BUILD, os.getpid(), start.log, start.log_start))
        _send(stream, frames.Stage(0, "waking up", 0.5))
        match mode:
            case "dies while starting":
                sys.stderr.write(TRACEBACKS)
            case "fails":
                _send(stream, frames.NotLoaded(0, "EngineDown", "no reason to start"))
            case "is never ready":
                stream.read()
            case _:
                _serve(stream, msgspec.json.encode(start.settings).decode())


def _serve(stream: BinaryIO, settings: str) -> None:
    loaded = Loaded(model="fake", window_tokens=512, device="none")
    _send(stream, frames.Ready(0, loaded))
    aborted: list[int] = []
    for message in _received(stream):
        if isinstance(message, frames.Abort):
            aborted.append(message.id)
        if isinstance(message, frames.Generate):
            _answer(stream, message, settings, aborted)


def _answer(
    stream: BinaryIO, message: frames.Generate, settings: str, aborted: list[int]
) -> None:
    number = message.id
    match Ask(message.request.prompt_ids[0]):
        case Ask.SETTINGS:
            _send(stream, frames.Answer(number, Piece(text=settings[:1])))
            end = Piece(text=settings[1:], finish=Finish.STOP)
            _send(stream, frames.Answer(number, end))
        case Ask.ABORTED:
            end = Piece(text=f"{aborted}", finish=Finish.STOP)
            _send(stream, frames.Answer(number, end))
        case Ask.HALF:
            _send(stream, frames.Answer(number, Piece(text="half an ans")))
        case Ask.REFUSED:
            _send(stream, frames.Failed(number, "RequestRefused", "too long"))
        case Ask.ODD:
            _send(stream, frames.Failed(number, "Embarrassed", "oh no"))
        case Ask.DEATH:
            sys.exit("RuntimeError: the core died.")
        case Ask.BABBLE:
            stream.write(b"\xff" * 16)
            stream.flush()


def _send(stream: BinaryIO, message: frames.FromHost) -> None:
    stream.write(frames.frame(message))
    stream.flush()


def _received(stream: BinaryIO) -> Iterator[frames.FromServer]:
    while header := stream.read(4):
        (length,) = struct.unpack(">I", header)
        yield frames.from_server.decode(stream.read(length))


if __name__ == "__main__":
    main()
