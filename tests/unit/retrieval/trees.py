"""Repositories for tests: written from a table, indexed, kept beside their cache."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from retrieval.index import Index

LONG_S = 60.0
"""Nothing takes so long but a fault."""


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write ``files``, with a time on them that is long over."""
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        os.utime(file, (1_700_000_000, 1_700_000_000))


def module(number: int) -> str:
    """Return a Python file that no other number gives."""
    return (
        f"import module{number + 1}\n\n\n"
        f"class Thing{number}(Base):\n"
        f'    """What number {number} is."""\n\n'
        f"    def method_{number}(self, value: int) -> int:\n"
        f"        return value * {number}\n"
    )


def modules(count: int) -> dict[str, str]:
    return {f"pkg{n % 7}/module{n}.py": module(n) for n in range(count)}


@contextmanager
def indexed(
    root: Path,
    cache: Path | None,
    *,
    workers: int = 0,
    tell: Callable[[str], None] = lambda _message: None,
    near: Sequence[str] = (),
) -> Iterator[Index]:
    """Open the index and build it to the end."""
    with Index(root, cache, workers=workers, tell=tell) as index:
        build(index, near=near)
        yield index


def build(index: Index, *, near: Sequence[str] = ()) -> None:
    index.refresh(near=near)
    assert index.wait(LONG_S)


def paths_with(index: Index, term: str) -> list[str]:
    """Return the paths that have a chunk with ``term``, sorted."""
    contents = {row // 4096 for row in index.postings(term, 50)}
    return sorted(path for content in contents for path in index.paths_of(content))


def defined(index: Index, name: str) -> list[str]:
    """Return where ``name`` is defined, as path:line, sorted."""
    return sorted(f"{path}:{one.start}" for path, one in index.definitions(name))
