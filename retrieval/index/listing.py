"""The repository's files in memory: which there are, and which content each has."""

from collections.abc import Iterable, Sequence


class Listing:
    """Paths and their contents' numbers; follows changes, told file by file.

    A hidden path (an open document's) is in the repository, but no content has it. About
    half a kilobyte for each file.
    """

    def __init__(self) -> None:
        self.chunks = 0
        self._contents: dict[str, tuple[int, int]] = {}
        self._paths: dict[int, str | dict[str, None]] = {}
        self._many: dict[int, tuple[str, ...]] = {}
        self._named: dict[str, dict[str, None]] = {}
        self._within: dict[str, dict[str, None]] = {}
        self._hidden: set[str] = set()

    def __len__(self) -> int:
        return len(self._contents)

    def all(self) -> Sequence[str]:
        return tuple(self._contents)

    def has(self, path: str) -> bool:
        return path in self._contents or path in self._hidden

    def content(self, path: str) -> int | None:
        """Return the number of what is on the disk at ``path``, hidden or not."""
        found = self._contents.get(path)
        return found[0] if found else None

    def paths(self, content: int) -> tuple[str, ...]:
        """Return the paths that have this content and are not hidden."""
        found = self._paths.get(content)
        if found is None:
            return ()
        if isinstance(found, str):
            return (found,)
        if content not in self._many:
            self._many[content] = tuple(found)
        return self._many[content]

    def named(self, name: str) -> Sequence[str]:
        return tuple(self._named.get(name, ()))

    def within(self, folder: str) -> Sequence[str]:
        return tuple(self._within.get(folder, ()))

    def apply(self, changes: Iterable[tuple[str, int | None, int]]) -> None:
        """Take each path's new content and how many chunks it has; None: it is gone."""
        for path, content, chunks in changes:
            old = self._contents.pop(path, None)
            if old is not None:
                self.chunks -= old[1]
                self._part(old[0], path)
            if content is not None:
                self._contents[path] = (content, chunks)
                self.chunks += chunks
                if path not in self._hidden:
                    self._join(content, path)
            self._list(path)

    def empty(self) -> None:
        """Forget all files; what is hidden stays so."""
        self.chunks = 0
        for table in (self._contents, self._paths, self._many):
            table.clear()
        self._named.clear()
        self._within.clear()
        for path in self._hidden:
            self._list(path)

    def hide(self, path: str) -> None:
        """Let an open document stand for ``path``, which need not be on the disk."""
        self._hidden.add(path)
        content = self.content(path)
        if content is not None:
            self._part(content, path)
        self._list(path)

    def show(self, path: str) -> None:
        """Let what is on the disk count again."""
        self._hidden.discard(path)
        content = self.content(path)
        if content is not None:
            self._part(content, path)
            self._join(content, path)
        self._list(path)

    def _join(self, content: int, path: str) -> None:
        found = self._paths.setdefault(content, path)
        if isinstance(found, dict):
            found[path] = None
        elif found != path:
            self._paths[content] = {found: None, path: None}
        self._many.pop(content, None)

    def _part(self, content: int, path: str) -> None:
        found = self._paths.get(content)
        if isinstance(found, dict):
            found.pop(path, None)
        if not found or found == path:
            self._paths.pop(content, None)
        self._many.pop(content, None)

    def _list(self, path: str) -> None:
        folder, _, name = path.rpartition("/")
        for table, key in ((self._named, name), (self._within, folder)):
            if self.has(path):
                table.setdefault(key, {})[path] = None
            elif key in table:
                table[key].pop(path, None)
                if not table[key]:
                    del table[key]
