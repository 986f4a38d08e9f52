"""The definitions that a name at a cursor means, the likeliest first.

In this order: the one whose name it is; what its receiver has; the document's own, the
nearest scope first; what an import brings; then what other files of the language define,
near before far, which is a guess where the language would need an import.
"""

import builtins
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from retrieval.brought import BY_RECEIVER, IMPORTING, imported, starred
from retrieval.languages import Language
from retrieval.meant import (
    SAME_NAME,
    Found,
    Place,
    alike,
    around,
    nearness,
    qualified,
    same,
)
from retrieval.members import of_receiver
from retrieval.outline import Definition, Kind
from retrieval.syntax import Name
from retrieval.syntax.types import last_name

_BUILTINS = frozenset(dir(builtins))
_SPLIT = frozenset({"c", "cpp", "csharp"})
"""Languages in which one thing is told in several files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """``guess`` says that the name alone tells: any of ``found`` may be meant, or none."""

    found: tuple[Found, ...] = ()
    guess: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """``ours`` are the definitions of the whole document, whose rows are its lines."""

    place: Place
    ours: Sequence[Found]
    name: Name
    line: int
    language: Language


def meant(
    place: Place, own: Sequence[Definition], name: Name, line: int, language: Language
) -> Meant:
    """Return what ``name``, in row ``line`` of the document, means.

    ``own`` are the definitions of the whole document.
    """
    ours = [(place.path, one) for one in own]
    asked = _Asked(place=place, ours=ours, name=name, line=line, language=language)
    for find in _FINDERS:
        found = find(asked)
        if found is not None:
            return found
    return Meant()


def _itself(asked: _Asked) -> Meant | None:
    """Return the definition that has its name here, and its other tellings."""
    name = asked.name
    owner = last_name(name.receiver) if asked.language.name in _SPLIT else ""
    here = [
        item
        for item in asked.ours
        if item[1].name == name.text
        and item[1].start <= asked.line <= item[1].header_last
        and (name.defines or (owner and last_name(item[1].scope) == owner))
    ]
    return Meant(found=_with_twins(asked, here[-1])) if here else None


def _in_import(asked: _Asked) -> Meant | None:
    """Return what an import on this line takes, also where a path leads to it."""
    if all(one.line != asked.line for one in asked.place.here.outline.imports):
        return None
    return _imported(asked)


def _of_receiver(asked: _Asked) -> Meant | None:
    if not asked.name.receiver:
        return None
    found = of_receiver(asked.place, asked.ours, asked.name, asked.language)
    if found:
        return Meant(found=tuple(found))
    by_name = alike(asked.place, asked.ours, asked.name.text, asked.language)
    members = tuple(item for item in by_name if item[1].scope)
    return Meant(found=members or by_name, guess=True)


def _visible(asked: _Asked) -> Meant | None:
    found = (*_in_scope(asked),)
    return Meant(found=found) if found else None


def _imported(asked: _Asked) -> Meant | None:
    """Return what an import of this name brings: nothing where that is another's code."""
    found = imported(asked.place, asked.name.text, asked.language)
    return None if found is None else Meant(found=found)


def _elsewhere(asked: _Asked) -> Meant:
    place, name, language = asked.place, asked.name.text, asked.language
    found = tuple(
        item
        for item in alike(place, (), name, language)
        if not _is_hidden(item[1], language)
    )
    near = tuple(item for item in found if nearness(place, item[0]) >= 1)
    if language.name not in IMPORTING:
        return Meant(found=near or found, guess=len(found) > SAME_NAME)
    files = starred(place, language)
    all_at_once = tuple(item for item in near if item[0] in files)
    if all_at_once or name in _BUILTINS:
        return Meant(found=all_at_once)
    return Meant(found=found, guess=True)


_FINDERS: tuple[Callable[[_Asked], Meant | None], ...] = (
    _itself,
    _in_import,
    _of_receiver,
    _visible,
    _imported,
    _elsewhere,
)


def _with_twins(asked: _Asked, found: Found) -> tuple[Found, ...]:
    """Return a definition, and those that are the same thing elsewhere: a header's, say."""
    if asked.language.name not in _SPLIT or not found[1].scope:
        return (found,)
    twins = (
        item
        for item in alike(asked.place, (), found[1].name, asked.language)
        if same(qualified(item[1]), qualified(found[1]))
    )
    return (found, *twins)


def _in_scope(asked: _Asked) -> Iterator[Found]:
    """Yield the document's own definitions that the cursor's scope has, the innermost first."""
    here, by_receiver = asked.place.here, asked.language.name in BY_RECEIVER
    scopes = [qualified(one) for one in here.scope]
    classes = {qualified(one) for one in here.scope if one.kind is Kind.CLASS}
    found: list[tuple[int, Found]] = []
    for item in asked.ours:
        one = item[1]
        if one.name != asked.name.text:
            continue
        if not one.scope:
            found.append((0, item))
        elif one.scope in scopes or one.scope in around(here):
            through = one.scope in classes and one.scope != scopes[-1]
            if not (through and by_receiver):
                found.append((1 + one.scope.count("."), item))
        elif one.kind in {Kind.CLASS, Kind.TYPE} or not by_receiver:
            found.append((-1, item))
    found.sort(key=lambda each: each[0], reverse=True)
    sure = [item for depth, item in found if depth >= 0]
    yield from sure or (item for _, item in found)


def _is_hidden(one: Definition, language: Language) -> bool:
    """Whether a definition cannot be named without what it is in."""
    if one.kind is Kind.MODULE:
        return True
    return (
        bool(one.scope)
        and one.kind in {Kind.METHOD, Kind.FIELD}
        and language.name in BY_RECEIVER
    )
