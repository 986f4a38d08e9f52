"""The user's own check of an edit: a command, run in a copy of the repository.

Only the user's own settings name the command, never a workspace's. It runs without a
shell and in a process group of its own, of which nothing is left when it is over.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum, auto
from io import FileIO
from pathlib import Path

from retrieval.files.walk import Found, Reason, walk

MOST_BYTES = 256 << 20
MOST_FILES = 50_000
"""A repository that is larger is not copied for one edit."""

_CONFIGURATION = frozenset(
    {Reason.DATA, Reason.HIDDEN, Reason.LANGUAGE, Reason.GENERATED, Reason.MINIFIED}
)
"""Files that no model sees, and that a type checker or a test may need."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What is tried: ``path``, below ``root``, as it was and as the edit makes it.

    ``before`` is None for a new file. ``opened`` are the texts of other documents that
    are open, by their paths: they count in place of the files.
    """

    root: Path
    path: str
    before: str | None
    after: str
    opened: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Trial:
    """``said`` are the first lines that the command printed, or why it was not run."""

    verdict: Verdict
    said: str = ""


class _TooLarge(Exception):
    pass


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
        async with _copy(files, most_bytes, most_files) as folder:
            began = time.monotonic()
            trial = await _run(check, files, folder)
            took_s = time.monotonic() - began
            if trial.verdict is not Verdict.FAILED or 2 * took_s > check.timeout_s:
                return trial
            await asyncio.to_thread(_put, folder, files.path, files.before)
            before = await _run(check, files, folder)
            if before.verdict is Verdict.FAILED:
                return Trial(Verdict.FAILED_BEFORE, trial.said)
            return trial
    except _TooLarge:
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


@asynccontextmanager
async def _copy(files: Files, most_bytes: int, most_files: int) -> AsyncIterator[Path]:
    """Copy the repository as it is in the editor, with the edit; made 0700."""
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="codellama-check-"))
    stop = threading.Event()
    work = asyncio.ensure_future(
        asyncio.to_thread(_fill, folder, files, (most_bytes, most_files), stop)
    )
    try:
        await asyncio.shield(work)
        yield folder
    finally:
        stop.set()
        await asyncio.wait({work})
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _fill(
    folder: Path, files: Files, most: tuple[int, int], stop: threading.Event
) -> None:
    """Copy each file: a tool may write, and a hard link would be the user's own file."""
    size = 0
    for number, path in enumerate(_paths(files.root), 1):
        if stop.is_set():
            return
        source, target = files.root / path, folder / path
        size += source.lstat().st_size
        if size > most[0] or number > most[1]:
            raise _TooLarge
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError):  # gone, or nobody may read it
            shutil.copy(source, target, follow_symlinks=False)
    for path, text in files.opened.items():
        _put(folder, path, text)
    _put(folder, files.path, files.after)


def _paths(root: Path) -> Sequence[str]:
    found = []
    for one in walk(root):
        is_file = isinstance(one, Found) or (
            one.reason in _CONFIGURATION and not one.path.endswith("/")
        )
        if is_file and (root / one.path).is_file():
            found.append(one.path)
    return found


def _put(folder: Path, path: str, text: str | None) -> None:
    target = folder / path
    if text is None:
        target.unlink(missing_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(text.encode("utf-8", "replace"))


async def _run(check: Check, files: Files, folder: Path) -> Trial:
    places = {"{file}": files.path, "{root}": str(files.root)}
    command = [_filled(part, places) for part in check.command]
    async with _output() as (output, pipe):
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env={k: v for k, v in os.environ.items() if not k.startswith("CODELLAMA_")},
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
