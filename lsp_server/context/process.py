"""The context worker as the server sees it: a process at the other end of two pipes."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import msgspec

from lsp_server.context import messages
from lsp_server.framing import read_frame

logger = logging.getLogger(__name__)

WORKER: Sequence[str | Path] = (
    sys.executable,
    "-P",  # the folder the editor runs in is no place to import from
    "-m",
    "lsp_server.context.worker",
)

_CLOSE_SECONDS = 3.0


class Start(msgspec.Struct, frozen=True):
    """What a worker is told on its command line: the model's folder, and its cache's."""

    model: str
    cache: str


class Worker:
    """One process; ``heard`` ends when it does. It leads a process group of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid

    def send(self, message: messages.ToWorker) -> None:
        """Send without waiting; what a process that ended is told is lost."""
        assert self._process.stdin is not None  # noqa: S101 - asked for below
        if not self._process.stdin.is_closing():
            self._process.stdin.write(messages.frame(message))

    async def heard(self) -> AsyncGenerator[messages.ToServer]:
        assert self._process.stdout is not None  # noqa: S101 - asked for below
        try:
            while (body := await read_frame(self._process.stdout)) is not None:
                yield messages.to_server.decode(body)
        except ValueError as error:  # msgspec's, too
            logger.warning("The context worker sent what is no frame: %s", error)

    def kill(self) -> None:
        """Kill it, and all processes of its group; ``heard`` ends then."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    async def end(self) -> None:
        """End it: it leaves when its stdin ends, and is killed if it does not.

        Processes that it started are of its group, and end with it.
        """
        assert self._process.stdin is not None  # noqa: S101 - asked for below
        self._process.stdin.close()
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await self._process.wait()
        finally:
            self.kill()
        await self._process.wait()


async def started(start: Start, command: Sequence[str | Path] = WORKER) -> Worker:
    """Start a worker; what it prints goes where the server's own log goes."""
    process = await asyncio.create_subprocess_exec(
        *command,
        msgspec.json.encode(start),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    return Worker(process)
