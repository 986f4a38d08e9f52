"""One repository's index, with what the server adds to it: builds and branches watched."""

from collections.abc import Callable, Sequence
from pathlib import Path

from lsp_server.context.rules import RULES
from retrieval.files.roots import git_folder
from retrieval.index import Index

_FEW = 8
"""So many files are read again at once; more are left to the builder."""

Mark = tuple[int, ...]


class Repository:
    """An index, and how far its building is. All methods belong to one thread.

    ``first`` says that there was nothing yet when it was opened; ``done`` and ``total``
    count the files of the build that runs.
    """

    def __init__(self, root: Path, cache: Path, tell: Callable[[str], None]) -> None:
        self.root = root
        self.index = Index(root, cache, tell=tell)
        self.first = not self.index.files()
        self.building = False
        self._again = False
        self.done = 0
        self.total = 0
        self._head = self._heads()

    @property
    def name(self) -> str:
        return self.root.name

    def relative(self, path: Path) -> str | None:
        """Return ``path`` as the index calls it, None where it lies elsewhere."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return None

    def refresh(self, near: Sequence[str] = ()) -> None:
        """Bring the index up to date, in the background."""
        self.building, self._again = True, False
        self.index.refresh(self._progress, near=near)

    def touched(self, paths: Sequence[str]) -> None:
        """Take note of files that were written, made or removed.

        Many, folders, and files that decide about others, are for the builder, which is
        asked at the next look: what goes on writing must not make it begin again and again.
        """
        if len(paths) > _FEW or any(map(self._is_more, paths)):
            self._again = True
        else:
            self.index.update(paths)

    def look(self) -> None:
        """See to what was left to the builder."""
        if self._again and not self.building:
            self.refresh()

    def look_at_branch(self) -> None:
        """See whether another branch was checked out, or this one pulled or reset."""
        heads = self._heads()
        if heads != self._head:
            self._head = heads
            self.refresh()

    def built(self) -> bool:
        """Whether a build has come to its end since this was asked last."""
        if not self.building or not self.index.wait(0):
            return False
        self.building = self.first = False
        return True

    def close(self) -> None:
        self.index.close()

    def _progress(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    def _is_more(self, path: str) -> bool:
        """Whether other files come or go with ``path``: it is, or was, a folder, say."""
        return (
            path.rpartition("/")[2] in RULES
            or (self.root / path).is_dir()
            or bool(self.index.within(path))
        )

    def _heads(self) -> tuple[Mark, ...]:
        folder = git_folder(self.root)
        if folder is None:
            return ()
        return tuple(map(_mark, (folder / "HEAD", folder / "logs" / "HEAD")))


def _mark(file: Path) -> Mark:
    try:
        found = file.stat()
    except (OSError, ValueError):  # a name with NUL in it
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino
