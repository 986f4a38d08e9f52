"""Where a window finds the engine host that it shares with the user's other windows.

In a folder that is the user's alone there is a socket for each choice of models. A window
that finds nobody behind it starts a host; a lock sees to it that of several only one does,
and the host's seat that there is only one. A host of an older build is asked to leave
first, and one of other models that nobody uses: never are there two copies on one GPU.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable, Sequence
from hashlib import blake2b
from pathlib import Path

import msgspec
from filelock import AsyncFileLock, Timeout

from lsp_server.engine.base import EngineDown
from lsp_server.engine.build import BUILD
from lsp_server.engine.cause import cause_of_death
from lsp_server.engine.local import logs
from lsp_server.engine.local.folder import own_folder
from lsp_server.engine.local.meeting import Met, knock
from lsp_server.engine.local.processes import kill_group, until_ended
from lsp_server.engine.local.succession import make_way, replace
from lsp_server.engine.seat import holder
from lsp_server.engine.settings import LISTENING, TAKEN, HostSettings, HostStart

HOST = (
    sys.executable,
    "-P",  # the folder the editor runs in is no place to import from
    "-m",
    "lsp_server.engine.host.process",
)

_LOCK_S = 90.0
_DRAIN_S = 30.0
STUCK_S = 60.0
"""A host that has its seat, and cannot be called: it is on its way, or leaves."""
_LOOK_S = 0.1
_KEY_BYTES = 8


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
    folder = own_folder()
    path = folder / f"{key}.sock"
    log = logs_folder / f"engine-{key}.log"
    try:
        async with AsyncFileLock(folder / f"{key}.lock", timeout=_LOCK_S):
            met = await knock(path)
            if met is not None and met.hello.build < BUILD:
                await replace(met)
                met = None
            if met is None:
                await make_way(folder, path)
                met = await _started(settings, path, log, command)
    except Timeout as error:
        raise EngineDown(
            f"Another window has been starting the engine for {_LOCK_S:.0f} s. If there "
            f"is none, remove {folder / f'{key}.lock'}."
        ) from error
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
    met = await knock(own_folder() / f"{key_of(settings)}.sock")
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
        assert started is not None  # noqa: S101 - nobody else knows of its folder
        met = await _met(path, settings, log, started)
    except BaseException:
        folder.cleanup()
        raise
    met.started, met.folder = started, folder
    return met


async def _started(
    settings: HostSettings, path: Path, log: Path, command: Sequence[str | Path]
) -> Met:
    """Start a host, and meet it, or the one that was there before it.

    A window that was closed while it started a host has left that one on its way.
    """
    loop = asyncio.get_running_loop()
    limit = loop.time() + STUCK_S
    while True:
        in_it = await asyncio.to_thread(holder, path)
        if in_it is None:
            ours = await asyncio.to_thread(_start, settings, path, log, command, True)
            if ours is None:
                continue
        met = await knock(path)
        if met is not None:
            return met
        if in_it is None:
            raise _not_started(settings, log, 0)
        if in_it and loop.time() > limit:
            kill_group(in_it)
            await until_ended(in_it, _DRAIN_S)
        await asyncio.sleep(_LOOK_S)


async def _met(
    path: Path, settings: HostSettings, log: Path, started: subprocess.Popen[bytes]
) -> Met:
    met = await knock(path)
    if met is None:
        end_started(started)
        raise _not_started(settings, log, 0)
    return met


def end_started(process: subprocess.Popen[bytes]) -> None:
    """End a host that was started for this window alone."""
    if process.stdin is not None:
        process.stdin.close()
    kill_group(process.pid)


def _start(
    settings: HostSettings,
    path: Path,
    log_path: Path,
    command: Sequence[str | Path],
    shared: bool,
) -> subprocess.Popen[bytes] | None:
    """Start a host and return when it listens; a thread takes note of its end.

    None where another one has its seat.
    """
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
        line = said.readline()
        if line == TAKEN:
            return None
        if line != LISTENING:
            process.wait()
            end_started(process)
            raise _not_started(settings, log_path, start.log_start)
    return process


def _not_started(settings: HostSettings, log: Path, start: int) -> Exception:
    name = settings.models[0].name
    return cause_of_death("The engine host ended at once", "", name, log, start)
