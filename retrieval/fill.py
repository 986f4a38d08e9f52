"""Whole files for a large window: what the file imports, what those import, what is beside it."""

import posixpath
from collections.abc import Callable, Iterator, Sequence

from retrieval.index import Index
from retrieval.source import Origin, Snippet

_FILES = 500
"""Looked at, at most: a window of 100,000 tokens has room for far fewer."""


def filled(
    index: Index,
    path: str,
    imported: Sequence[str],
    snippets: Sequence[Snippet],
    *,
    budget: int,
    cost: Callable[[str, str], int],
) -> tuple[Snippet, ...]:
    """Return ``snippets`` with whole files before them, the nearest by imports the last.

    ``imported`` are the files that the one at ``path`` imports. A file that fits takes the
    place of its snippets.
    """
    left = budget - sum(one.tokens for one in snippets)
    kept = list(snippets)
    files: list[Snippet] = []
    for distance, other in outward(index, path, imported):
        entry = index.entry(other)
        if entry is None:
            continue
        text = "\n".join(entry.lines).strip("\n")
        freed = sum(one.tokens for one in kept if one.path == other)
        if not text or len(text) > 8 * (left + freed):
            continue
        tokens = cost(other, text)
        if tokens > left + freed:
            continue
        left += freed - tokens
        kept = [one for one in kept if one.path != other]
        files.append(
            Snippet(
                path=other,
                start_line=0,
                end_line=len(entry.lines) - 1,
                text=text,
                tokens=tokens,
                score=1 / (1 + distance),
                why=_WHY[min(distance, len(_WHY) - 1)],
                origins=(Origin.FILE,),
            )
        )
    return (*reversed(files), *kept)


_WHY = (
    "",
    "imported here: the whole file",
    "imported by what is imported here: the whole file",
    "in the same folder: the whole file",
)


def outward(
    index: Index, path: str, imported: Sequence[str]
) -> Iterator[tuple[int, str]]:
    """Yield files by their distance in imports, then those of the same folder."""
    seen = {path}
    ring = list(imported)
    for distance in range(1, len(_WHY) - 1):
        ring = [one for one in dict.fromkeys(ring) if one not in seen][:_FILES]
        seen.update(ring)
        for one in ring:
            yield distance, one
        ring = [further for one in ring for further in index.imports(one)]
    for one in index.within(posixpath.dirname(path))[:_FILES]:
        if one not in seen:
            yield len(_WHY) - 1, one
