"""Processes as Linux shows them: whose child, how much processor time, gone or not."""

import asyncio
import time
from pathlib import Path

_PROC = Path("/proc")


def descendants(pid: int) -> set[int]:
    """Return the ids of all processes that stand below ``pid``."""
    parents = {child: parent for child in _all() if (parent := _parent(child))}
    found: set[int] = set()
    grown = True
    while grown:
        below = {child for child, parent in parents.items() if parent in {pid, *found}}
        grown = not below <= found
        found |= below
    return found


def command(pid: int) -> str:
    """Return the command line, "" for a process that is gone."""
    try:
        return (_PROC / f"{pid}" / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def processor_ticks(pid: int) -> int:
    """Return the clock ticks that the process has spent, in user and kernel mode."""
    fields = (_PROC / f"{pid}" / "stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be reaped does not."""
    return _parent(pid) is not None


async def all_gone(pids: set[int], seconds: float = 20.0) -> set[int]:
    """Wait until none of them is left; return those that are when time is up."""
    limit = time.monotonic() + seconds
    while left := {pid for pid in pids if alive(pid)}:
        if time.monotonic() > limit:
            return left
        await asyncio.sleep(0.05)
    return set()


def _all() -> list[int]:
    return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]


def _parent(pid: int) -> int | None:
    try:
        fields = (_PROC / f"{pid}" / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[1])
