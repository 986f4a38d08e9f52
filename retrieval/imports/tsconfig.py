"""tsconfig.json and jsconfig.json: ``paths`` and ``baseUrl``, through ``extends``."""

from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.imports.configuration import parsed_json, table, text_of, texts
from retrieval.imports.files import Files
from retrieval.imports.paths import join, parent, upwards

NAMES = ("tsconfig.json", "jsconfig.json")
CHAIN = 16  # configurations that one configuration may bring in
_CONFIG_DIR = "${configDir}/"


@dataclass(frozen=True, slots=True)
class Mapping:
    """Patterns with at most one ``*`` to places; ``base`` is None without ``baseUrl``."""

    base: str | None = None
    paths: tuple[tuple[str, tuple[str, ...]], ...] = ()


def places(specifier: str, path: str, files: Files) -> Iterator[str]:
    """Yield the places that the configurations around ``path`` map the specifier to.

    The nearest configuration goes first; one that only refers to others stands for them.
    """
    for folder in upwards(parent(path)):
        for name in NAMES:
            place = f"{folder}/{name}" if folder else name
            if files.read(place) is not None:
                for mapping in _mappings(place, files):
                    yield from _mapped(specifier, mapping)
                break


def _mapped(specifier: str, mapping: Mapping) -> Iterator[str]:
    found: list[tuple[int, str, tuple[str, ...]]] = []
    for pattern, targets in mapping.paths:
        before, star, after = pattern.partition("*")
        if not star and specifier == pattern:
            found.append((-len(pattern) - 10_000, "", targets))  # exact goes first
        elif (
            star
            and len(specifier) >= len(before) + len(after)
            and specifier.startswith(before)
            and specifier.endswith(after)
        ):
            rest = specifier[len(before) : len(specifier) - len(after)]
            found.append((-len(before), rest, targets))
    for _, rest, targets in sorted(found, key=lambda match: match[0]):
        for target in targets:
            place = join("", target.replace("*", rest, 1))
            if place is not None:
                yield place
    if mapping.base is not None:
        place = join(mapping.base, f"./{specifier}")
        if place is not None:
            yield place


def _mappings(place: str, files: Files) -> list[Mapping]:
    """Return the configuration's mapping, or those of the ``references`` it consists of."""
    own = _mapping(place, place, files, [CHAIN])
    if own.paths or own.base is not None:
        return [own]
    references = parsed_json(files.read(place) or "")
    listed = table(references).get("references")
    found = []
    for reference in listed[:CHAIN] if isinstance(listed, list) else ():
        to = text_of(table(reference).get("path"))
        to = to if to.startswith(".") else f"./{to}"
        if config := _config_file(parent(place), to, files):
            found.append(_mapping(config, config, files, [CHAIN]))
    return found


def _mapping(place: str, leaf: str, files: Files, left: list[int]) -> Mapping:
    """Read one configuration over those it extends; ``left`` counts down for all of them.

    ``paths`` start from ``baseUrl``, else from the configuration that says them;
    ``${configDir}`` is the folder of ``leaf``, the one it all began with.
    """
    left[0] -= 1
    config = parsed_json(files.read(place) or "")
    inherited = Mapping()
    for parents in texts(table(config).get("extends")):
        extended = _config_file(parent(place), parents, files) if left[0] > 0 else None
        if extended is not None:
            above = _mapping(extended, leaf, files, left)
            base = inherited.base if above.base is None else above.base
            inherited = Mapping(base, above.paths or inherited.paths)
    options = table(config, "compilerOptions")

    def place_of(home: str, written: str) -> str | None:
        if written.startswith(_CONFIG_DIR):
            return join(parent(leaf), written.removeprefix(_CONFIG_DIR))
        return join(home, written)

    url = text_of(options.get("baseUrl"))
    base = place_of(parent(place), url) if url else inherited.base
    home = parent(place) if base is None else base
    paths = tuple(
        (pattern, tuple(p for t in texts(targets)[:CHAIN] if (p := place_of(home, t))))
        for pattern, targets in table(options.get("paths")).items()
    )
    return Mapping(base, paths or inherited.paths)


def _config_file(folder: str, written: str, files: Files) -> str | None:
    """Find a configuration by a relative path: its name may lack .json, or be a folder."""
    if not written.startswith("."):
        return None  # an installed package's
    place = join(folder, written)
    if place is None:
        return None
    inside = f"{place}/tsconfig.json" if place else "tsconfig.json"
    spellings = (place, f"{place}.json", inside)
    return next((s for s in spellings if s and files.read(s) is not None), None)
