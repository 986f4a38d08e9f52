"""Definitions that the lines at a cursor speak of: what a name is, and what it has.

Syntax alone tells which: the names used near the cursor, the types of its variables where
they are annotated or made by a constructor (the dataflow of DraCo, arXiv 2405.17337,
without following values through calls), the class around it with its bases and those that
share them.
"""

from collections.abc import Iterator, Sequence

from retrieval.around import Surroundings
from retrieval.entry import Entry
from retrieval.index import Index
from retrieval.near import NOTHING, Near, code_names
from retrieval.outline import Definition, Kind
from retrieval.rank import Candidate

_TERMS = 40
_SAME_NAME = 12
"""A name with more definitions than this says little about which is meant."""

_BEST_OF = 2
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
_ELSEWHERE = 0.4
"""Of the evidence, where no import leads to the file and it is in another folder."""


_Found = tuple[str, Definition]


def defined(index: Index, near: Near, here: Surroundings) -> list[Candidate]:
    """Return signatures, outlines of classes and bodies of methods like this one."""
    imported = frozenset(here.imported)
    found = [
        *_typed(index, near, here, imported),
        *_own_classes(index, near, here, imported),
        *_siblings(index, near, here, imported),
        *_used(index, near, here, imported),
    ]
    best: dict[tuple[str, int, int], Candidate] = {}
    for one in found:
        place = (one.path, one.first, one.last)
        if place not in best or best[place].evidence < one.evidence:
            best[place] = one
    return list(best.values())


def _typed(
    index: Index, near: Near, here: Surroundings, imported: frozenset[str]
) -> Iterator[Candidate]:
    """Yield the classes that variables at the cursor are of."""
    types: dict[str, float] = {}
    for binding in here.bindings:
        if binding.line > here.line:
            continue
        name = binding.name.rpartition(".")[2]
        weight = near.terms.get(name, 0.0)
        if weight:
            types[binding.type] = max(types.get(binding.type, 0.0), weight)
    for written, weight in types.items():
        for name in _made(index, near, written, imported):
            for path, one in _best(index, near, name, imported, classes=True):
                evidence = _TYPED * weight * _nearness(path, near, imported)
                yield from _outlined(
                    index,
                    near,
                    (path, one),
                    evidence,
                    f"type of a variable here: {name}",
                )


def _made(
    index: Index, near: Near, written: str, imported: frozenset[str]
) -> tuple[str, ...]:
    """Return the class's name; for a call, what the function says that it returns."""
    if not written.endswith("()"):
        return (written,)
    function = written.removesuffix("()").rpartition(".")[2]
    found = _best(index, near, function, imported, classes=False)
    return tuple(dict.fromkeys(one.type for _, one in found if one.type))


def _own_classes(
    index: Index, near: Near, here: Surroundings, imported: frozenset[str]
) -> Iterator[Candidate]:
    """Yield the bases of the class around, and its own other parts (a header, say)."""
    for name in _around(here):
        for path, one in _best(index, near, name, imported, classes=True):
            evidence = _OWN_CLASS * _nearness(path, near, imported)
            yield from _outlined(
                index, near, (path, one), evidence, f"the class here: {name}"
            )
    for base in _bases(here):
        for path, one in _best(index, near, base, imported, classes=True):
            evidence = _BASE * _nearness(path, near, imported)
            yield from _outlined(
                index, near, (path, one), evidence, f"a base of the class here: {base}"
            )


def _siblings(
    index: Index, near: Near, here: Surroundings, imported: frozenset[str]
) -> Iterator[Candidate]:
    """Yield from methods of this one's name in classes with the same bases.

    As many lines of it as stand as deep in it as the cursor does here.
    """
    method = next((one for one in reversed(here.scope) if one.kind in _CALLABLE), None)
    if method is None:
        return
    kin = {
        (path, _qualified(one))
        for base in _bases(here)
        for path, one in index.subclasses(base, _SAME_NAME)
    }
    same = [
        (path, one)
        for path, one in index.definitions(method.name, _SIBLINGS_SEEN)
        if path != near.path and one.kind in _CALLABLE and (path, one.scope) in kin
    ]
    same.sort(key=lambda item: _nearness(item[0], near, imported), reverse=True)
    depth = max(0, here.line - method.header_last)
    for path, one in same[:_SIBLINGS]:
        entry = index.entry(path)
        if entry is not None:
            first = min(
                one.header_last + max(0, depth - 1), max(one.start, one.last - 2)
            )
            rows = range(first, min(one.last, first + _BODY_LINES) + 1)
            why = f"{method.name} of a class with the same base"
            yield _candidate(entry, near, rows, _SIBLING, why)


def _used(
    index: Index, near: Near, here: Surroundings, imported: frozenset[str]
) -> Iterator[Candidate]:
    """Yield what the names near the cursor are."""
    own = {one.name for one in here.outline.definitions}
    terms = sorted(near.terms.items(), key=lambda item: item[1], reverse=True)
    for name, weight in terms[:_TERMS]:
        if name in own:
            continue
        all_ = index.definitions(name, _SAME_NAME + 1)
        for path, one in _best(index, near, name, imported, classes=None):
            evidence = (
                _USED * weight * _nearness(path, near, imported) / (1 + 0.3 * len(all_))
            )
            why = f"used here: {name}"
            if one.kind is Kind.CLASS:
                yield from _outlined(index, near, (path, one), evidence, why)
            else:
                yield from _signature(index, near, (path, one), evidence, why)


def _best(
    index: Index,
    near: Near,
    name: str,
    imported: frozenset[str],
    *,
    classes: bool | None,
) -> Sequence[tuple[str, Definition]]:
    found = [
        (path, one)
        for path, one in index.definitions(name, _SAME_NAME + 1)
        if path != near.path
        and one.kind is not Kind.MODULE
        and (classes is None or (one.kind is Kind.CLASS) is classes)
    ]
    if len(found) > _SAME_NAME:
        found = [item for item in found if item[0] in imported]
    found.sort(
        key=lambda item: (
            _nearness(item[0], near, imported),
            item[1].last - item[1].first,
        ),
        reverse=True,
    )
    return found[:_BEST_OF]


def _nearness(path: str, near: Near, imported: frozenset[str]) -> float:
    if path in imported:
        return 1.0
    if path.rpartition("/")[0] == near.path.rpartition("/")[0]:
        return 0.8
    return _ELSEWHERE


def _around(here: Surroundings) -> list[str]:
    """Return the names of the classes that the cursor is in, also by a method's own scope."""
    found = [one.name for one in here.scope if one.kind is Kind.CLASS]
    for one in here.scope:
        found += [
            part for part in one.scope.split(".") if part and one.kind is Kind.METHOD
        ]
    return list(dict.fromkeys(found))


def _bases(here: Surroundings) -> tuple[str, ...]:
    return tuple(dict.fromkeys(base for one in here.scope for base in one.bases))


def _qualified(one: Definition) -> str:
    return f"{one.scope}.{one.name}" if one.scope else one.name


def _outlined(
    index: Index, near: Near, found: _Found, evidence: float, why: str
) -> Iterator[Candidate]:
    """Yield a class as its own line and those of its members that the prompt has not."""
    path, one = found
    entry = index.entry(path)
    if entry is None:
        return
    scope = _qualified(one)
    rows = set(range(one.start, min(one.header_last, one.start + _CLASS_LINES - 1) + 1))
    members = [
        member
        for member in entry.outline.definitions
        if member.scope == scope and member.name not in near.shown
    ]
    for member in members[:_MEMBERS]:
        last = min(member.header_last, member.start + _MEMBER_LINES - 1)
        rows.update(range(member.start, last + 1))
    yield _candidate(entry, near, sorted(rows), evidence, why)


def _signature(
    index: Index, near: Near, found: _Found, evidence: float, why: str
) -> Iterator[Candidate]:
    path, one = found
    entry = index.entry(path)
    if entry is None:
        return
    last = min(one.header_last, one.start + _SIGNATURE_LINES - 1)
    yield _candidate(entry, near, range(one.start, last + 1), evidence, why)


def _candidate(
    entry: Entry, near: Near, rows: Sequence[int], evidence: float, why: str
) -> Candidate:
    lines = [entry.lines[row] for row in rows if row < len(entry.lines)]
    return Candidate(
        path=entry.path,
        first=rows[0],
        last=rows[-1],
        text="\n".join(lines),
        names=NOTHING.union(*map(code_names, lines)) - near.hidden,
        evidence=evidence,
        why=why,
    )
