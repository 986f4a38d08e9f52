"""Processes of ours that are not our children: a host that another window started."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

from lsp_server.engine.semaphores import clear_semaphores

_LOOK_S = 0.02
_FOLLOWERS_S = 3.0


def ended(pid: int) -> bool:
    """Whether the process is gone, or only waits for its parent to take note."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return True  # somebody else's by now
    if sys.platform != "linux":
        return False
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


async def until_ended(pid: int, patience_s: float) -> bool:
    """Wait for the end of a process; returns whether it came."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience_s):
            while not ended(pid):  # noqa: ASYNC110 - not our child: there is no event
                await asyncio.sleep(_LOOK_S)
            return True
    return False


async def end_group(leader: int, patience_s: float) -> None:
    """Wait for the end of a host and of all that it started; then kill what is left.

    What is below it ends by itself: the core with it, and Python's resource tracker once
    it has removed the semaphores of those that were killed.
    """
    try:
        if await until_ended(leader, patience_s):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_FOLLOWERS_S):
                    while _group_exists(leader):  # noqa: ASYNC110 - as above
                        await asyncio.sleep(_LOOK_S)
    finally:
        kill_group(leader)
        clear_semaphores(leader)  # here: one that is cancelled comes no further
    await until_ended(leader, _FOLLOWERS_S)


def _group_exists(leader: int) -> bool:
    try:
        os.killpg(leader, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def kill_group(leader: int) -> None:
    """End what a host left behind: it leads its own process group."""
    if leader <= 1 or leader == os.getpgrp():
        return  # nobody's host
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
