"""Definitions that the lines at a cursor speak of: what a name is, and what it has.

Syntax alone tells which: the names used near the cursor, the types of its variables where
they are annotated or made by a constructor (the dataflow of DraCo, arXiv 2405.17337,
without following values through calls), the class around it with its bases and those that
share them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter

from retrieval.around import Surroundings
from retrieval.index import Index
from retrieval.index.entry import Entry
from retrieval.meant import (
    SAME_NAME,
    Found,
    Place,
    around,
    best,
    elsewhere,
    latest_types,
    made,
    nearness,
    qualified,
    same,
)
from retrieval.near import NOTHING, Near, code_names
from retrieval.outline import Kind
from retrieval.rank import Candidate
from retrieval.source import Origin

_TERMS = 40
_MEMBERS = 40
_SIGNATURE_LINES = 6
_MEMBER_LINES = 2
_CLASS_LINES = 3
_BODY_LINES = 8
_SIBLINGS = 4
_SIBLINGS_SEEN = 50
_CALLABLE = frozenset({Kind.METHOD, Kind.FUNCTION})

_USED = 0.15
_TYPED = 0.35
_OWN_CLASS = 0.35
_BASE = 0.15
_SIBLING = 0.15
_UNSURE = 0.3
"""For each definition of the name: which is meant gets the less sure the more there are."""

_SPLIT = frozenset({"c", "cpp", "csharp", "ruby", "rust"})
"""Languages in which one class is told in several files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place(Place):
    """What all that is told here is told by."""

    near: Near


def defined(index: Index, near: Near, here: Surroundings) -> list[Candidate]:
    """Return signatures, outlines of classes and bodies of methods like this one."""
    place = _Place(
        index=index,
        near=near,
        path=near.path,
        here=here,
        imported=frozenset(here.imported),
    )
    likeliest: dict[tuple[str, int, int], Candidate] = {}
    for one in chain(_typed(place), _classes(place), _siblings(place), _used(place)):
        lines = (one.path, one.first, one.last)
        if lines not in likeliest or likeliest[lines].evidence < one.evidence:
            likeliest[lines] = one
    return list(likeliest.values())


def _typed(place: _Place) -> Iterator[Candidate]:
    """Yield the classes that variables at the cursor are of."""
    types: dict[str, float] = {}
    for name, written in latest_types(place.here).items():
        weight = place.near.terms.get(name, 0.0)
        types[written] = max(types.get(written, 0.0), weight)
    for written, weight in types.items():
        for name in made(place, written) if weight else ():
            why = f"type of a variable here: {name}"
            for found in best(place, name, classes=True):
                yield from _outlined(place, found, _TYPED * weight, why, sure=True)


def _classes(place: _Place) -> Iterator[Candidate]:
    """Yield the bases of the class around, and its own other parts (a header, say)."""
    if place.near.language in _SPLIT:
        for scope in around(place.here):
            name = scope.rpartition(".")[2]
            for found in best(place, name, classes=True):
                if same(qualified(found[1]), scope):
                    why = f"the class here: {name}"
                    yield from _outlined(place, found, _OWN_CLASS, why, sure=True)
    for base in _bases(place.here):
        for found in best(place, base, classes=True):
            yield from _outlined(
                place, found, _BASE, f"a base of the class here: {base}"
            )


def _siblings(place: _Place) -> Iterator[Candidate]:
    """Yield from methods of this one's name in classes with the same bases.

    As many lines of it as stand as deep in it as the cursor does here.
    """
    index, here = place.index, place.here
    method = next((one for one in reversed(here.scope) if one.kind in _CALLABLE), None)
    if method is None:
        return
    kin = {
        (path, qualified(one))
        for base in _bases(here)
        for path, one in index.subclasses(base, SAME_NAME, apart=place.near.path)
    }
    alike = [
        (path, one)
        for path, one in index.definitions(
            method.name, _SIBLINGS_SEEN, apart=place.near.path
        )
        if path != place.near.path
        and one.kind in _CALLABLE
        and (path, one.scope) in kin
    ]
    alike.sort(key=lambda found: nearness(place, found[0]), reverse=True)
    depth = max(0, here.line - method.header_last)
    for path, one in alike[:_SIBLINGS]:
        entry = index.entry(path)
        if entry is not None:
            first = min(
                one.header_last + max(0, depth - 1), max(one.start, one.last - 2)
            )
            rows = range(first, min(one.last, first + _BODY_LINES) + 1)
            why = f"{method.name} of a class with the same base"
            yield _candidate(entry, place.near, rows, _SIBLING, why)


def _used(place: _Place) -> Iterator[Candidate]:
    """Yield what the names near the cursor are."""
    own = {one.name for one in place.here.outline.definitions}
    terms = sorted(place.near.terms.items(), key=itemgetter(1), reverse=True)
    for name, weight in terms[:_TERMS]:
        if name in own:
            continue
        count = len(elsewhere(place, name))
        evidence = _USED * weight / (1 + _UNSURE * count)
        for found in best(place, name, classes=None):
            why = f"used here: {name}"
            if found[1].kind is Kind.CLASS:
                yield from _outlined(place, found, evidence, why)
            else:
                yield from _signature(place, found, evidence, why)


def _bases(here: Surroundings) -> tuple[str, ...]:
    return tuple(dict.fromkeys(base for one in here.scope for base in one.bases))


def _outlined(
    place: _Place, found: Found, evidence: float, why: str, *, sure: bool = False
) -> Iterator[Candidate]:
    """Yield a class as its own line and those of its members that the prompt has not."""
    path, one = found
    entry = place.index.entry(path)
    if entry is None:
        return
    scope = qualified(one)
    rows = set(range(one.start, min(one.header_last, one.start + _CLASS_LINES - 1) + 1))
    members = [
        member
        for member in entry.outline.definitions
        if member.scope == scope and member.name not in place.near.shown
    ]
    for member in members[:_MEMBERS]:
        last = min(member.header_last, member.start + _MEMBER_LINES - 1)
        rows.update(range(member.start, last + 1))
    likely = evidence * nearness(place, path)
    yield _candidate(entry, place.near, sorted(rows), likely, why, sure=sure)


def _signature(
    place: _Place, found: Found, evidence: float, why: str
) -> Iterator[Candidate]:
    path, one = found
    entry = place.index.entry(path)
    if entry is None:
        return
    last = min(one.header_last, one.start + _SIGNATURE_LINES - 1)
    rows = range(one.start, last + 1)
    likely = evidence * nearness(place, path)
    yield _candidate(entry, place.near, rows, likely, why)


def _candidate(
    entry: Entry,
    near: Near,
    rows: Sequence[int],
    evidence: float,
    why: str,
    *,
    sure: bool = False,
) -> Candidate:
    lines = [entry.lines[row] for row in rows if row < len(entry.lines)]
    return Candidate(
        path=entry.path,
        first=rows[0],
        last=rows[-1],
        text="\n".join(lines),
        names=NOTHING.union(*map(code_names, lines)) - near.hidden,
        evidence=evidence,
        origin=Origin.DEFINITION,
        why=why,
        only=frozenset(rows),
        sure=sure,
    )
