"""The context worker: ``python -m lsp_server.context.worker START``, one for each server.

It speaks :mod:`~lsp_server.context.messages` over its stdin and stdout, keeps the indexes
of the repositories and gathers what helps at a cursor. A process apart, because parsing
and ranking would hold the server's event loop.

It ends when its stdin ends (whoever started it is gone, even by SIGKILL) or on SIGTERM,
and takes every process that it started with it: they are of its process group.
"""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import BinaryIO

import msgspec

from lsp_server.context import messages
from lsp_server.context.desk import Desk
from lsp_server.context.process import Start
from lsp_server.framing import read_frame
from lsp_server.parent import end_with_parent
from lsp_server.prompt.infill import load

logger = logging.getLogger(__name__)

_NICER = 5
"""What is gathered ahead yields to the editor, and to an engine on the processor."""

_LOOK_S = 0.2
_LOOK_AT_BRANCHES = 10
"""Of looks: every two seconds."""

_COLLECT = 300
"""Of looks: every minute."""

_CLOSE_S = 2.0


async def serve(start: Start, stdout: BinaryIO) -> None:
    """Answer until stdin ends."""
    one_at_a_time = threading.Lock()

    def say(message: messages.ToServer) -> None:
        with one_at_a_time, contextlib.suppress(BrokenPipeError):
            stdout.write(messages.frame(message))
            stdout.flush()

    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    loop.add_signal_handler(signal.SIGTERM, reader.feed_eof)
    desk = Desk(load(Path(start.model)), Path(start.cache), say)
    looking = asyncio.create_task(_look(desk))
    asked = asyncio.Event()
    working = asyncio.create_task(_work(desk, asked))
    try:
        while (body := await read_frame(reader)) is not None:
            try:
                message = messages.to_worker.decode(body)
            except msgspec.MsgspecError as error:
                logger.error("No message: %s", type(error).__name__)  # noqa: TRY400 - may quote code
                continue
            desk.receive(message)
            asked.set()
    finally:
        looking.cancel()
        working.cancel()
        _end_within(_CLOSE_S)
        desk.close()


async def _work(desk: Desk, asked: asyncio.Event) -> None:
    """Do what takes long in steps: whatever has come meanwhile is seen to between them."""
    while True:
        await asked.wait()
        asked.clear()
        while desk.work():  # noqa: ASYNC110 - it does not wait, it lets others in
            await asyncio.sleep(0)


async def _look(desk: Desk) -> None:
    """See to what is not asked for, and collect garbage: never while an answer is made."""
    looks = 0
    while True:
        await asyncio.sleep(_LOOK_S)
        looks += 1
        desk.look()
        if looks % _LOOK_AT_BRANCHES == 0:
            desk.look_at_branches()
            gc.collect(1)
        if looks % _COLLECT == 0:
            gc.collect()


def _end_within(seconds: float) -> None:
    """End this process even if closing the indexes hangs."""
    timer = threading.Timer(seconds, os._exit, (1,))
    timer.daemon = True
    timer.start()


def main() -> None:
    """Serve whoever started this."""
    end_with_parent(signal.SIGTERM)
    stdout = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with contextlib.suppress(OSError):
        os.nice(_NICER)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    gc.freeze()
    gc.disable()  # `_look` collects, between answers
    asyncio.run(serve(msgspec.json.decode(sys.argv[1], type=Start), stdout))


if __name__ == "__main__":
    main()
