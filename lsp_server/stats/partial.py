"""Whether a change to a document put some of an offered text there, and how: by one key or at once."""

import re
from dataclasses import dataclass, replace

from lsp_server.documents import Place, Splice
from retrieval.source import CLOSERS, Document

_LEAST = 2
"""Fewer characters at once are typed."""

_ADDED = CLOSERS | {"\n"}
"""What editors add behind the cursor: Enter between brackets makes two lines."""

_PAIRS = frozenset({"()", "[]", "{}", "<>", '""', "''", "``", '""""', "''''"})
_ONE_KEY = re.compile(r"\n[ \t]*(?:(?://[/!]?|\*|#|--|;+)[ \t]*)?|[ \t]+")
"""Enter, with the indentation and the comment sign that editors add; Tab, as spaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What of an offered text is still to come (LF), and where in the document it would go."""

    place: Place
    text: str


def after_change(
    rest: Rest, before: Document, after: Document, change: Splice
) -> tuple[Rest, str] | None:
    """Return what is left of ``rest``, and what of it was inserted; None where they part.

    ``change`` is the difference of the documents. A closing bracket or quote that the
    editor adds behind what was typed is no parting.
    """
    inserted = inserted_at(rest.place, before, after, change)
    same = 0 if inserted is None else _common(inserted, rest.text)
    if inserted is not None and same and _ADDED.issuperset(inserted[same:]):
        taken = inserted[:same]
        return Rest(place=moved(rest.place, taken), text=rest.text[same:]), taken
    line, column = rest.place
    if change.last <= line:
        grown = len(after.lines) - len(before.lines)
        return replace(rest, place=(line + grown, column)), ""
    return (rest, "") if change.first > line else None


def at_once(inserted: str) -> bool:
    """Return whether it takes more than one key to type this: then it was accepted."""
    one_key = inserted in _PAIRS or _ONE_KEY.fullmatch(inserted)
    return len(inserted) >= _LEAST and not one_key


def inserted_at(
    place: Place, before: Document, after: Document, change: Splice
) -> str | None:
    """Return the text that came in at ``place`` (LF), None where something else happened."""
    line, column = place
    first, last = min(change.first, line), max(change.last, line + 1)
    grown = len(after.lines) - len(before.lines)
    old = "".join(before.lines[first:last])
    new = "".join(after.lines[first : last + grown])
    at = sum(map(len, before.lines[first:line])) + column
    head, tail = old[:at], old[at:]
    if len(new) <= len(old) or not (new.startswith(head) and new.endswith(tail)):
        return None
    return new[at : len(new) - len(tail)].replace("\r\n", "\n").replace("\r", "\n")


def moved(place: Place, text: str) -> Place:
    """Return where ``text`` (LF) ends that begins at ``place``."""
    lines = text.count("\n")
    column = len(text) - text.rfind("\n") - 1 if lines else place[1] + len(text)
    return place[0] + lines, column


def _common(one: str, other: str) -> int:
    most = min(len(one), len(other))
    at = 0
    while at < most and one[at] == other[at]:
        at += 1
    return at
