"""Open documents: what stands in the editor goes before what is on the disk.

An edit costs an incremental parse and no more; what is looked up in a document is made when
it is asked for, once for each version.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count

from retrieval.files.secrets import masked
from retrieval.index.entry import Entry
from retrieval.languages import Language, language_of
from retrieval.outline import Definition, Outline
from retrieval.source import without_end
from retrieval.store.packed import MAX_CHUNKS, chunks_of
from retrieval.syntax import Parsed


class Version:
    """One version of a document, as it is looked up; ``key`` is negative."""

    def __init__(
        self,
        path: str,
        key: int,
        lines: Sequence[str],
        language: Language | None,
        parsed: Parsed | None,
    ) -> None:
        self.path = path
        self.key = key
        self._lines = tuple(lines)
        self._language = language
        self._parsed = parsed

    @cached_property
    def entry(self) -> Entry:
        text = "\n".join(map(without_end, self._lines))
        return Entry(
            path=self.path,
            language=self._language.name if self._language else "",
            lines=tuple(masked(text).split("\n")),
            key=self.key,
            said=lambda: self.outline,
        )

    @cached_property
    def outline(self) -> Outline:
        return self._parsed.outline() if self._parsed else Outline()

    @cached_property
    def rows(self) -> Mapping[str, Sequence[int]]:
        """The rows of each word, as the index has them; from the masked text."""
        found: dict[str, list[int]] = {}
        text = "\n".join(self.entry.lines).lower()
        for row, words in enumerate(chunks_of(text), self.key * MAX_CHUNKS):
            for word in words.split():
                found.setdefault(word, []).append(row)
        return found

    @cached_property
    def named(self) -> Mapping[str, Sequence[Definition]]:
        found: dict[str, list[Definition]] = {}
        for one in self.outline.definitions:
            found.setdefault(one.name, []).append(one)
        return found

    @cached_property
    def made_from(self) -> Mapping[str, Sequence[Definition]]:
        found: dict[str, list[Definition]] = {}
        for one in self.outline.definitions:
            for base in one.bases:
                found.setdefault(base, []).append(one)
        return found


class _Open:
    """A document; ``lines`` have their ends. ``worded`` is the version whose words count.

    ``part`` is the tree of the lines that were looked at last, in a long document.
    """

    def __init__(self, lines: Sequence[str], language: Language | None) -> None:
        self.lines = list(lines)
        self.language = language
        self.parsed = Parsed.parse(lines, language) if language else None
        self.part: Parsed | None = None
        self.version: Version | None = None
        self.worded: Version | None = None


class Overlays:
    """The open documents of one repository, by path.

    The words of the document that was edited last are those it had when it was opened, or
    when another one was edited: it is the one that is written in, which is not looked up
    for itself, and its words would be made anew for each key.
    """

    def __init__(self) -> None:
        self._open: dict[str, _Open] = {}
        self._keys = count(-1, -1)
        self._paths: dict[int, str] = {}
        self._edited = ""

    def __contains__(self, path: object) -> bool:
        return path in self._open

    def __iter__(self) -> Iterator[str]:
        return iter(self._open)

    def put(self, path: str, lines: Sequence[str], language_id: str) -> None:
        """Open ``path``, or take another text for it; ``lines`` have their ends."""
        self.drop(path)
        first = lines[0] if lines else ""
        self._open[path] = _Open(lines, language_of(path, first, language_id))

    def edit(self, path: str, first: int, last: int, lines: Sequence[str]) -> None:
        """Put ``lines`` in the place of those from ``first`` up to before ``last``."""
        opened = self._open[path]
        opened.lines[first:last] = lines
        if opened.parsed:
            opened.parsed = opened.parsed.edited(first, last, lines)
        opened.version = None
        if self._edited != path:
            before = self._open.get(self._edited)
            if before is not None:
                before.worded = None
            self._edited = path

    def drop(self, path: str) -> None:
        """Close ``path``: what is on the disk counts again."""
        if self._open.pop(path, None) is not None:
            for key in [key for key, each in self._paths.items() if each == path]:
                del self._paths[key]

    def lines(self, path: str) -> Sequence[str] | None:
        """Return an open document's lines as the editor has them; None: not open."""
        opened = self._open.get(path)
        return opened.lines if opened else None

    def parsed(self, path: str) -> Parsed | None:
        opened = self._open.get(path)
        return opened.parsed if opened else None

    def part(
        self, path: str, lines: Sequence[str], language: Language
    ) -> Parsed | None:
        """Return the tree of some lines, parsed from those that were asked for last."""
        opened = self._open.get(path)
        if opened is None:
            return None
        before = opened.part
        if before is None or before.language is not language:
            opened.part = Parsed.parse(lines, language)
        else:
            opened.part = before.edited(0, len(before.rows), lines)
        return opened.part

    def path_of(self, key: int) -> str | None:
        return self._paths.get(key)

    def version(self, path: str) -> Version | None:
        """Return the document as it is now; None where it is not open."""
        opened = self._open.get(path)
        return self._version(path, opened) if opened else None

    def versions(self, apart: str = "") -> Iterator[Version]:
        """Yield all documents as they are now, but for the one at ``apart``."""
        for path, opened in self._open.items():
            if path != apart:
                yield self._version(path, opened)

    def rows(self, word: str) -> list[int]:
        """Return the rows of all documents that have ``word``."""
        found: list[int] = []
        for path, opened in self._open.items():
            if opened.worded is None:
                opened.worded = self._version(path, opened)
            found += opened.worded.rows.get(word, ())
        return found

    def _version(self, path: str, opened: _Open) -> Version:
        if opened.version is None:
            kept = {opened.worded.key} if opened.worded else set()
            self._paths = {
                key: each
                for key, each in self._paths.items()
                if each != path or key in kept
            }
            key = next(self._keys)
            self._paths[key] = path
            opened.version = Version(
                path, key, opened.lines, opened.language, opened.parsed
            )
        return opened.version
