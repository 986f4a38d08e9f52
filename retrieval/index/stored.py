"""What the store says, kept in memory where it was asked lately, and never raising."""

import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
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

    def hide(self, path: str) -> None:
        """Let an open document stand for ``path``."""
        self.listing.hide(path)
        self._forget_files()

    def show(self, path: str) -> None:
        """Let what is on the disk count again."""
        self.listing.show(path)
        self._forget_files()

    def forget(self) -> None:
        """Forget what the store said before it changed."""
        self._postings.clear()
        self._found.clear()
        self._forget_files()

    def entry(self, path: str) -> Entry | None:
        return self.entries([path]).get(path)

    def entries(self, paths: Iterable[str]) -> dict[str, Entry]:
        """Return what is known of those of ``paths`` that are on the disk."""
        found: dict[str, Entry] = {}
        missing: list[tuple[str, int]] = []
        for path in paths:
            content = self.listing.content(path)
            if content is None:
                continue
            kept = self._entries.get(content)
            if kept is not None and kept.path == path:
                found[path] = kept
            else:
                missing.append((path, content))
        nothing: dict[str, Entry] = {}
        return found | self.asked(partial(self._read, missing), nothing)

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
        contents = self.contents(kind, name)
        current = [*islice(filter(self.listing.paths, contents), limit)]
        found: list[tuple[int, Definition]] = []
        for content, blob in self._outlines_of(current):
            nothing: list[Definition] = []
            ones = self.asked(partial(taken_out, blob, name), nothing)
            found += [(content, one) for one in ones]
            if len(found) >= limit:
                break
        return self._defined.put(key, found, len(found) + 8)

    def paths(self, kind: str, name: str, limit: int | None = None) -> list[str]:
        """Return the files that have a fact, the first ``limit`` of them."""
        found = map(self.listing.paths, self.contents(kind, name))
        return [*islice(chain.from_iterable(found), limit)]

    def contents(self, kind: str, name: str) -> Sequence[int]:
        """Return the contents that have a fact, old ones among them."""
        word = fact(kind, name)
        kept = self._found.get(word)
        if kept is not None:
            return kept
        rows = self._rows("SELECT rowid FROM facts WHERE facts MATCH ?", (f'"{word}"',))
        found = tuple([content for (content,) in rows])
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

    def _read(self, contents: Sequence[tuple[str, int]]) -> dict[str, Entry]:
        """Read paths' contents, eight at a time; outlines wait until they are asked for."""
        found: dict[str, Entry] = {}
        for start in range(0, len(contents), _AT_ONCE):
            some = contents[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            query = (
                "SELECT c.id, c.language, length(c.outline), t.text FROM contents c"  # noqa: S608 # marks
                f" JOIN texts t ON t.content = c.id WHERE c.id IN ({marks})"
            )
            rows = self.store.rows(query, [content for _, content in some])
            read = {content: values for content, *values in rows}
            for path, content in some:
                if content in read:
                    language, outline, text = read[content]
                    entry = Entry(
                        path=path,
                        language=language,
                        lines=lines_of(text),
                        key=content,
                        said=partial(self._outline, content),
                    )
                    size = 8 * len(text) + 10 * outline
                    found[path] = self._entries.put(content, entry, size)
        return found

    def _outline(self, content: int) -> Outline:
        nothing = Outline()
        for _, blob in self._outlines_of([content]):
            return self.asked(partial(outline_of, blob), nothing)
        return nothing

    def _forget_files(self) -> None:
        """Forget what depends on which files there are, and which are hidden."""
        self._defined.clear()
        self._changed()

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
