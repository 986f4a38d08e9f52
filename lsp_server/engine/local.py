"""The embedded engine as the server sees it: starts a host, speaks to it, watches it."""

import asyncio
import contextlib
import importlib.util
import itertools
import logging
import os
import re
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from lsp_server.engine import base, frames
from lsp_server.engine.base import (
    EngineDown,
    EngineError,
    GenerationRequest,
    Loaded,
    NotInstalled,
    OutOfMemory,
    Piece,
    Report,
)
from lsp_server.engine.settings import EngineSettings
from lsp_server.framing import read_frame

logger = logging.getLogger(__name__)

NOT_INSTALLED = (
    "No engine is installed here. In a clone of codellama-lsp, install one with: "
    "make install (any x86-64 or Arm processor with Linux), or "
    "make install ENGINE=cuda (an NVIDIA GPU)."
)
HOST = (
    sys.executable,
    "-P",  # the folder the editor runs in is no place to import from
    "-m",
    "lsp_server.engine.host",
)

_CLOSE_SECONDS = 12.0
_LAST_WORDS_SECONDS = 1.0
_LOG_BYTES = 2**20
_MEMORY = re.compile(
    r"out of memory|larger than the available KV cache|No available memory"
    r"|Free memory on device|not enough memory|std::bad_alloc|MemoryError",
    re.IGNORECASE,
)
_ERROR_LINE = re.compile(
    r"(?:^|\] )(?P<error>(?:[\w.]+\.)?\w*(?:Error|Exception)(?:: .+)?)$"
)
_REASON_BELOW = re.compile(r"  (?P<reason>\S.*?)(?: \[type=.*)?$")
"""pydantic puts the reason below the error, and the whole input behind it."""

_KINDS = {
    kind.__name__: kind for kind in (EngineDown, OutOfMemory, base.RequestRefused)
}


class LocalEngine:
    """One engine host and the connection to it.

    ``host`` is the command that starts it; it gets the socket and the settings.
    ``log`` is a file that takes what the host and vLLM print; it is appended to, and
    set aside as ``<log>.1`` when it passes 1 MiB.
    """

    def __init__(
        self, settings: EngineSettings, log: Path, host: Sequence[str | Path] = HOST
    ) -> None:
        self._settings = settings
        self._log = log
        self._host = host
        self._log_start = 0
        self.process: asyncio.subprocess.Process | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Queue[Piece | EngineError]] = {}
        self._down: EngineError | None = None

    async def start(self, report: Report) -> Loaded:
        if self._host is HOST and importlib.util.find_spec("vllm") is None:
            raise NotInstalled(NOT_INSTALLED)
        try:
            reader = await self._start_host()
            return await self._until_ready(reader, report)
        except BaseException:
            await self.close()
            raise

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Piece]:
        if self._writer is None or self._down is not None:
            raise self._down or EngineDown("The engine is not running.")
        number = next(self._ids)
        answers: asyncio.Queue[Piece | EngineError] = asyncio.Queue()
        self._waiting[number] = answers
        self._writer.write(frames.frame(frames.Generate(number, request)))
        finished = False
        try:
            while not finished:
                answer = await answers.get()
                finished = isinstance(answer, EngineError) or answer.finish is not None
                if isinstance(answer, EngineError):
                    raise answer
                yield answer
        finally:
            del self._waiting[number]
            if not finished and self._down is None and self._writer is not None:
                self._writer.write(frames.frame(frames.Abort(number)))

    async def lost(self) -> EngineError:
        if self._listening is None:
            return EngineDown("The engine is not running.")
        await asyncio.wait({self._listening})
        return self._down or EngineDown("The engine was closed.")

    async def close(self) -> None:
        """End the host: it leaves when its stdin ends, and is killed if it does not."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait({self._listening})
        for answers in self._waiting.values():
            answers.put_nowait(EngineDown("The engine was closed."))
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if self.process is not None:
            process, self.process = self.process, None
            if process.stdin is not None:
                process.stdin.close()
            try:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_CLOSE_SECONDS):
                        await process.wait()
            finally:
                _kill_group(process.pid)
            await process.wait()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    async def _start_host(self) -> asyncio.StreamReader:
        self._down = None
        self._folder = tempfile.TemporaryDirectory(prefix="codellama-")  # made 0700
        path = Path(self._folder.name) / "engine.sock"
        with await asyncio.to_thread(_opened_log, self._log) as log:
            self._log_start = log.tell()
            self.process = await asyncio.create_subprocess_exec(
                *self._host,
                path,
                msgspec.json.encode(self._settings),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        assert self.process.stdout is not None  # noqa: S101 - asked for above
        if not await self.process.stdout.readline():
            raise await self._cause_of_death("The engine host ended at once")
        try:
            reader, self._writer = await asyncio.open_unix_connection(path)
        except OSError as error:
            raise await self._cause_of_death("The engine host ended at once") from error
        return reader

    async def _until_ready(
        self, reader: asyncio.StreamReader, report: Report
    ) -> Loaded:
        while (message := await _next_message(reader)) is not None:
            match message:
                case frames.Stage(text=text):
                    report(text)
                case frames.Ready(loaded=loaded):
                    self._listening = asyncio.create_task(self._listen(reader))
                    return loaded
                case frames.Failed(id=None, message=words):
                    raise await self._cause_of_death("The engine did not start", words)
                case frames.Failed() | frames.Answer():
                    pass  # nothing was asked yet
        raise await self._cause_of_death("The engine host ended while it was starting")

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while (message := await _next_message(reader)) is not None:
            match message:
                case frames.Answer(id=number, piece=piece) if number in self._waiting:
                    self._waiting[number].put_nowait(piece)
                case frames.Failed(id=int(), kind="EngineDown"):
                    pass  # the host ends now, and its log knows more
                case frames.Failed(id=int(number), kind=kind, message=words):
                    if number in self._waiting:
                        error = _KINDS.get(kind, EngineDown)(words)
                        self._waiting[number].put_nowait(error)
                case _:
                    pass  # of a request that nobody waits for any more
        if self.process is not None:
            # What it dies of is written last, after its sockets are closed.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LAST_WORDS_SECONDS):
                    await self.process.wait()
            _kill_group(self.process.pid)
        self._down = await self._cause_of_death("The engine ended unexpectedly")
        for answers in self._waiting.values():
            answers.put_nowait(self._down)

    async def _cause_of_death(self, what: str, message: str = "") -> EngineError:
        return await asyncio.to_thread(self._read_cause, what, message)

    def _read_cause(self, what: str, message: str) -> EngineError:
        """Read from the log what vLLM said: its own error names only "see above"."""
        with contextlib.suppress(OSError), self._log.open("rb") as log:
            log.seek(self._log_start)
            message = root_cause(log.read().decode(errors="replace")) or message
        where = f"The engine's log: {self._log}"
        if _MEMORY.search(message):
            return OutOfMemory(
                f"{self._settings.name} does not fit into the free memory ({message}). "
                f"Choose a smaller model, or a smaller window_tokens. {where}"
            )
        return EngineDown(f"{what}: {message or 'no reason given'}. {where}")


async def _next_message(reader: asyncio.StreamReader) -> frames.FromHost | None:
    """Return what the host says next; None if it has left, or speaks no frames of ours."""
    try:
        body = await read_frame(reader)
        return None if body is None else frames.from_host.decode(body)
    except ValueError as error:  # msgspec's, too
        logger.warning("The engine host sent what is no frame: %s", error)
        return None


def root_cause(log: str) -> str:
    """Return the error that the first traceback in vLLM's log ends with, "" for none.

    One failure makes several tracebacks, from the core outwards; the first knows why.
    """
    lines = log.splitlines()
    for number, line in enumerate(lines):
        if found := _ERROR_LINE.search(line):
            error = found["error"].rstrip(". ")
            reason = _REASON_BELOW.match("".join(lines[number + 1 : number + 2]))
            return f"{error}: {reason['reason']}" if reason else error
    return ""


def _opened_log(path: Path) -> BinaryIO:
    """Open the log to be written on; without a place for it, the engine does without."""
    try:
        return _appended(path)
    except OSError as error:
        logger.warning("The engine's log %s cannot be written: %s", path, error)
        return Path(os.devnull).open("ab")


def _appended(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists() and path.stat().st_size > _LOG_BYTES:
        path.replace(path.with_suffix(path.suffix + ".1"))
    path.touch(mode=0o600)
    log = path.open("ab")
    log.seek(0, os.SEEK_END)
    return log


def _kill_group(leader: int) -> None:
    """End what a host left behind: it leads its own process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
