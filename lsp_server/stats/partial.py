"""Whether a change to a document put some of an offered text there, and how: by one key or at once.

No editor tells that a word or a line of a suggestion was accepted. It is inferred from one
change that brings more than a key does, and ends where a word ends. An editor may also
send several keys in one change, of which some end where words do. Nobody accepts half a
word: as soon as one change has brought that, nothing more is inferred of this editor, and
what was inferred of suggestions that are still followed is taken back. What is counted is at most
what was accepted in part.
"""

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


_IN_WORD = re.compile(r"[A-Za-z0-9_]")
"""Chinese and its like have no spaces between words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What of an offered text is still to come (LF), and where in the document it would go.

    ``over`` characters to the right of the place go when it comes, all at once.
    """

    place: Place
    text: str
    over: int = 0


def after_change(
    rest: Rest, before: Document, after: Document, change: Splice
) -> tuple[Rest, str] | None:
    """Return what is left of ``rest``, and what of it was inserted; None where they part.

    ``change`` is the difference of the documents. A closing bracket or quote that the
    editor adds behind what was typed is no parting.
    """
    if rest.over:
        inserted = inserted_at(rest.place, before, after, change, rest.over)
        if inserted == rest.text:
            return Rest(place=moved(rest.place, inserted), text=""), inserted
    inserted = inserted_at(rest.place, before, after, change)
    same = 0 if inserted is None else common(inserted, rest.text)
    if inserted is not None and same and _ADDED.issuperset(inserted[same:]):
        taken = inserted[:same]
        place = moved(rest.place, taken)
        return replace(rest, place=place, text=rest.text[same:]), taken
    line, column = rest.place
    if change.last <= line:
        grown = len(after.lines) - len(before.lines)
        return replace(rest, place=(line + grown, column)), ""
    return (rest, "") if change.first > line else None


def at_once(inserted: str, rest: str) -> bool:
    """Return whether this was accepted: more than a key, with a word and up to its end."""
    has_word = any(map(str.isalnum, inserted))
    return _several(inserted) and has_word and not in_one_change(inserted, rest)


def in_one_change(inserted: str, rest: str) -> bool:
    """Return whether keys came together: it ends within a word that ``rest`` goes on with."""
    ends = (inserted[-1:], rest[:1])
    return _several(inserted) and all(map(_IN_WORD.match, ends))


def _several(inserted: str) -> bool:
    one_key = inserted in _PAIRS or _ONE_KEY.fullmatch(inserted)
    return len(inserted) >= _LEAST and not one_key


def inserted_at(
    place: Place, before: Document, after: Document, change: Splice, over: int = 0
) -> str | None:
    """Return the text that came in at ``place`` (LF), None where something else happened.

    It came in for the next ``over`` characters, which went.
    """
    line, column = place
    first, last = min(change.first, line), max(change.last, line + 1)
    grown = len(after.lines) - len(before.lines)
    old = "".join(before.lines[first:last])
    new = "".join(after.lines[first : last + grown])
    at = sum(map(len, before.lines[first:line])) + column
    head, tail = old[:at], old[at + over :]
    if len(new) <= len(head) + len(tail) or not (
        new.startswith(head) and new.endswith(tail)
    ):
        return None
    return new[at : len(new) - len(tail)].replace("\r\n", "\n").replace("\r", "\n")


def moved(place: Place, text: str) -> Place:
    """Return where ``text`` (LF) ends that begins at ``place``."""
    lines = text.count("\n")
    column = len(text) - text.rfind("\n") - 1 if lines else place[1] + len(text)
    return place[0] + lines, column


def common(one: str, other: str) -> int:
    """Return how many characters both begin with."""
    most = min(len(one), len(other))
    at = 0
    while at < most and one[at] == other[at]:
        at += 1
    return at
