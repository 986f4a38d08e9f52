"""All repositories' stores in one folder: listed, cleared, and kept within bounds."""

import contextlib
import fcntl
import os
import shutil
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from retrieval.store.cache_folder import folder_name, locked

LIMIT_BYTES = 2 << 30
UNUSED_DAYS = 30

_DAY_S = 86_400
_IN_USE = "in-use.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheInfo:
    """One repository's store. ``root`` is "" where that cannot be read any more.

    ``files`` are those with a content, ``used`` is when it was opened or closed last, in seconds
    since the epoch; ``in_use`` tells that a server has it open.
    """

    name: str
    root: str
    size: int
    files: int
    used: float
    in_use: bool


def caches(folder: Path) -> list[CacheInfo]:
    """Return the stores in ``folder``, the one used last first; [] for no folder."""
    found = [_info(each) for each in _stores(folder)]
    return sorted(found, key=lambda each: each.used, reverse=True)


def clear(folder: Path, root: Path | None = None) -> list[str]:
    """Remove the store of ``root``, or all; returns the names of those removed.

    Those in use stay: their servers would write on into files that nobody finds.
    """
    name = None if root is None else folder_name(root)
    return [
        each.name
        for each in _stores(folder)
        if name in {None, each.name} and _removed(each)
    ]


def evict(
    folder: Path,
    *,
    limit_bytes: int = LIMIT_BYTES,
    unused_days: float = UNUSED_DAYS,
    now: float | None = None,
) -> list[str]:
    """Remove stores unused for long, then the least lately used until all fit.

    Returns their names; those in use count for the size and stay.
    """
    now = time.time() if now is None else now
    removed = []
    left = 0
    for each in sorted(_stores(folder), key=_used, reverse=True):
        size = _size(each)
        old = now - _used(each) > unused_days * _DAY_S
        if (old or left + size > limit_bytes) and _removed(each):
            removed.append(each.name)
        else:
            left += size
    return removed


def _stores(folder: Path) -> list[Path]:
    try:
        return [each for each in folder.iterdir() if (each / _IN_USE).is_file()]
    except OSError:
        return []


def _info(store: Path) -> CacheInfo:
    lock = _unused(store)
    if lock is not None:
        lock.close()
    try:
        root = os.fsdecode((store / "root").read_bytes())
    except OSError:
        root = ""
    return CacheInfo(
        name=store.name,
        root=root,
        size=_size(store),
        files=_files(store),
        used=_used(store),
        in_use=lock is None,
    )


def _removed(store: Path) -> bool:
    lock = _unused(store)
    if lock is None:
        return False
    with lock:
        shutil.rmtree(store, ignore_errors=True)
    return not store.exists()


def _unused(store: Path) -> IO[bytes] | None:
    """Return the lock that keeps others out, None where the store is in use."""
    try:
        return locked(store / _IN_USE, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return None


def _size(store: Path) -> int:
    size = 0
    with contextlib.suppress(OSError):  # another process may be removing it
        for each in store.iterdir():
            with contextlib.suppress(OSError):
                size += each.stat().st_size
    return size


def _used(store: Path) -> float:
    try:
        return (store / "root").stat().st_mtime
    except OSError:
        return 0.0


def _files(store: Path) -> int:
    files = 0
    for each in store.glob("index-*.db"):
        with (
            contextlib.suppress(sqlite3.Error),
            contextlib.closing(sqlite3.connect(each, timeout=1)) as connection,
        ):
            query = "SELECT count(*) FROM files WHERE content IS NOT NULL"
            files += int(connection.execute(query).fetchone()[0])
    return files
