"""Whether an answer asked for at one place still answers a later one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Self

from retrieval.source import CLOSERS, Cursor, Document, without_end

_ABOVE = 3
_FURTHEST = 60
"""Rows around a place that are looked at for those lines; blank ones may be thousands."""

_MOST_LINES = 60
"""An answer that was typed further than that is looked for no more."""

Behind = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Anchor:
    """What must still stand around a place for its answer to hold; the rest may change.

    That is the line up to the place, three lines above that are not blank, the next one
    below, and what is to the right but for what only closes: an editor adds brackets and
    quotes by itself, and they are typed over.
    """

    before: str
    after: str
    above: tuple[str, ...]
    below: str

    @classmethod
    def of(cls, cursor: Cursor) -> Self:
        document, line = cursor.document, cursor.line
        return cls(
            before=cursor.before,
            after=_right(cursor),
            above=_above(document, line),
            below=next(_below(document, line), ""),
        )


def typed_since(anchor: Anchor, now: Cursor) -> Iterator[str]:
    """Yield what may have been typed at ``anchor`` to get to ``now``: "" at the place itself.

    Line ends are LF. It is nothing where ``now`` is elsewhere; the shortest comes first.
    """
    if _right(now) != anchor.after or not _still_below(anchor, now):
        return
    lines = now.document.lines
    for first in range(now.line, max(-1, now.line - _MOST_LINES), -1):
        if (
            lines[first].startswith(anchor.before)
            and (first < now.line or now.column >= len(anchor.before))
            and _above(now.document, first) == anchor.above
        ):
            typed = "".join((*lines[first : now.line], now.before))[
                len(anchor.before) :
            ]
            yield typed.replace("\r\n", "\n").replace("\r", "\n")


def behind(cursor: Cursor) -> Behind:
    """Return what stands to the right of a place, and the next two lines below it.

    Around one anchor that differs only by what an editor closes, here or a line below.
    """
    below = islice(_below(cursor.document, cursor.line), 2)
    return (cursor.after, *below)


def agrees(typed: str, text: str, *, finished: bool) -> bool:
    """Whether ``typed`` is the beginning of what is, or may yet be, generated.

    A finished answer that was typed to its last character has nothing left to offer.
    """
    if finished:
        return text.startswith(typed) and (not typed or text != typed)
    return text.startswith(typed) or typed.startswith(text)


def _right(cursor: Cursor) -> str:
    return cursor.after.lstrip("".join(CLOSERS))


def _still_below(anchor: Anchor, now: Cursor) -> bool:
    """Whether the line below is the same, perhaps after a bracket that came down there."""
    for line in islice(_below(now.document, now.line), 2):
        if line == anchor.below:
            return True
        if not CLOSERS.issuperset(line):
            return False
    return not anchor.below


def _above(document: Document, line: int) -> tuple[str, ...]:
    return tuple(islice(_written(document, range(line - 1, -1, -1)), _ABOVE))


def _below(document: Document, line: int) -> Iterator[str]:
    return _written(document, range(line + 1, len(document.lines)))


def _written(document: Document, rows: range) -> Iterator[str]:
    """Yield the lines that are not blank, without their ends."""
    for row in rows[:_FURTHEST]:
        if document.lines[row].strip():
            yield without_end(document.lines[row])
