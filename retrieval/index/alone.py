"""One document without a repository, asked as an index is."""

from collections.abc import Collection, Mapping, Sequence

from retrieval.index.entry import Entry
from retrieval.index.overlay import Overlays
from retrieval.languages import Language
from retrieval.outline import Definition, Import
from retrieval.syntax import Parsed


class Alone:
    """What :class:`~retrieval.index.Index` says of names, where there is one document only.

    All methods belong to one thread.
    """

    def __init__(self, path: str, lines: Sequence[str], language_id: str = "") -> None:
        """``lines`` have their ends."""
        self._overlays = Overlays()
        self._overlays.put(path, lines, language_id)

    def has(self, path: str) -> bool:
        return path in self._overlays

    def entry(self, path: str) -> Entry | None:
        version = self._overlays.version(path)
        return version.entry if version else None

    def entries(self, paths: Collection[str]) -> Mapping[str, Entry]:
        found = ((path, self.entry(path)) for path in paths)
        return {path: entry for path, entry in found if entry is not None}

    def definitions_in(self, path: str) -> Sequence[Definition]:
        version = self._overlays.version(path)
        return version.outline.definitions if version else ()

    def definitions(
        self, name: str, limit: int = 50, *, apart: str = ""
    ) -> Sequence[tuple[str, Definition]]:
        return [
            (version.path, one)
            for version in self._overlays.versions(apart)
            for one in version.named.get(name, ())
        ][:limit]

    def subclasses(
        self, name: str, limit: int = 50, *, apart: str = ""
    ) -> Sequence[tuple[str, Definition]]:
        return [
            (version.path, one)
            for version in self._overlays.versions(apart)
            for one in version.made_from.get(name, ())
        ][:limit]

    def postings(self, term: str, limit: int) -> Sequence[int]:
        return self._overlays.rows(term.lower())[: limit + 1]

    def paths_of(self, content: int) -> tuple[str, ...]:
        path = self._overlays.path_of(content)
        return () if path is None else (path,)

    def resolved(
        self, _imports: tuple[Import, ...], _path: str, _language: str
    ) -> tuple[str, ...]:
        """Return nothing: no file is known that could be imported."""
        return ()

    def parsed(self, path: str) -> Parsed | None:
        return self._overlays.parsed(path)

    def parsed_part(
        self, path: str, lines: Sequence[str], language: Language
    ) -> Parsed:
        return self._overlays.part(path, lines, language) or Parsed.parse(
            lines, language
        )
