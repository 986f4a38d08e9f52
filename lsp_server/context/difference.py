"""From one snapshot of a document to a later one: a single splice of lines."""

from collections.abc import Sequence

from lsp_server.documents import Place, Splice
from retrieval.source import without_end

_BLOCK = 512
"""Lines that are compared at once: slices of tuples are compared by identity first, in C,
and snapshots share the strings of lines that were not edited."""


def difference(old: tuple[str, ...], new: tuple[str, ...]) -> Splice | None:
    """Return what makes ``new`` of ``old``, as few lines as one splice can be; None for none."""
    if old == new:
        return None
    shorter = min(len(old), len(new))
    first = _same(old, new, shorter)
    below = _same(old[first:][::-1], new[first:][::-1], shorter - first)
    return Splice(
        first=first, last=len(old) - below, lines=new[first : len(new) - below]
    )


def end_of_change(old: Sequence[str], splice: Splice) -> Place:
    """Return where the last changed character of the new text ends: a cursor, most likely.

    Where whole lines were taken away it is the beginning of the line that came up.
    """
    if not splice.lines:
        return splice.first, 0
    line = splice.first + len(splice.lines) - 1
    now = without_end(splice.lines[-1])
    was = without_end(old[splice.last - 1]) if splice.last > splice.first else ""
    tail = 0
    while tail < min(len(now), len(was)) and now[-1 - tail] == was[-1 - tail]:
        tail += 1
    return line, len(now) - tail


def _same(left: tuple[str, ...], right: tuple[str, ...], most: int) -> int:
    """Return how many of the first lines are the same, ``most`` at most."""
    at = 0
    while at < most and left[at : at + _BLOCK] == right[at : at + _BLOCK]:
        at += _BLOCK
    while at < most and left[at] == right[at]:
        at += 1
    return at
