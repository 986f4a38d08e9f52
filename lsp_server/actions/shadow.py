"""The user's own check of an edit: a command, run in a copy of the repository.

Only the user's own settings name the command, never a workspace's. It runs without a
shell and in a process group of its own, of which nothing is left when it is over. What it
runs may be what the model wrote (a test does): nobody has said yes to that yet, so no
token of the user's environment is there to be read.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum, auto
from io import FileIO
from pathlib import Path

from lsp_server.actions.copying import (
    MOST_BYTES,
    MOST_FILES,
    Files,
    TooLarge,
    copied,
    put,
)

_ENVIRONMENT = frozenset(
    {
        "CARGO_HOME", "CONDA_PREFIX", "GOCACHE", "GOMODCACHE", "GOPATH", "GOROOT", "HOME",
        "JAVA_HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "LOGNAME", "NODE_PATH",
        "NVM_DIR", "PATH", "PYENV_ROOT", "PYTHONPATH", "RUSTUP_HOME", "SHELL", "TEMP",
        "TERM", "TMP", "TMPDIR", "TZ", "USER", "VIRTUAL_ENV", "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME", "XDG_DATA_HOME",
    }
)  # fmt: skip
"""What tools need to find themselves; nothing that may be a key."""

_SAID_LINES = 8
_SAID_CHARS = 64_000
_CHUNK = 1 << 16
_LAST_WORDS_S = 1.0
"""A process that left the group may hold the output open for ever."""


class Verdict(Enum):
    """What came of a check."""

    PASSED = auto()
    FAILED = auto()
    FAILED_BEFORE = auto()  # without the edit, too
    TIMED_OUT = auto()
    NOT_RUN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The command; ``{file}`` in it is the file's path in the copy, ``{root}`` the root."""

    command: tuple[str, ...]
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Trial:
    """``said`` are the first lines that the command printed, or why it was not run."""

    verdict: Verdict
    said: str = ""


async def tried(
    check: Check,
    files: Files,
    *,
    most_bytes: int = MOST_BYTES,
    most_files: int = MOST_FILES,
) -> Trial:
    """Run the command on the edit, and where it fails also without the edit.

    Cancelled, it ends all that it started and removes the copy.
    """
    try:
        async with copied(files, most_bytes, most_files) as folder:
            began = time.monotonic()
            trial = await _run(check, files, folder)
            took_s = time.monotonic() - began
            if trial.verdict is not Verdict.FAILED or 2 * took_s > check.timeout_s:
                return trial
            await asyncio.to_thread(put, folder, files.path, files.before)
            before = await _run(check, files, folder)
            if before.verdict is Verdict.FAILED:
                return Trial(Verdict.FAILED_BEFORE, trial.said)
            return trial
    except TooLarge:
        return Trial(Verdict.NOT_RUN, "the repository is too large to be copied")
    except OSError as error:
        return Trial(Verdict.NOT_RUN, error.strerror or type(error).__name__)


def told(check: Check, trial: Trial) -> str:
    """Return the result in words for the user."""
    command = check.command[0]
    match trial.verdict:
        case Verdict.PASSED:
            return f"{command}: passed"
        case Verdict.FAILED:
            return f"{command}: FAILED with this edit\n{trial.said}".rstrip()
        case Verdict.FAILED_BEFORE:
            return f"{command}: fails, without this edit too\n{trial.said}".rstrip()
        case Verdict.TIMED_OUT:
            return f"{command}: did not end within {check.timeout_s:g} seconds"
        case Verdict.NOT_RUN:
            return f"{command}: not run, {trial.said}"


async def _run(check: Check, files: Files, folder: Path) -> Trial:
    places = {"{file}": files.path, "{root}": str(files.root)}
    command = [_filled(part, places) for part in check.command]
    async with _output() as (output, pipe):
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=_environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=pipe.fileno(),
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        pipe.close()
        reading = asyncio.create_task(_first_lines(output))
        try:
            async with asyncio.timeout(check.timeout_s):
                code = await process.wait()
        except TimeoutError:
            return Trial(Verdict.TIMED_OUT)
        finally:
            # Also what it left running, which would hold its output open.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
            await asyncio.wait({reading}, timeout=_LAST_WORDS_S)
            reading.cancel()
        said = reading.result() if reading.done() else ""
    if code == 0:
        return Trial(Verdict.PASSED)
    return Trial(Verdict.FAILED, said)


@asynccontextmanager
async def _output() -> AsyncIterator[tuple[asyncio.StreamReader, FileIO]]:
    """Open a pipe of our own: asyncio waits for the end of its own before a process's."""
    read, write = os.pipe()
    reader = asyncio.StreamReader()
    with os.fdopen(write, "wb", buffering=0) as pipe:
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader),
            os.fdopen(read, "rb", buffering=0),
        )
        try:
            yield reader, pipe
        finally:
            transport.close()


def _environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name in _ENVIRONMENT or name.startswith("LC_")
    }


def _filled(part: str, places: Mapping[str, str]) -> str:
    for name, value in places.items():
        part = part.replace(name, value)
    return part


async def _first_lines(output: asyncio.StreamReader) -> str:
    """Return the first lines that are not blank; read the rest, and forget it."""
    kept = b""
    while chunk := await output.read(_CHUNK):
        if len(kept) < _SAID_CHARS:
            kept += chunk
    lines = kept.decode("utf-8", "replace").splitlines()
    return "\n".join([line.rstrip() for line in lines if line.strip()][:_SAID_LINES])
