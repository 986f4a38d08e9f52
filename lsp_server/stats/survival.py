"""How much of an accepted text is still there: where it is now, and what of it is left."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from lsp_server.documents import Place, Splice
from retrieval.source import Document

_TOKEN = re.compile(r"\w+|[^\w\s]")
_MOST_TOKENS = 400
"""Of what differs in each text: comparing may take the square of it, on the event loop."""

_BLOCK = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A part of a document, its end not included."""

    start: Place
    end: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What stood from ``start`` to ``end`` was replaced, by what now ends at ``now``."""

    start: Place
    end: Place
    now: Place


def exact(before: Document, after: Document, splice: Splice) -> Change:
    """Return the characters that differ, where ``splice`` are the lines that do."""
    old = before.lines[splice.first : splice.last]
    first, last, grown = _changed("".join(old), "".join(splice.lines))
    return Change(
        start=_place(before, splice.first, first),
        end=_place(before, splice.first, last),
        now=_place(after, splice.first, last + grown),
    )


def after_change(held: Range, change: Change) -> Range:
    """Return where the range is after ``change``.

    What is put in at its end is not part of it (one types on after what one accepted),
    unless it is empty: then what was undone may come back.
    """
    start, end = held.start, held.end
    pushed = start == change.start and start >= change.end and start < end
    if start > change.start or pushed:
        start = _moved(start, change) or change.start
    if end > change.start or end == change.start == held.start:
        end = _moved(end, change) or change.now
    return Range(start=start, end=end)


def text_in(document: Document, held: Range) -> str:
    """Return the text of the range; its places are in the document."""
    (top, left), (bottom, right) = held.start, held.end
    if top == bottom:
        return document.lines[top][left:right]
    middle = document.lines[top + 1 : bottom]
    return "".join(
        (document.lines[top][left:], *middle, document.lines[bottom][:right])
    )


def share_left(accepted: str, now: str) -> float:
    """Return the share, 0 to 1, of ``accepted``'s characters that ``now`` still has, in order.

    White space does not count: formatting is no change of mind. Compared by words, and
    within a word that changed by how it begins and ends.
    """
    if accepted == now:
        return 1.0
    old, new = _TOKEN.findall(accepted), _TOKEN.findall(now)
    total = sum(map(len, old))
    if not total:
        return 1.0
    first, last, grown = _changed(old, new)
    was = old[first:last][:_MOST_TOKENS]
    left = total - sum(map(len, old[first:last]))
    left += _left(was, new[first : last + grown][:_MOST_TOKENS])
    return left / total


def _left(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many of the old tokens' characters the new ones still have, in order."""
    left = 0
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for what, start, end, begin, stop in matcher.get_opcodes():
        was = "".join(old[start:end])
        if what == "equal":
            left += len(was)
        elif what == "replace":
            first, last, _ = _changed(was, "".join(new[begin:stop]))
            left += len(was) - (last - first)
    return left


def _moved(place: Place, change: Change) -> Place | None:
    """Return where a place behind the change is after it; None for one within."""
    if place < change.end:
        return None
    if place[0] > change.end[0]:
        return place[0] + change.now[0] - change.end[0], place[1]
    return change.now[0], change.now[1] + place[1] - change.end[1]


def _changed(old: Sequence[str], new: Sequence[str]) -> tuple[int, int, int]:
    """Return which part of ``old`` differs, and by how much it is longer in ``new``."""
    most = min(len(old), len(new))
    first = _same(old, new, most)
    below = _same(old[first:][::-1], new[first:][::-1], most - first)
    return first, len(old) - below, len(new) - len(old)


def _same(old: Sequence[str], new: Sequence[str], most: int) -> int:
    """Return how many of the first characters or tokens are the same; blocks of them in C."""
    at = 0
    while at < most and old[at : at + _BLOCK] == new[at : at + _BLOCK]:
        at = min(most, at + _BLOCK)
    while at < most and old[at] == new[at]:
        at += 1
    return at


def _place(document: Document, first: int, offset: int) -> Place:
    """Return the place ``offset`` characters behind the beginning of line ``first``."""
    line = first
    while line + 1 < len(document.lines) and offset >= len(document.lines[line]):
        offset -= len(document.lines[line])
        line += 1
    return line, offset
