"""Which definition a name means: imported ones before near ones, near before far."""

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.around import Surroundings
from retrieval.index import Alone, Index
from retrieval.languages import Language, language_of
from retrieval.outline import Definition, Kind

SAME_NAME = 12
"""A name with more definitions than this says little about which is meant."""

BEST_OF = 2

SAME_FOLDER = 0.8
ELSEWHERE = 0.4
"""Of the evidence, where no import leads to the file and it is in another folder."""

LOOKED_AT = 50
"""Definitions of one name, where all of them may matter."""

_KIN = (frozenset({"c", "cpp"}), frozenset({"javascript", "typescript", "tsx"}))

Found = tuple[str, Definition]
"""A definition, and the path of its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A document in what is known: what stands around the cursor tells what names mean."""

    index: Index | Alone
    path: str
    here: Surroundings
    imported: frozenset[str]


def place_at(index: Index | Alone, path: str, here: Surroundings) -> Place:
    return Place(index=index, path=path, here=here, imported=frozenset(here.imported))


def best(place: Place, name: str, *, classes: bool | None) -> Sequence[Found]:
    """Return the likeliest definitions of a name: imported ones, then near ones.

    Not the document's own; classes only, or all but classes, or any.
    """
    found = [
        (path, one)
        for path, one in elsewhere(place, name)
        if path != place.path
        and one.kind is not Kind.MODULE
        and (classes is None or (one.kind is Kind.CLASS) is classes)
    ]
    if len(found) > SAME_NAME:
        found = [item for item in found if item[0] in place.imported]
    return nearest(place, found)[:BEST_OF]


def nearest(place: Place, found: Sequence[Found]) -> list[Found]:
    """Return them by their nearness; of two as near, the longer one is first."""
    return sorted(
        found,
        key=lambda item: (nearness(place, item[0]), item[1].last - item[1].first),
        reverse=True,
    )


def elsewhere(place: Place, name: str) -> Sequence[Found]:
    """Return the definitions of a name in other files, one more than tell something."""
    return place.index.definitions(name, SAME_NAME + 1, apart=place.path)


def nearness(place: Place, path: str) -> float:
    if path in place.imported:
        return 1.0
    if path.rpartition("/")[0] == place.path.rpartition("/")[0]:
        return SAME_FOLDER
    return ELSEWHERE


def latest_types(here: Surroundings) -> dict[str, str]:
    """Return what each variable is at the cursor, members by their last name.

    Of several that tell it, the last above the cursor counts, in a scope around it.
    """
    scopes = {"", *(qualified(one) for one in here.scope)}
    return {
        one.name.rpartition(".")[2]: one.type
        for one in here.bindings
        if one.line <= here.line and ("." in one.name or one.scope in scopes)
    }


def made(place: Place, written: str) -> tuple[str, ...]:
    """Return the class's name; for a call, what the function says that it returns."""
    if not written.endswith("()"):
        return (written,)
    function = written.removesuffix("()").rpartition(".")[2]
    own = [one for one in place.here.outline.definitions if one.name == function]
    found = own or [one for _, one in best(place, function, classes=False)]
    return tuple(dict.fromkeys(one.type for one in found if one.type))


def around(here: Surroundings) -> list[str]:
    """Return the classes that the cursor is in, with their scopes.

    A method that stands outside of its class has it in its own scope.
    """
    found = [qualified(one) for one in here.scope if one.kind is Kind.CLASS]
    found += [one.scope for one in here.scope if one.kind is Kind.METHOD and one.scope]
    return list(dict.fromkeys(found))


def same(one: str, other: str) -> bool:
    """Tell whether two scopes may be one, where a namespace may be left out."""
    return f".{one}".endswith(f".{other}") or f".{other}".endswith(f".{one}")


def qualified(one: Definition) -> str:
    return f"{one.scope}.{one.name}" if one.scope else one.name


def like(path: str, language: Language) -> bool:
    """Tell whether a file's language may use what ``language`` defines."""
    other = language_of(path)
    if other is None or other.name == language.name:
        return other is not None
    return any({other.name, language.name} <= kin for kin in _KIN)


def alike(
    place: Place,
    ours: Sequence[Found],
    name: str,
    language: Language,
    *,
    most: int = SAME_NAME + 1,
) -> tuple[Found, ...]:
    """Return all definitions of a name that the language may use: ``ours``, then near ones."""
    others = [
        item
        for item in place.index.definitions(name, most, apart=place.path)
        if item[0] != place.path and like(item[0], language)
    ]
    own = [item for item in ours if item[1].name == name]
    return (*own, *nearest(place, others))
