"""The repository as the rest sees it: what the store knows, with the open documents over it."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Self

from retrieval import imports as resolvers
from retrieval.build.builder import Builder, Counts, Examples, Progress
from retrieval.files.walk import configuration
from retrieval.index.entry import Entry
from retrieval.index.overlay import Overlays
from retrieval.index.recent import Recent
from retrieval.index.stored import Stored
from retrieval.languages import Language
from retrieval.outline import Definition, Import
from retrieval.store.place import Place, Tell
from retrieval.syntax import Parsed

_CONFIGURED_BYTES = 8 << 20
_IMPORTED = 40_000


class Index:
    """One repository. All methods belong to one thread; building is in another.

    A row of ``postings`` is ``content * MAX_CHUNKS + chunk``, where chunk counts each ten
    lines, and content is a number of the store's; negative ones are open documents', of
    one version. ``divmod(row, MAX_CHUNKS)`` takes both apart, also below zero.

    Nothing raises because of the store: where it breaks, it answers as an empty one and is
    built anew.
    """

    def __init__(
        self,
        root: Path,
        cache: Path | None,
        *,
        tell: Tell = lambda _message: None,
        workers: int | None = None,
        mounts: str | None = None,
    ) -> None:
        """Open what is known of ``root``; nothing is built before ``refresh``.

        ``cache`` is the folder of all repositories' stores, None for memory. ``tell``
        gets what a person should know, from any thread. ``workers`` is how many processes
        parse: None for as many as there are processors, up to four; 0 for none.
        ``mounts`` stands for /proc/mounts.
        """
        self.root = root
        self._place = Place(root, cache, tell, mounts=mounts)
        self._overlays = Overlays()
        self._imports: Recent[tuple[str, tuple[Import, ...]], tuple[str, ...]] = Recent(
            _IMPORTED
        )
        self._configured: Recent[str, tuple[str | None]] = Recent(_CONFIGURED_BYTES)
        self._builder = Builder(self._place, root, workers=workers)
        self._stored = Stored(
            self._place, changed=self._forget, replaced=self._builder.refresh
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the building, where it is; the rest is done the next time."""
        self._builder.close()
        self._stored.close()
        self._place.close()

    # building

    def refresh(
        self, progress: Progress | None = None, *, near: Sequence[str] = ()
    ) -> None:
        """Bring all up to date, in the background, files near to ``near`` first."""
        self._builder.refresh(progress, near=near)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until nothing is being built; False when time ran out."""
        return self._builder.wait(timeout_s)

    def update(self, paths: Sequence[str]) -> None:
        """Read these files again, now: for what was saved. Many are left to the builder."""
        self._builder.update(paths, self._stored.store)
        self._stored.look()

    @property
    def counts(self) -> Counts:
        return self._builder.counts

    @property
    def worker_pids(self) -> Sequence[int]:
        """The processes that parse just now."""
        return self._builder.pids

    @property
    def in_memory(self) -> bool:
        return self._place.in_memory

    def skipped(self) -> Examples:
        """Return by reason how many files were not taken, and some: (path, detail)."""
        nothing: Examples = {}
        return self._stored.asked(self._builder.skipped, nothing)

    # files

    @property
    def opened(self) -> tuple[str, ...]:
        return tuple(self._overlays)

    def saved_paths(self) -> Sequence[str]:
        """Return all files on the disk that have a content."""
        self._stored.follow()
        return self._stored.listing.all()

    def files(self) -> int:
        self._stored.follow()
        return len(self._stored.listing)

    def chunks(self) -> int:
        self._stored.follow()
        return self._stored.listing.chunks

    def has(self, path: str) -> bool:
        self._stored.follow()
        return self._stored.listing.has(path)

    def named(self, name: str) -> Sequence[str]:
        """Return all files whose last part is ``name``."""
        self._stored.follow()
        return self._stored.listing.named(name)

    def within(self, folder: str) -> Sequence[str]:
        """Return the files directly in ``folder``; "" is the root."""
        self._stored.follow()
        return self._stored.listing.within(folder)

    folder = within

    def paths_of(self, content: int) -> tuple[str, ...]:
        """Return the paths with this content now; () for one that is no more."""
        if content < 0:
            path = self._overlays.path_of(content)
            return () if path is None else (path,)
        return self._stored.listing.paths(content)

    def read(self, path: str) -> str | None:
        """Return the text of a file of configuration, also one that is not indexed.

        It is for resolving imports: nothing in it is masked.
        """
        self._stored.follow()
        lines = self._overlays.lines(path)
        if lines is not None:
            return "".join(lines)
        kept = self._configured.get(path)
        if kept is None:
            kept = (configuration(self.root, path),)
            self._configured.put(path, kept, len(kept[0] or "") + 100)
        return kept[0]

    # contents

    def entry(self, path: str) -> Entry | None:
        """Return what is known of a file; of an open document as it is now."""
        self._stored.follow()
        version = self._overlays.version(path)
        return version.entry if version else self._stored.entry(path)

    def entries(self, paths: Collection[str]) -> Mapping[str, Entry]:
        """Return what is known of those of ``paths`` that are in the repository."""
        self._stored.follow()
        opened = {
            path: version.entry
            for path in paths
            if (version := self._overlays.version(path)) is not None
        }
        saved = [path for path in paths if path not in opened]
        return self._stored.entries(saved) | opened

    def definitions_in(self, path: str) -> Sequence[Definition]:
        entry = self.entry(path)
        return () if entry is None else entry.outline.definitions

    def postings(self, term: str, limit: int) -> Sequence[int]:
        """Return the chunks that have the word ``term``, in whatever case.

        Open documents' come first, then the store's in the order of their making. Old
        contents are among them: ``paths_of`` knows. Those of the document edited last are
        as it was when it was opened, or when another was edited. Where there are more than ``limit``
        (from 100 on), limit + 1 numbers say so, and are no rows.
        """
        self._stored.follow()
        word = term.lower()
        stored = self._stored.postings(word, limit)
        if len(stored) > limit:
            return stored
        rows = self._overlays.rows(word)
        return (*rows, *stored)[: limit + 1] if rows else stored

    def definitions(
        self, name: str, limit: int = 50, *, apart: str = ""
    ) -> Sequence[tuple[str, Definition]]:
        """Return where ``name`` is defined, exactly so written: path and definition.

        ``apart`` is an open document that is left out: the one that is asked for, whose
        outline would be made anew for each key.
        """
        self._stored.follow()
        opened = [
            (version.path, one)
            for version in self._overlays.versions(apart)
            for one in version.named.get(name, ())
        ]
        return self._with_stored(opened, "definition", name, limit)

    def subclasses(
        self, name: str, limit: int = 50, *, apart: str = ""
    ) -> Sequence[tuple[str, Definition]]:
        """Return the classes that name ``name`` as one of their bases."""
        self._stored.follow()
        opened = [
            (version.path, one)
            for version in self._overlays.versions(apart)
            for one in version.made_from.get(name, ())
        ]
        return self._with_stored(opened, "base", name, limit)

    def importing(
        self, target: str, limit: int = 50, *, apart: str = ""
    ) -> Sequence[str]:
        """Return the files that import from ``target``, as it stands in their text."""
        self._stored.follow()
        opened = [
            version.path
            for version in self._overlays.versions(apart)
            if any(one.target == target for one in version.outline.imports)
        ]
        return (opened + self._stored.paths("import", target, limit))[:limit]

    def declaring(self, namespace: str) -> Sequence[str]:
        """Return the files whose outline has this namespace."""
        self._stored.follow()
        opened = [
            version.path
            for version in self._overlays.versions()
            if version.outline.namespace == namespace
        ]
        return opened + self._stored.paths("namespace", namespace)

    def imports(self, path: str) -> tuple[str, ...]:
        """Return the files of this repository that ``path`` imports."""
        entry = self.entry(path)
        if entry is None:
            return ()
        return self.resolved(entry.outline.imports, path, entry.language)

    def resolved(
        self, imports: tuple[Import, ...], path: str, language: str
    ) -> tuple[str, ...]:
        """Return the files of this repository that ``imports``, in ``path``, mean."""
        kept = self._imports.get((path, imports))
        if kept is not None:
            return kept
        found = dict.fromkeys(
            file
            for one in imports
            for file in resolvers.resolve(one, path, language, self)
        )
        size = len(found) + len(imports) + 1
        return self._imports.put((path, imports), tuple(found), size)

    def co_changed(self, path: str) -> Mapping[str, float]:
        """Return files that changed together with ``path`` in git, weights to 1."""
        return self._builder.history.changed_with(path)

    # open documents

    def overlay(self, path: str, lines: Sequence[str], language_id: str = "") -> None:
        """Open a document, or take another text for it; ``lines`` have their ends."""
        self._overlays.put(path, lines, language_id)
        self._stored.hide(path)

    def overlay_edited(
        self, path: str, first: int, last: int, lines: Sequence[str]
    ) -> None:
        """Put ``lines`` in the place of those from ``first`` up to before ``last``."""
        self._overlays.edit(path, first, last, lines)

    def drop_overlay(self, path: str) -> None:
        """Close a document: what is on the disk counts again."""
        if path in self._overlays:
            self._overlays.drop(path)
            self._stored.show(path)

    def parsed(self, path: str) -> Parsed | None:
        """Return an open document's tree; None where it is not open or has no grammar."""
        return self._overlays.parsed(path)

    def parsed_part(
        self, path: str, lines: Sequence[str], language: Language
    ) -> Parsed:
        """Return the tree of some lines of a document.

        What is as it was when lines of that document were asked for last is not parsed
        again. Sound text gives the tree that parsing anew gives.
        """
        part = self._overlays.part(path, lines, language)
        return part or Parsed.parse(lines, language)

    def _with_stored(
        self, opened: list[tuple[str, Definition]], kind: str, name: str, limit: int
    ) -> Sequence[tuple[str, Definition]]:
        paths = self._stored.listing.paths
        for content, one in self._stored.definitions(kind, name, limit):
            opened += [(path, one) for path in paths(content)]
        return opened[:limit]

    def _forget(self) -> None:
        self._imports.clear()
        self._configured.clear()
