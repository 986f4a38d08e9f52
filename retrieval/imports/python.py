"""Python: modules, packages with and without ``__init__.py``, src/ layouts, stubs."""

import sys
from collections.abc import Iterator, Sequence
from itertools import islice

from retrieval.imports.configuration import parsed_toml, table, text_of, texts
from retrieval.imports.files import Files
from retrieval.imports.paths import join, nearest, parent, upwards
from retrieval.outline import Import

CONVENTIONAL = ("src", "lib", "python", "stubs", "typings")  # where packages stand
DECLARED = 16  # roots that one pyproject.toml may name
PROJECTS = 32  # of a repository with many, the nearest ones are looked into


def resolve(item: Import, path: str, files: Files) -> Sequence[str]:
    """Return the module's files, and those of ``names`` that are modules themselves.

    The package comes first as soon as one of the names must be defined in it.
    """
    module = item.target.lstrip(".")
    parts = module.split(".") if module else []
    if not all(part.isidentifier() for part in parts):
        return ()
    dots = len(item.target) - len(module)
    if dots:
        base = join(parent(path), "../" * (dots - 1))
        return () if base is None else _imported(base, parts, item.names, files)
    if not parts:
        return ()
    for root in _roots(path, files):
        if found := _imported(root, parts, item.names, files):
            return found
    if parts[0] in sys.stdlib_module_names:
        return ()
    return _elsewhere(parts, item.names, path, files)


def _imported(
    root: str, parts: Sequence[str], names: Sequence[str], files: Files
) -> list[str]:
    place = "/".join([root, *parts] if root else parts)
    package = _module(place, files)
    below = [
        _module(f"{place}/{name}" if place else name, files)
        for name in names
        if name.isidentifier()
    ]
    modules = [file for found in below for file in found]
    all_modules = len(below) == len(names) and all(below)
    return [*modules, *package] if all_modules else [*package, *modules]


def _module(place: str, files: Files) -> list[str]:
    """Return the source and the stub of a module; a package hides a module beside it."""
    for stem in (f"{place}/__init__" if place else "__init__", place):
        found = [
            stem + suffix for suffix in (".py", ".pyi") if files.has(stem + suffix)
        ]
        if found:
            return found
    return []


def _roots(path: str, files: Files) -> Iterator[str]:
    """Yield the folders that absolute imports may start from, the likeliest first."""
    home = parent(path)
    outside = next(f for f in upwards(home) if not _is_package(f, files))
    for folder in upwards(outside):
        yield folder
        yield from _project_roots(folder, files)
        for name in CONVENTIONAL:
            yield f"{folder}/{name}" if folder else name


def _is_package(folder: str, files: Files) -> bool:
    return bool(folder) and (
        files.has(f"{folder}/__init__.py") or files.has(f"{folder}/__init__.pyi")
    )


def _project_roots(folder: str, files: Files) -> Iterator[str]:
    """Yield what the pyproject.toml in this folder says about where packages stand."""
    text = files.read(f"{folder}/pyproject.toml" if folder else "pyproject.toml")
    tool = table(parsed_toml(text), "tool") if text is not None else {}
    setuptools = table(tool, "setuptools")
    poetry = table(tool, "poetry").get("packages")
    said = [
        *texts(table(setuptools, "packages", "find").get("where")),
        text_of(table(setuptools, "package-dir").get("")),
        *(text_of(table(p).get("from")) for p in _list(poetry)),
        *texts(table(tool, "pytest", "ini_options").get("pythonpath")),
        *texts(table(tool, "pyright").get("extraPaths")),
    ]
    for place in said[:DECLARED]:
        root = join(folder, place) if place else None
        if root is not None:
            yield root


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _elsewhere(
    parts: Sequence[str], names: Sequence[str], path: str, files: Files
) -> Sequence[str]:
    """Look where ``sys.path`` could only lead by an installation or by hand.

    A sibling inside a package (a script that is run from there), another project of this
    repository, or any file whose path ends so and does not begin within a package.
    """
    if found := _imported(parent(path), parts, names, files):
        return found
    projects = nearest([*files.named("pyproject.toml"), *files.named("setup.py")], path)
    for folder in islice(dict.fromkeys(map(parent, projects)), PROJECTS):
        for root in (folder, f"{folder}/src" if folder else "src"):
            top = f"{root}/{parts[0]}" if root else parts[0]
            if not _is_package(top, files):
                continue  # modules and namespaces are found below
            if found := _imported(root, parts, names, files):
                return found
    tail = "/".join(parts)
    for suffix in (".py", ".pyi"):
        ends = f"/{tail}{suffix}"
        same = [p for p in files.named(parts[-1] + suffix) if p.endswith(ends)]
        for place in nearest(same, path):
            root = place.removesuffix(ends)
            if not _is_package(root, files):
                return _imported(root, parts, names, files)
    return ()
