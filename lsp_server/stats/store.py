"""The file of figures: SQLite, for its user alone, written by several servers at one time.

Nothing here is worth a user's trouble: what cannot be written is dropped and logged once,
and a damaged file is replaced by an empty one.
"""

import contextlib
import fcntl
import logging
import math
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lsp_server.stats.events import Event
from lsp_server.stats.tables import TABLES, Keys, OtherVersion, prepare, prune, put
from retrieval.store.cache_folder import (
    inode,
    locked,
    mounted,
    on_network,
    private_folder,
)

logger = logging.getLogger(__name__)

FILE = "stats.sqlite3"

DAMAGED = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_BUSY_S = 5.0
_DAY_S = 86_400.0
_MOST_WAITING = 10_000


class Store:
    """One server's way to the file, opened at the first write; only one thread uses it."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], float] = time.time,
        mounts: str | None = None,
        busy_s: float = _BUSY_S,
    ) -> None:
        self.file = folder / FILE
        self._clock = clock
        self._mounts = mounts
        self._busy_s = busy_s
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._pruned = -math.inf
        self._told = False
        self._waiting: list[Event] = []
        self._keys = Keys()

    def write(self, events: Sequence[Event]) -> None:
        """Add the events; what another server's lock keeps out waits for the next time."""
        self._waiting += events
        try:
            self._write_or_begin_anew()
        except (sqlite3.Error, OSError) as error:
            if error_code(error) in _BUSY:
                del self._waiting[:-_MOST_WAITING]
                return
            self.close()
            self._waiting.clear()
            self._tell("Figures of use cannot be kept in %s: %s", error)

    def close(self) -> None:
        """Close the file; the next write opens it again."""
        self._keys.clear()
        if self._connection is not None:
            connection, self._connection = self._connection, None
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def _write_or_begin_anew(self) -> None:
        try:
            self._write()
        except sqlite3.DatabaseError as error:
            if error_code(error) not in DAMAGED:
                raise
            self._remove(error)
            self._write()

    def _write(self) -> None:
        connection = self._connected()
        now, keys = self._clock(), self._keys.copy()
        with _transaction(connection):
            for event in self._waiting:
                put(connection, event, keys)
            if abs(now - self._pruned) > _DAY_S:
                prune(connection, now)
        self._keys, self._pruned = keys, now
        self._waiting.clear()

    def _connected(self) -> sqlite3.Connection:
        """Return the connection; another server may have replaced the file meanwhile."""
        if self._connection is not None and inode(self.file) == self._inode:
            return self._connection
        self.close()
        private_folder(self.file.parent)
        with _mending(self.file):
            with contextlib.suppress(FileExistsError):
                os.close(os.open(self.file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            if self.file.stat().st_mode & 0o077:
                self.file.chmod(0o600)
            self._inode = inode(self.file)
            mounts = mounted() if self._mounts is None else self._mounts
            journal = "DELETE" if on_network(self.file, mounts) else "WAL"
            self._connection = _opened(self.file, journal, self._busy_s)
        return self._connection

    def _remove(self, error: Exception) -> None:
        """Remove the damaged file, unless another server did already."""
        with _mending(self.file):
            if inode(self.file) == self._inode:
                self._tell("Figures of use were damaged, %s is begun anew: %s", error)
                _unlink(self.file)
        self.close()

    def _tell(self, message: str, error: Exception) -> None:
        if not self._told:
            self._told = True
            logger.warning(message, self.file, error)


def clear(file: Path) -> int:
    """Remove all figures, and return how many suggestions they were of.

    Servers that are running go on with the empty file. Raises sqlite3.Error, OSError.
    """
    if not file.exists():
        return 0
    with _mending(file):
        try:
            return _emptied(file)
        except sqlite3.DatabaseError as error:
            if error_code(error) not in DAMAGED and not isinstance(error, OtherVersion):
                raise
        _unlink(file)
        return 0


def error_code(error: Exception) -> int:
    """Return SQLite's primary code, 0 for what is not SQLite's."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _emptied(file: Path) -> int:
    with contextlib.closing(_opened(file, None, _BUSY_S)) as connection:
        ((offers,),) = connection.execute(
            "SELECT count(*) FROM offers WHERE characters"
        )
        with _transaction(connection):
            for table in TABLES:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(offers)


def _opened(file: Path, journal: str | None, busy_s: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        file, timeout=busy_s, isolation_level=None, check_same_thread=False
    )
    try:
        if journal is not None:
            connection.execute(f"PRAGMA journal_mode = {journal}")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA journal_size_limit = 1048576")
        prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def _mending(file: Path) -> Iterator[None]:
    """Hold what lets one process make, empty or remove the file."""
    with locked(file.with_name("stats.lock"), fcntl.LOCK_EX):
        yield


def _unlink(file: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + end).unlink(missing_ok=True)
