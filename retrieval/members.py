"""What stands behind a dot: the member that the receiver's class has, or the module."""

from collections.abc import Iterator, Sequence
from itertools import chain

from retrieval.brought import exported
from retrieval.languages import Language
from retrieval.meant import (
    LOOKED_AT,
    Found,
    Place,
    alike,
    around,
    best,
    latest_types,
    made,
    qualified,
    same,
)
from retrieval.outline import Kind
from retrieval.syntax import Name
from retrieval.syntax.types import called, last_name

_BASES_DEEP = 5
_CLASSES = 24
_LINKS = 4
"""Of a chain: ``a.b.c.d``."""

_TWO = frozenset({"->", "::"})
_OWN = frozenset({"self", "this", "$this", "cls", "static", "Self", "@self"})
_PARENT = frozenset({"super", "super()", "base", "parent"})


def of_receiver(
    place: Place, ours: Sequence[Found], name: Name, language: Language
) -> list[Found]:
    """Return what the receiver has under this name: a class's member, a module's."""
    receiver = name.receiver
    classes = [*_classes_of(place, ours, receiver, language)]
    found = _member(place, ours, classes, name.text, language)
    if found:
        return found
    head = receiver.lstrip("$")
    for one in place.here.outline.imports:
        module = last_name(one.target) if not one.names else ""
        if head in {*one.local, one.target} or (module and head == module):
            files = place.index.resolved((one,), place.path, language.name)
            found += exported(place, files, name.text, language)
    if found:
        return found
    return [
        item
        for item in alike(place, ours, name.text, language)
        if item[1].scope and item[1].scope.rpartition(".")[2] == last_name(head)
    ]


def _classes_of(
    place: Place,
    ours: Sequence[Found],
    receiver: str,
    language: Language,
    deep: int = 0,
) -> Iterator[Found]:
    """Yield the classes that an expression may be of."""
    if receiver in _OWN:
        for scope in around(place.here):
            yield from _named(place, ours, scope.rpartition(".")[2], scope)
        return
    if receiver in _PARENT or receiver.startswith("super("):
        bases = (base for one in place.here.scope for base in one.bases)
        for base in dict.fromkeys(bases):
            yield from _named(place, ours, base)
        return
    for written in dict.fromkeys(_types_of(place, ours, receiver, language, deep)):
        yield from _named(place, ours, written)


def _types_of(
    place: Place, ours: Sequence[Found], receiver: str, language: Language, deep: int
) -> Iterator[str]:
    """Yield the names of the types of an expression, link by link where it is a chain."""
    expression = receiver.removeprefix("await ").strip()
    if expression.startswith("(") and expression.endswith(")"):
        expression = expression[1:-1].strip()
    if expression.startswith("new "):
        yield last_name(expression[4:].partition("(")[0].partition("<")[0].strip())
        return
    is_call = expression.endswith(")")
    callee = expression[: _opening(expression)] if is_call else expression
    owner, last = _owner(callee)
    if owner and deep < _LINKS:
        classes = [*_classes_of(place, ours, owner, language, deep + 1)]
        found = _member(place, ours, classes, last, language)
        if found:
            for written in dict.fromkeys(one.type for _, one in found if one.type):
                yield from made(place, written)
            return
    if is_call:
        yield from made(place, called(callee, language.name) or f"{last}()")
        return
    written = latest_types(place.here).get(last, "")
    if written:
        yield from made(place, written)
    for one in place.here.outline.definitions:
        if one.name == last and one.type and one.kind in {Kind.FIELD, Kind.VARIABLE}:
            yield from made(place, one.type)
    yield last


def _owner(expression: str) -> tuple[str, str]:
    """Cut at the last dot (or ``::``, ``->``) that stands in no bracket; "" for none."""
    depth = 0
    for at in range(len(expression) - 1, 0, -1):
        sign = expression[at]
        depth += (sign in ")]}") - (sign in "([{")
        if depth == 0 and (sign in ".>:" and expression[at - 1 : at + 1] in _TWO):
            return expression[: at - 1].strip(), _bare(expression[at + 1 :])
        if depth == 0 and sign == ".":
            return expression[:at].removesuffix("?").strip(), _bare(
                expression[at + 1 :]
            )
    return "", _bare(expression)


def _bare(name: str) -> str:
    return name.strip().lstrip("$@#").partition("<")[0]


def _opening(call: str) -> int:
    """Return where the last bracket of ``call`` was opened."""
    depth = 0
    for at in range(len(call) - 1, -1, -1):
        depth += (call[at] in ")]}") - (call[at] in "([{")
        if depth == 0:
            return at
    return 0


def _named(
    place: Place, ours: Sequence[Found], name: str, scope: str = ""
) -> Iterator[Found]:
    """Yield the classes of a name: the document's own, then the likeliest others."""
    own = [
        item
        for item in ours
        if item[1].name == name
        and item[1].kind is Kind.CLASS
        and (not scope or same(qualified(item[1]), scope))
    ]
    yield from own
    others = best(place, name, classes=True)
    if own and not scope:
        return
    yield from (item for item in others if not scope or same(qualified(item[1]), scope))


def _member(
    place: Place,
    ours: Sequence[Found],
    classes: Sequence[Found],
    name: str,
    language: Language,
) -> list[Found]:
    """Return the definitions of a member in these classes, else in what they are made from."""
    candidates = alike(place, ours, name, language, most=LOOKED_AT)
    seen: set[str] = set()
    ring = [*classes]
    for _ in range(_BASES_DEEP):
        found = [
            item
            for path, one in ring
            for item in candidates
            if item[1].scope
            and same(item[1].scope, qualified(one))
            and item[1].scope.rpartition(".")[2] == one.name
            and (item[0] == path or same(item[1].scope, qualified(one)))
        ]
        if found:
            own = {path for path, _ in ring}
            found.sort(key=lambda item: item[0] not in own)
            return list(dict.fromkeys(found))
        bases = dict.fromkeys(base for _, one in ring for base in one.bases)
        fresh = [base for base in bases if base not in seen]
        seen.update(fresh)
        ring = [*chain.from_iterable(_named(place, ours, base) for base in fresh)][
            :_CLASSES
        ]
        if not ring:
            break
    return []
