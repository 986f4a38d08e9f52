"""Where a window finds the engine host that it shares with the user's other windows.

In a folder that is the user's alone there is a socket for each choice of models. A window
that finds nobody behind it starts a host; a lock sees to it that of several only one does.
A host of an older build is asked to leave first: never are there two copies on one GPU.
"""

import asyncio
import contextlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import msgspec
from filelock import AsyncFileLock, Timeout

from lsp_server.engine import frames
from lsp_server.engine.base import EngineDown
from lsp_server.engine.build import BUILD
from lsp_server.engine.cause import cause_of_death
from lsp_server.engine.local import logs
from lsp_server.engine.local.processes import kill_group, until_ended
from lsp_server.engine.peer import same_user
from lsp_server.engine.settings import HostSettings, HostStart
from lsp_server.framing import read_frame

HOST = (
    sys.executable,
    "-P",  # the folder the editor runs in is no place to import from
    "-m",
    "lsp_server.engine.host.process",
)

_LOCK_S = 90.0
_HELLO_S = 60.0
"""A host that is busy importing vLLM may take that long to say who it is."""
_DRAIN_S = 30.0
_KEY_BYTES = 8


@dataclass(slots=True, kw_only=True)
class Met:
    """A host that has said who it is, and the connection to it.

    ``started`` is its process where this window started it for itself alone.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    hello: frames.Hello
    started: subprocess.Popen[bytes] | None = None
    folder: "tempfile.TemporaryDirectory[str] | None" = None


Meet = Callable[[HostSettings, Path, Sequence[str | Path]], Awaitable[Met]]
"""Given settings, the folder for logs, and the command that starts a host."""


def key_of(settings: HostSettings) -> str:
    """Return what all windows call a host that was started with these settings."""
    return blake2b(msgspec.json.encode(settings), digest_size=_KEY_BYTES).hexdigest()


async def shared_host(
    settings: HostSettings, logs_folder: Path, command: Sequence[str | Path]
) -> Met:
    """Connect to the host of these settings, and start it if there is none.

    Raises EngineError: it does not start, or does not understand this build.
    """
    key = key_of(settings)
    folder = _own_folder()
    path = folder / f"{key}.sock"
    log = logs_folder / f"engine-{key}.log"
    try:
        async with AsyncFileLock(folder / f"{key}.lock", timeout=_LOCK_S):
            met = await _knock(path)
            if met is not None and met.hello.build < BUILD:
                await _replace(met)
                met = None
            if met is None:
                for left in folder.glob(f"{key}-*"):  # by a host that was killed
                    shutil.rmtree(left, ignore_errors=True)
                path.unlink(missing_ok=True)
                await asyncio.to_thread(_start, settings, path, log, command, True)
                met = await _knock(path)
    except Timeout as error:
        raise EngineDown(
            f"Another window has been starting the engine for {_LOCK_S:.0f} s. If there "
            f"is none, remove {folder / f'{key}.lock'}."
        ) from error
    if met is None:
        raise _not_started(settings, log, 0)
    if met.hello.build.protocol != BUILD.protocol:
        met.writer.close()
        raise EngineDown(
            "The engine runs for a newer codellama-lsp than this one: restart this editor, "
            "or set standalone = true."
        )
    return met


async def host_if_there(
    settings: HostSettings, logs_folder: Path, command: Sequence[str | Path]
) -> Met:
    """Use the host of the user's windows if it runs; else start one of our own.

    For commands: what a command starts ends with it.
    """
    met = await _knock(_own_folder() / f"{key_of(settings)}.sock")
    if met is not None and met.hello.build == BUILD:
        return met
    if met is not None:
        met.writer.close()
    return await private_host(settings, logs_folder, command)


async def private_host(
    settings: HostSettings, logs_folder: Path, command: Sequence[str | Path]
) -> Met:
    """Start a host that ends with this process."""
    folder = tempfile.TemporaryDirectory(prefix="codellama-")  # made 0700
    try:
        path = Path(folder.name) / "engine.sock"
        log = logs_folder / f"engine-{os.getpid()}.log"
        started = await asyncio.to_thread(_start, settings, path, log, command, False)
        met = await _met(path, settings, log, started)
    except BaseException:
        folder.cleanup()
        raise
    met.started, met.folder = started, folder
    return met


async def _met(
    path: Path, settings: HostSettings, log: Path, started: subprocess.Popen[bytes]
) -> Met:
    met = await _knock(path)
    if met is None:
        end_started(started)
        raise _not_started(settings, log, 0)
    return met


def end_started(process: subprocess.Popen[bytes]) -> None:
    """End a host that was started for this window alone."""
    if process.stdin is not None:
        process.stdin.close()
    kill_group(process.pid)


async def next_frame(reader: asyncio.StreamReader) -> frames.FromHost | None:
    """Return what the host says next, None if it has left.

    Raises ValueError where it speaks no frames of ours.
    """
    try:
        body = await read_frame(reader)
    except OSError:
        return None
    return None if body is None else frames.from_host.decode(body)


async def _knock(path: Path) -> Met | None:
    try:
        reader, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return None
    if not same_user(writer.get_extra_info("socket")):
        writer.close()
        raise EngineDown(
            f"{path} is another user's: remove it, or set standalone = true."
        )
    with contextlib.suppress(TimeoutError, ValueError):
        async with asyncio.timeout(_HELLO_S):
            hello = await next_frame(reader)
            if isinstance(hello, frames.Hello):
                return Met(reader=reader, writer=writer, hello=hello)
    writer.close()
    return None


async def _replace(met: Met) -> None:
    """Have an older build leave, and all it holds with it."""
    met.writer.write(frames.frame(frames.Drain()))
    with contextlib.suppress(TimeoutError, ValueError):
        async with asyncio.timeout(_DRAIN_S):
            while await next_frame(met.reader) is not None:
                pass
    met.writer.close()
    if not await until_ended(met.hello.pid, _DRAIN_S):
        kill_group(met.hello.pid)


def _start(
    settings: HostSettings,
    path: Path,
    log_path: Path,
    command: Sequence[str | Path],
    shared: bool,
) -> subprocess.Popen[bytes]:
    """Start a host and return when it listens; a thread takes note of its end."""
    with logs.opened(log_path) as log:
        start = HostStart(
            settings=settings,
            socket=str(path),
            log=str(log_path),
            log_start=log.tell(),
            shared=shared,
        )
        process = subprocess.Popen(  # noqa: S603 - our own module
            [*command, msgspec.json.encode(start)],
            stdin=subprocess.DEVNULL if shared else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=path.parent,
            start_new_session=True,
        )
    threading.Thread(target=process.wait, daemon=True).start()
    assert process.stdout is not None  # noqa: S101 - asked for above
    with process.stdout as said:
        if not said.readline():
            process.wait()
            end_started(process)
            raise _not_started(settings, log_path, start.log_start)
    return process


def _not_started(settings: HostSettings, log: Path, start: int) -> Exception:
    name = settings.models[0].name
    return cause_of_death("The engine host ended at once", "", name, log, start)


def _own_folder() -> Path:
    """Return the folder for sockets: ours alone, or nothing is said there."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if Path(runtime).is_absolute() and Path(runtime).is_dir():
        folder = Path(runtime, "codellama-lsp")
    else:  # nobody may replace what is ours in a folder with a sticky bit
        folder = Path(tempfile.gettempdir(), f"codellama-lsp-{os.getuid()}")
    folder.mkdir(exist_ok=True, mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise EngineDown(
            f"{folder} is not a folder of yours: remove it, or set standalone."
        )
    folder.chmod(0o700)
    return folder
