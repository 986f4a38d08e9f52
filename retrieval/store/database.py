"""One thread's way to the store: what is asked of it, what is written, what goes wrong."""

import contextlib
import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from retrieval.store.faults import StoreReplaced
from retrieval.store.file import File
from retrieval.store.packed import (
    MAX_CHUNKS,
    Packed,
    chunks_of,
    facts_of,
    lines_of,
    outline_of,
)
from retrieval.store.place import Place

__all__ = ["File", "Known", "Store"]

_WEEK_S = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Known:
    """What a file was when it was read last, and how that came out."""

    size: int
    mtime_ns: int
    reason: str


class Store:
    """A connection that comes back after the store was replaced.

    All methods raise StoreReplaced when it was (once: then they work on the new one), and
    StoreBusy; nothing else that SQLite has to say.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._lock = place.lock if place.in_memory else threading.RLock()
        self._connection, self.generation = place.connect()

    @property
    def in_memory(self) -> bool:
        return self._place.in_memory

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg] # as the query says
        """Return all rows that a query gives."""
        with self._faults(), self._lock:
            return self._connection.execute(sql, values).fetchall()

    def data_version(self) -> int:
        """Return a number that changes when the store does, by whomever."""
        if self.in_memory:
            return self._place.writes
        ((found,),) = self.rows("PRAGMA data_version")
        return int(found) * 1_000_003 + self._place.writes

    def known(self) -> dict[str, Known]:
        """Return the files as they were read; those gone are not among them."""
        rows = self.rows(
            "SELECT path, size, mtime_ns, reason FROM files"
            " WHERE content IS NOT NULL OR reason <> ''"
        )
        return {path: Known(*rest) for path, *rest in rows}

    def known_of(self, paths: Sequence[str]) -> dict[str, str]:
        """Return those of ``paths`` that were read and are not gone, with their reason."""
        query = (
            "SELECT path, reason FROM files WHERE path = ?"
            " AND (content IS NOT NULL OR reason <> '')"
        )
        return dict(row for path in paths for row in self.rows(query, (path,)))

    def has(self, key: bytes) -> bool:
        return bool(self.rows("SELECT 1 FROM contents WHERE key = ?", (key,)))

    def write(self, files: Iterable[File], contents: Iterable[Packed]) -> None:
        """Add ``contents`` (those that are there already are left) and set ``files``."""
        with self._transaction() as connection:
            for content in contents:
                _add(connection, content)
            _set_files(connection, files)

    def remember(self, name: str, value: object) -> None:
        """Keep a small value under ``name``."""
        row = (name, json.dumps(value))
        with self._transaction() as connection:
            connection.execute("REPLACE INTO state VALUES(?, ?)", row)

    def recall(self, name: str) -> object:
        """Return what was kept under ``name``, None where nothing was."""
        rows = self.rows("SELECT value FROM state WHERE name = ?", (name,))
        return json.loads(rows[0][0]) if rows else None

    def unused(self, keep: int) -> list[int]:
        """Return contents that no file has, but for the ``keep`` newest of them."""
        rows = self.rows(
            "SELECT id FROM contents WHERE id NOT IN"
            " (SELECT content FROM files WHERE content IS NOT NULL)"
            " ORDER BY id DESC LIMIT -1 OFFSET ?",
            (keep,),
        )
        return [content for (content,) in rows]

    def prune(self, now: float | None = None) -> None:
        """Forget, once a week, the files that were gone a week ago already.

        Others that have the store open follow by stamp, and have seen those by then. The
        last stamp stays: the next one is counted from it.
        """
        now = time.time() if now is None else now
        before = self.recall("gone")
        if isinstance(before, list) and 0 <= now - before[0] < _WEEK_S:
            return
        ((last,),) = self.rows("SELECT ifnull(max(stamp), 0) FROM files")
        if isinstance(before, list):
            with self._transaction() as connection:
                connection.execute(
                    "DELETE FROM files WHERE content IS NULL AND reason = ''"
                    " AND stamp <= ? AND stamp < ?",
                    (before[1], last),
                )
        self.remember("gone", [now, last])

    def drop(self, contents: Iterable[int]) -> None:
        """Remove contents that no file has (one that has a file by now stays)."""
        with self._transaction() as connection:
            for content in contents:
                _drop(connection, content)

    def merge(self, pages: int) -> bool:
        """Tidy the word tables by about ``pages`` pages; False when they are tidy."""
        with self._transaction() as connection:
            before = connection.total_changes
            for table in ("words", "facts"):
                connection.execute(
                    f"INSERT INTO {table}({table}, rank) VALUES('merge', ?)",
                    (pages,),
                )
            return connection.total_changes - before > 2  # noqa: PLR2004 # the two inserts

    def damage(self) -> str:
        """Return what SQLite finds wrong with the file, "" for nothing; takes a while."""
        ((found,), *_) = self.rows("PRAGMA quick_check(1)")
        return "" if found == "ok" else str(found)

    def replace(self, reason: Exception) -> None:
        """Throw the store away; raises StoreReplaced."""
        with self._faults():
            raise reason

    def close(self) -> None:
        with self._lock:
            if not self.in_memory:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.close()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._faults(), self._lock:
            connection = self._connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
            self._place.writes += 1

    @contextlib.contextmanager
    def _faults(self) -> Iterator[None]:
        if self.generation != self._place.generation:
            self._reconnect()
            raise StoreReplaced
        try:
            yield
        except sqlite3.ProgrammingError:
            raise  # ours, not the file's
        except (sqlite3.Error, OSError) as error:
            self._place.failed(error, self.generation)
            self._reconnect()
            raise StoreReplaced from error

    def _reconnect(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()
        self._connection, self.generation = self._place.connect()
        if self.in_memory:
            self._lock = self._place.lock


def _add(connection: sqlite3.Connection, content: Packed) -> None:
    added = connection.execute(
        "INSERT OR IGNORE INTO contents(key, language, chunks, outline)"
        " VALUES(?, ?, ?, ?)",
        (content.key, content.language, len(content.chunks), content.outline),
    )
    if not added.rowcount:
        return
    place = added.lastrowid or 0
    connection.execute("INSERT INTO texts VALUES(?, ?)", (place, content.text))
    connection.execute(
        "INSERT INTO facts(rowid, held) VALUES(?, ?)", (place, content.facts)
    )
    connection.executemany(
        "INSERT INTO words(rowid, held) VALUES(?, ?)",
        enumerate(content.chunks, place * MAX_CHUNKS),
    )


def _set_files(connection: sqlite3.Connection, files: Iterable[File]) -> None:
    ((last,),) = connection.execute("SELECT ifnull(max(stamp), 0) FROM files")
    connection.executemany(
        "REPLACE INTO files SELECT ?1, c.id, ifnull(c.chunks, 0), ?2, ?3, ?4, ?5, ?6"
        " FROM (SELECT 1) LEFT JOIN contents c ON c.key = ?7",
        (
            (f.path, f.size, f.mtime_ns, f.reason, f.detail, last + 1, f.key)
            for f in files
        ),
    )


def _drop(connection: sqlite3.Connection, content: int) -> None:
    row = connection.execute(
        "SELECT c.outline, t.text FROM contents c JOIN texts t ON t.content = c.id"
        " WHERE c.id = ?1 AND NOT EXISTS (SELECT 1 FROM files WHERE content = ?1)",
        (content,),
    ).fetchone()
    if row is None:
        return
    facts = facts_of(outline_of(row[0]))
    words = chunks_of("\n".join(lines_of(row[1])))
    connection.execute(
        "INSERT INTO facts(facts, rowid, held) VALUES('delete', ?, ?)", (content, facts)
    )
    connection.executemany(
        "INSERT INTO words(words, rowid, held) VALUES('delete', ?, ?)",
        enumerate(words, content * MAX_CHUNKS),
    )
    connection.execute("DELETE FROM texts WHERE content = ?", (content,))
    connection.execute("DELETE FROM contents WHERE id = ?", (content,))
