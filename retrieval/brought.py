"""What the imports of a document bring: the definitions of a name, wherever they stand."""

from collections.abc import Iterator, Sequence

from retrieval.languages import Language
from retrieval.meant import Found, Place
from retrieval.outline import Import
from retrieval.syntax.types import last_name

IMPORTING = frozenset({"python", "javascript", "typescript", "tsx", "rust"})
"""Languages in which a name of another file has to be imported, by name or all at once."""

BY_RECEIVER = IMPORTING | {"php", "go", "ruby", "lua"}
"""Languages in which a method says self or this before what its class has."""

_DEEP = 3
"""Files that only pass a name on, one after the other."""


def imported(place: Place, name: str, language: Language) -> tuple[Found, ...] | None:
    """Return what the imports bring under this name; None where none speaks of it.

    Files that only pass a name on are seen through; () is for what is not of this repository.
    """
    asked = [
        (one, there)
        for one in place.here.outline.imports
        for there, local in _pairs(one)
        if local == name or (there == name and there != "*")
    ]
    if not asked:
        return None
    return tuple(
        dict.fromkeys(
            found
            for one, there in asked
            for found in exported(
                place,
                place.index.resolved((one,), place.path, language.name),
                there,
                language,
            )
        )
    )


def starred(place: Place, language: Language) -> frozenset[str]:
    starred = tuple(one for one in place.here.outline.imports if "*" in one.names)
    return frozenset(place.index.resolved(starred, place.path, language.name))


def exported(
    place: Place, files: Sequence[str], name: str, language: Language, deep: int = 0
) -> Iterator[Found]:
    """Yield a name's definitions in ``files``, or where these have it from."""
    for path in files:
        found = [
            (path, one)
            for one in place.index.definitions_in(path)
            if one.name == name and (not one.scope or language.name not in IMPORTING)
        ]
        if found or deep == _DEEP:
            yield from found
            continue
        entry = place.index.entry(path)
        if entry is None:
            continue
        for one in entry.outline.imports:
            there = [a for a, b in _pairs(one) if b == name]
            if there or "*" in one.names:
                further = place.index.resolved((one,), path, language.name)
                called_there = there[0] if there else name
                yield from exported(place, further, called_there, language, deep + 1)


def _pairs(one: Import) -> Iterator[tuple[str, str]]:
    """Yield what an import takes, as it is called there and here."""
    if one.names:
        yield from zip(one.names, one.local or one.names, strict=False)
    elif one.local:
        yield last_name(one.target.rstrip("/\"'>").rpartition("/")[2]), one.local[0]
