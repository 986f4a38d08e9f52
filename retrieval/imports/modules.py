"""JavaScript and TypeScript: from a place, as imports write it, to the file that is meant."""

from collections.abc import Iterator

from retrieval.imports.files import Files
from retrieval.imports.paths import first_file

SUFFIXES = (
    *(".ts", ".tsx", ".js", ".jsx", ".mts", ".cts", ".mjs", ".cjs"),
    *(".d.ts", ".d.mts", ".d.cts", ".vue", ".svelte", ".astro", ".json"),
)
# What is written for the file that the compiler will make, and what it is made from.
SOURCES = {
    ".js": (".ts", ".tsx", ".jsx", ".d.ts"),
    ".jsx": (".tsx", ".d.ts"),
    ".mjs": (".mts", ".d.mts"),
    ".cjs": (".cts", ".d.cts"),
}
DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
_MADE = (*DECLARATIONS, ".min.js", ".js", ".jsx", ".mjs", ".cjs")
_BUILT = frozenset(
    ["dist", "build", "out", "lib", "esm", "cjs", "es", "umd", "types", "bundles"]
)


def module_file(place: str, files: Files) -> str | None:
    """Return the file of the module ``place``, written with or without its suffix.

    TypeScript's source goes before the JavaScript beside it; a folder is its index.
    """
    return first_file(_spellings(place), files)


def _spellings(place: str) -> Iterator[str]:
    for written, sources in SOURCES.items():
        if place.endswith(written):
            stem = place.removesuffix(written)
            yield from (stem + source for source in sources[:2])
            yield place
            yield from (stem + source for source in sources[2:])
    yield place
    if place:
        yield from (place + suffix for suffix in SUFFIXES)
    index = f"{place}/index" if place else "index"
    yield from (index + suffix for suffix in SUFFIXES)


def source_file(folder: str, built: str, files: Files) -> str | None:
    """Return the file ``built`` of the package in ``folder``, or what it is built from.

    ``dist/esm/button.js`` is not in the repository, ``src/button.tsx`` is: folders that
    name a build are dropped from the front, and src/ is tried in their place.
    """
    parts = built.split("/")
    inside = f"{folder}/" if folder else ""
    stem = parts.pop()
    for suffix in _MADE:
        if stem.endswith(suffix) and stem != suffix:
            stem = stem.removesuffix(suffix)
            break
    dropped = 0
    while dropped < len(parts) and parts[dropped] in _BUILT:
        dropped += 1
    for first in range(dropped, 0, -1):
        tail = "/".join([*parts[first:], stem])
        for source in ("src/", "source/", ""):
            if found := module_file(f"{inside}{source}{tail}", files):
                return found
    return module_file(f"{inside}{built}", files)
