"""Go: a package is the folder below the path of its module, as go.mod names it."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from retrieval.imports.files import Files
from retrieval.imports.paths import join, nearest, parent, upwards
from retrieval.outline import Import

MODULES = 32  # go.mod files that are read for one import, the nearest ones
_MODULE = re.compile(r'^[ \t]*module[ \t]+"?([^\s"]+)', re.MULTILINE)


def resolve(item: Import, path: str, files: Files) -> Sequence[str]:
    """Return the package's files without its tests; of nested modules, the innermost."""
    target = item.target.strip('"`')
    if target.startswith(("./", "../")):
        folder = join(parent(path), target)
        return () if folder is None else _package(folder, files)
    found = sorted(_modules(target, path, files), reverse=True)
    places = chain(
        (folder for _, folder in found), _without_module(target, path, files)
    )
    return next((p for folder in places if (p := _package(folder, files))), ())


def _modules(target: str, path: str, files: Files) -> Iterator[tuple[int, str]]:
    """Yield the length of a module's path, and the package's folder below it."""
    for place in islice(nearest(files.named("go.mod"), path), MODULES):
        said = _MODULE.search(files.read(place) or "")
        if said and (target == said[1] or target.startswith(f"{said[1]}/")):
            folder = join(parent(place), f"./{target[len(said[1]) :]}")
            if folder is not None:
                yield len(said[1]), folder


def _without_module(target: str, path: str, files: Files) -> Iterator[str]:
    """Yield vendored folders, and without go.mod the path below host, owner and name."""
    around = list(upwards(parent(path)))
    modules = (join(folder, "go.mod") or "go.mod" for folder in around)
    named = any(files.read(module) is not None for module in modules)
    below = () if named else target.split("/", 3)[3:]
    for folder in around:
        for inside in (f"vendor/{target}", *below):
            place = join(folder, f"./{inside}")
            if place:
                yield place


def _package(folder: str, files: Files) -> list[str]:
    go = (path for path in files.within(folder) if path.endswith(".go"))
    return sorted(path for path in go if not path.endswith("_test.go"))
