"""The RAM that this process may use: the machine's, within what its container allows."""

import contextlib
import os
from pathlib import Path


def memory(root: Path = Path("/")) -> tuple[int, int]:
    """Return the RAM of this machine, or of this container, and what of it is free."""
    total, free = _machine_memory(root)
    for limit, used in _limits(root):
        total, free = min(total, limit), min(free, max(0, limit - used))
    return total, free


def _machine_memory(root: Path) -> tuple[int, int]:
    try:
        lines = (root / "proc/meminfo").read_text(encoding="ascii").splitlines()
        figures = {
            line.split(":")[0]: int(line.split()[1]) * 1024
            for line in lines
            if line.endswith(" kB")
        }
        return figures["MemTotal"], figures["MemAvailable"]
    except (OSError, ValueError, LookupError):
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return total, total


def _limits(root: Path) -> list[tuple[int, int]]:
    """Return limit and use of each control group around this process, in bytes.

    In a container the path that /proc tells is often the host's: then what of it exists
    here counts. Cached file contents are not use: they go when memory is wanted.
    """
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            place, read = root / "sys/fs/cgroup", _version_2
        elif "memory" in controllers.split(","):
            place, read = root / "sys/fs/cgroup/memory", _version_1
        else:
            continue
        folder = place / path.lstrip("/")
        for group in (folder, *folder.parents):
            found += [figures] if (figures := read(group)) else []
            if group == place:
                break
    return found


def _version_2(group: Path) -> tuple[int, int] | None:
    return _figures(group, ("memory.max", "memory.current"), "inactive_file")


def _version_1(group: Path) -> tuple[int, int] | None:
    names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
    return _figures(group, names, "total_inactive_file")


def _figures(
    group: Path, names: tuple[str, str], cached: str
) -> tuple[int, int] | None:
    try:
        limit, used = (int((group / name).read_text("ascii")) for name in names)
    except (OSError, ValueError):  # "max" is no limit
        return None
    with contextlib.suppress(OSError, ValueError):
        for line in (group / "memory.stat").read_text("ascii").splitlines():
            if line.startswith(f"{cached} "):
                used -= int(line.split()[1])
    return limit, max(0, used)
