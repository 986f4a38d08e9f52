"""Where a repository's store lies: its folder, its file, who uses it, and what replaces it.

A store that breaks is thrown away: everything in it can be had again from the files. One
that cannot be written is replaced by one in memory.
"""

import contextlib
import errno
import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from retrieval.store.cache_folder import (
    folder_name,
    inode,
    locked,
    mounted,
    on_network,
    private_folder,
    stamp,
)
from retrieval.store.faults import StoreBusy, StoreReplaced
from retrieval.store.schema import VERSION, create
from retrieval.store.shelf import evict

__all__ = ["Place", "StoreBusy", "StoreReplaced", "Tell"]

Tell = Callable[[str], None]

_TRIES = 3
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}
_FULL |= {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


class Place:
    """One store and the processes' shared view of it; each thread has its own connection.

    ``generation`` changes when the store is replaced, ``writes`` after each change by this
    process. ``tell`` gets one message for each replacement; any thread may call it.
    """

    def __init__(
        self, root: Path, cache: Path | None, tell: Tell, *, mounts: str | None = None
    ) -> None:
        self.root = root
        self.folder = None if cache is None else cache / folder_name(root)
        self.generation = 0
        self.writes = 0
        self.lock = threading.RLock()
        self.tell = tell
        self._memory: sqlite3.Connection | None = None
        self._inode = 0
        self._held: list[IO[bytes]] = []
        self._journal = "WAL"
        if self.folder is None or cache is None:
            return
        try:
            private_folder(cache)
            private_folder(self.folder)
            for name in ("in-use.lock", f"version-{VERSION:08x}.lock"):
                self._held.append(locked(self.folder / name, fcntl.LOCK_SH))
            stamp(self.folder, root)
            if on_network(self.folder, mounted() if mounts is None else mounts):
                self._journal = "DELETE"
        except OSError as error:
            self._to_memory(error)

    @property
    def in_memory(self) -> bool:
        return self.folder is None

    @property
    def database(self) -> str:
        """The file's path, "" in memory."""
        return "" if self.folder is None else str(self._file())

    def connect(self) -> tuple[sqlite3.Connection, int]:
        """Return a connection and the generation it is of; the store is there then.

        Raises StoreBusy, and sqlite3.Error where even memory does not help.
        """
        for _ in range(_TRIES):
            generation = self.generation
            try:
                return self._connected(), generation
            except (sqlite3.Error, OSError) as error:
                if self.folder is None:
                    raise
                self.failed(error, generation)
                last = error
        with self.lock:
            self._to_memory(last)
            return self._connected(), self.generation

    def failed(self, error: Exception, generation: int) -> None:
        """Replace the store after ``error``; raises StoreBusy where waiting would help.

        ``generation`` is the one that was used: if it is replaced already, all is done.
        """
        if _code(error) in _BUSY:
            raise StoreBusy from error
        with self.lock:
            if generation != self.generation:
                return
            self.generation += 1
            if self.folder is None:
                self._memory = None
                return
            if isinstance(error, OSError) or _code(error) in _FULL:
                self._to_memory(error)
                return
            try:
                self._set_aside(error)
            except OSError as second:
                self._to_memory(second)

    def moved(self) -> bool:
        """Return whether another process replaced the file; then ours is replaced, too."""
        with self.lock:
            if self.folder is None or not self._inode:
                return False
            if inode(self._file()) == self._inode:
                return False
            self.generation += 1
            self._inode = 0
            return True

    def build_lock(self) -> IO[bytes] | None:
        """Return the lock that lets one process build, None while another has it.

        Raises OSError where there is nothing to lock, as in memory.
        """
        if self.folder is None:
            raise FileNotFoundError(errno.ENOENT, "the store is in memory")
        with contextlib.suppress(BlockingIOError):
            return locked(
                self.folder / f"build-{VERSION:08x}.lock", fcntl.LOCK_EX | fcntl.LOCK_NB
            )
        return None

    def tidy(self) -> None:
        """Remove what other versions left here, and other repositories' stores in excess."""
        folder = self.folder
        if folder is None:
            return
        own = f"{VERSION:08x}"
        for lock in folder.glob("version-*.lock"):
            if own not in lock.name:
                _remove_version(folder, lock)
        evict(folder.parent)

    def close(self) -> None:
        with self.lock:
            if self.folder is not None and self._held:
                with contextlib.suppress(OSError):
                    os.utime(self.folder / "root")
            for lock in self._held:
                lock.close()
            self._held.clear()
            if self._memory is not None:
                self._memory.close()
                self._memory = None

    def _connected(self) -> sqlite3.Connection:
        with self.lock:
            if self.folder is None:
                if self._memory is None:
                    self._memory = _open(":memory:", "MEMORY")
                    create(self._memory)
                return self._memory
            with self._mending():
                return self._connected_to_file(self._file())

    def _connected_to_file(self, file: Path) -> sqlite3.Connection:
        with contextlib.suppress(FileExistsError):
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        made = inode(file)
        self._inode = made
        connection = _open(str(file), self._journal)
        try:
            create(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _set_aside(self, error: Exception) -> None:
        file = self._file()
        with self._mending():
            if inode(file) == self._inode or not self._inode:
                self.tell(
                    f"The index of {self.root.name} was damaged ({error}); "
                    "it is built anew."
                )
                for each in _with_companions(file):
                    each.unlink(missing_ok=True)
        self._inode = 0

    def _to_memory(self, error: Exception) -> None:
        self.folder = None
        self.tell(
            f"The index of {self.root.name} cannot be written ({error}); "
            "it is kept in memory, for this time only."
        )

    def _file(self) -> Path:
        if self.folder is None:
            raise FileNotFoundError(errno.ENOENT, "the store is in memory")
        return self.folder / f"index-{VERSION:08x}.db"

    @contextlib.contextmanager
    def _mending(self) -> Iterator[None]:
        """Hold what lets one process make or remove the file."""
        if self.folder is None:
            yield
            return
        with locked(self.folder / "mend.lock", fcntl.LOCK_EX):
            yield


def _remove_version(folder: Path, lock: Path) -> None:
    """Remove another version's store, if no server of that version is there."""
    with (
        contextlib.suppress(OSError),
        locked(lock, fcntl.LOCK_EX | fcntl.LOCK_NB),
    ):
        version = lock.stem.removeprefix("version-")
        for each in _with_companions(folder / f"index-{version}.db"):
            each.unlink(missing_ok=True)
        (folder / f"build-{version}.lock").unlink(missing_ok=True)
        lock.unlink()


def _with_companions(file: Path) -> list[Path]:
    ends = ("", "-wal", "-shm", "-journal")
    return [file.with_name(file.name + end) for end in ends]


def _open(name: str, journal: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        name, timeout=2, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA page_size = 8192")
        connection.execute(f"PRAGMA journal_mode = {journal}")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -8192")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA journal_size_limit = {16 << 20}")
    except BaseException:
        connection.close()
        raise
    return connection


def _code(error: BaseException) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
