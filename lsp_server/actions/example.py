"""A test that is there, for the model to imitate."""

from collections.abc import Sequence
from pathlib import Path

from retrieval.files.walk import Read, read
from retrieval.gather import estimated
from retrieval.source import Origin, Snippet

_LINES = 80
_SHARE = 3
"""It takes at most this part of the budget: what is tested matters more."""


def example_at(root: Path, path: str) -> Snippet | None:
    """Return the first lines of a test, secrets masked; None where it cannot be read."""
    found = read(root, path)
    if not isinstance(found, Read):
        return None
    lines = found.lines[:_LINES]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return _of(path, lines) if lines else None


def with_example(
    snippets: Sequence[Snippet], example: Snippet, budget: int
) -> tuple[Snippet, ...]:
    """Return the snippets with the example, last; ``budget`` is for all, in tokens.

    What of its file is there already is left out, and the worst others have to go.
    """
    lines = tuple(example.text.split("\n"))
    while lines and estimated(example.path, "\n".join(lines)) * _SHARE > budget:
        lines = lines[: len(lines) * 3 // 4]
    if not lines:
        return tuple(snippets)
    shown = _of(example.path, lines)
    kept = [one for one in snippets if one.path != example.path]
    while kept and sum(one.tokens for one in kept) + shown.tokens > budget:
        del kept[0]
    return (*kept, shown)


def _of(path: str, lines: Sequence[str]) -> Snippet:
    text = "\n".join(lines)
    return Snippet(
        path=path,
        start_line=0,
        end_line=len(lines) - 1,
        text=text,
        tokens=estimated(path, text),
        score=0.0,
        why="a test to imitate",
        origins=(Origin.FILE,),
    )
