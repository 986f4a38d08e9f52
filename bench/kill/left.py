"""What may be left when something was killed."""

import re
import time
from pathlib import Path

from bench.client import ServerFailed
from bench.world import GONE_S, LOOK_S, running, stat

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux has it
_OF_A_HOST = re.compile(r"sem\.codellama-(\d+)-")


def wait_gone(pids: set[int]) -> None:
    limit = time.monotonic() + GONE_S
    while any(stat(pid) for pid in pids):
        if time.monotonic() > limit:
            raise ServerFailed(f"Left behind by a window that was killed: {pids}")
        time.sleep(LOOK_S)


def shared_memory() -> set[str]:
    """Return the segments that nobody has: whoever made them is gone.

    That is where no process has mapped it, and for a semaphore where the host that it is
    named after has ended. Other programs lose semaphores as well: theirs do not count.
    """
    pids = running()
    mapped = "".join(_maps(pid) for pid in pids)
    return {
        str(path)
        for path in _SHARED_MEMORY.iterdir()
        if str(path) not in mapped
        and not path.name.startswith("sem.mp-")
        and _host(path.name) not in pids
    }


def _host(name: str) -> int | None:
    """Return the host that a semaphore is named after."""
    found = _OF_A_HOST.match(name)
    return int(found[1]) if found else None


def still_lost(before: set[str]) -> list[str]:
    """Return the segments that nobody has and that were not there before.

    Those that are about to be mapped, or removed, do not count: others work here, too.
    """
    limit = time.monotonic() + GONE_S
    lost = shared_memory() - before
    while lost and time.monotonic() < limit:
        time.sleep(LOOK_S)
        lost &= shared_memory()
    return sorted(lost)


def _maps(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/maps").read_text(errors="replace")
    except OSError:
        return ""
