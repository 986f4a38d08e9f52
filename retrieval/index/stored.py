"""What the store says, kept in memory where it was asked lately, and never raising."""

import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

import msgspec

from retrieval.index.entry import Entry
from retrieval.index.listing import Listing
from retrieval.index.recent import Recent
from retrieval.outline import Definition, Outline
from retrieval.store.database import Store
from retrieval.store.packed import (
    definitions_from,
    definitions_named,
    fact,
    is_word,
    lines_of,
    outline_of,
)
from retrieval.store.place import Place, StoreBusy, StoreReplaced

Answer = TypeVar("Answer")

_LOOK_S = 0.1
"""How long what another process wrote may stay unseen; what this one wrote never does."""

_FEW = 100
_AT_ONCE = 8
_ENTRIES_BYTES = 24 << 20
_OUTLINES_BYTES = 8 << 20
_ROWS = 400_000
_FOUND = 40_000


class Stored:
    """The reading side of a store; all methods belong to one thread.

    ``changed`` is called when what was asked before may have another answer now,
    ``replaced`` when the store was lost. ``follow`` is to come before what is asked.
    """

    def __init__(
        self,
        place: Place,
        *,
        changed: Callable[[], None],
        replaced: Callable[[], None],
    ) -> None:
        self.store = Store(place)
        self.listing = Listing()
        self._place = place
        self._changed = changed
        self._replaced = replaced
        self._entries: Recent[int, Entry] = Recent(_ENTRIES_BYTES)
        self._outlines: Recent[int, bytes] = Recent(_OUTLINES_BYTES)
        self._postings: Recent[tuple[str, int], Sequence[int]] = Recent(_ROWS)
        self._defined: Recent[str, Sequence[tuple[int, Definition]]] = Recent(_FOUND)
        self._found: Recent[str, Sequence[int]] = Recent(_FOUND)
        self._stamp = 0
        self._version = -1
        self._writes = -1
        self._look_again = 0.0

    def close(self) -> None:
        self.store.close()

    def follow(self) -> None:
        """See what was written since: by this process now, by others within a moment."""
        if self._place.writes == self._writes:
            now = time.monotonic()
            if now < self._look_again:
                return
            self._look_again = now + _LOOK_S
        self.look()

    def look(self) -> None:
        """See what was written since, by whomever."""
        self._writes = self._place.writes
        version = self.asked(self.store.data_version, self._version)
        if version == self._version:
            return
        self._version = version
        changes = self._rows(
            "SELECT path, content, chunks, stamp FROM files WHERE stamp > ?",
            (self._stamp,),
        )
        self.forget()
        if changes:
            self._stamp = max(stamp for *_, stamp in changes)
            self.listing.apply(
                (path, content, chunks) for path, content, chunks, _ in changes
            )

    def forget(self) -> None:
        """Forget what depends on which files there are, and which are hidden."""
        self._postings.clear()
        self._defined.clear()
        self._found.clear()
        self._changed()

    def entry(self, path: str) -> Entry | None:
        content = self.listing.content(path)
        if content is None:
            return None
        kept = self._entries.get(content)
        if kept is not None and kept.path == path:
            return kept
        return self.asked(partial(self._read, path, content), None)

    def postings(self, word: str, limit: int) -> Sequence[int]:
        kept = self._postings.get((word, limit))
        if kept is not None:
            return kept
        if not is_word(word):
            return ()
        found = self._matching(word, min(limit, _FEW) + 1)
        if len(found) > _FEW and limit > _FEW:
            found = self._many(word, limit)
        return self._postings.put((word, limit), found, len(found) + 8)

    def definitions(
        self, kind: str, name: str, limit: int
    ) -> Sequence[tuple[int, Definition]]:
        """Return the definitions of ``name``, or those that have it as a base."""
        key = f"{kind} {limit} {name}"
        kept = self._defined.get(key)
        if kept is not None:
            return kept
        taken_out = definitions_named if kind == "definition" else definitions_from
        current = [
            content
            for content in self.contents(kind, name)
            if self.listing.paths(content)
        ][:limit]
        found: list[tuple[int, Definition]] = []
        for content, blob in self._outlines_of(current):
            nothing: list[Definition] = []
            ones = self.asked(partial(taken_out, blob, name), nothing)
            found += [(content, one) for one in ones]
            if len(found) >= limit:
                break
        return self._defined.put(key, found, len(found) + 8)

    def paths(self, kind: str, name: str) -> list[str]:
        """Return the files that have a fact."""
        return [
            path
            for content in self.contents(kind, name)
            for path in self.listing.paths(content)
        ]

    def contents(self, kind: str, name: str) -> Sequence[int]:
        """Return the contents that have a fact, old ones among them."""
        word = fact(kind, name)
        kept = self._found.get(word)
        if kept is not None:
            return kept
        rows = self._rows("SELECT rowid FROM facts WHERE facts MATCH ?", (f'"{word}"',))
        found = [content for (content,) in rows]
        return self._found.put(word, found, len(found) + 8)

    def asked(self, ask: Callable[[], Answer], otherwise: Answer) -> Answer:
        """Return what the store says, ``otherwise`` where it is busy or broke."""
        try:
            try:
                return ask()
            except (zlib.error, msgspec.MsgspecError, ValueError) as error:
                self.store.replace(error)
        except StoreBusy:
            pass
        except StoreReplaced:
            self._start_over()
        return otherwise

    def _many(self, word: str, limit: int) -> Sequence[int]:
        """Count before reading: a row costs five times as much to read as to count."""
        rows = self._rows(
            "SELECT count(*) FROM"
            " (SELECT rowid FROM words WHERE words MATCH ? LIMIT ?)",
            (f'"{word}"', limit + 1),
        )
        if rows and rows[0][0] > limit:
            return range(limit + 1)
        return self._matching(word, limit + 1)

    def _matching(self, word: str, most: int) -> Sequence[int]:
        rows = self._rows(
            "SELECT rowid FROM words WHERE words MATCH ? LIMIT ?", (f'"{word}"', most)
        )
        return tuple([row for (row,) in rows])

    def _outlines_of(self, contents: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Yield contents and their outlines' blobs, read eight at a time."""
        for start in range(0, len(contents), _AT_ONCE):
            some = contents[start : start + _AT_ONCE]
            missing = [each for each in some if self._outlines.get(each) is None]
            if missing:
                marks = ",".join("?" * len(missing))
                query = f"SELECT id, outline FROM contents WHERE id IN ({marks})"  # noqa: S608 # marks
                for content, blob in self._rows(query, missing):
                    self._outlines.put(content, blob, len(blob) + 100)
            for content in some:
                blob = self._outlines.get(content)
                if blob is not None:
                    yield content, blob

    def _read(self, path: str, content: int) -> Entry | None:
        rows = self.store.rows(
            "SELECT c.language, c.outline, t.text FROM contents c"
            " JOIN texts t ON t.content = c.id WHERE c.id = ?",
            (content,),
        )
        if not rows:
            return None
        ((language, outline, text),) = rows
        entry = Entry(
            path=path,
            language=language,
            lines=lines_of(text),
            key=content,
            said=partial(self.asked, partial(outline_of, outline), Outline()),
        )
        size = 8 * len(text) + 10 * len(outline)
        return self._entries.put(content, entry, size)

    def _start_over(self) -> None:
        """Forget all that came from the store: another is in its place."""
        self.listing.empty()
        self._stamp = 0
        self._version = -1
        self._writes = -1
        self._look_again = 0.0
        self._entries.clear()
        self._outlines.clear()
        self.forget()
        self._replaced()

    def _rows(self, sql: str, values: Sequence[object]) -> list[tuple]:  # type: ignore[type-arg] # as the query says
        nothing: list[tuple] = []  # type: ignore[type-arg] # as above
        return self.asked(partial(self.store.rows, sql, values), nothing)
