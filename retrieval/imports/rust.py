"""Rust: modules below a crate's root, and the crates of one workspace."""

from collections.abc import Iterator, Sequence
from itertools import islice

from retrieval.imports.configuration import parsed_toml, table, text_of
from retrieval.imports.files import Files
from retrieval.imports.paths import join, name_of, nearest, parent, upwards
from retrieval.outline import Import

CRATES = 32  # Cargo.toml files that are read for one name, the nearest ones
ROOTS = ("lib", "main")
STANDARD = ("std", "core", "alloc", "proc_macro", "test")


def resolve(item: Import, path: str, files: Files) -> Sequence[str]:
    """Return the file of the deepest module on the path; of ``mod x``, its file.

    ``names`` that are modules go before the module that they are taken from.
    """
    parts = [part for part in item.target.removesuffix("::*").split("::") if part]
    if not parts or not all(part.isidentifier() for part in parts):
        return ()
    for folder, rest, least in _starts(parts, path, files):
        if deepest := _module(folder, rest, files, least):
            below = ([*rest, name] for name in item.names)
            found = (_module(folder, place, files, len(place)) for place in below)
            return [*filter(None, found), deepest]
    return ()


def _starts(
    parts: list[str], path: str, files: Files
) -> Iterator[tuple[str, list[str], int]]:
    """Yield folders of modules, the path from there, and how much of it is modules."""
    home, own = parent(path), name_of(path).removesuffix(".rs")
    inside = home if own in (*ROOTS, "mod") else join(home, own) or ""
    match parts[0]:
        case "crate":
            root = next((f for f in upwards(home) if _root(f, files)), None)
            if root is not None:
                yield root, parts[1:], 0
        case "self":
            yield inside, parts[1:], 0
        case "super":
            ups = next((i for i, p in enumerate(parts) if p != "super"), len(parts))
            above = join(inside, "../" * ups)
            if above is not None:
                yield above, parts[ups:], 0
        case name if name not in STANDARD:
            yield inside, parts, 1
            for root in _crates(name, path, files):
                yield root, parts[1:], 0
        case _:
            return


def _crates(name: str, path: str, files: Files) -> Iterator[str]:
    for place in islice(nearest(files.named("Cargo.toml"), path), CRATES):
        package = table(parsed_toml(files.read(place) or ""), "package")
        if text_of(package.get("name")).replace("-", "_") == name:
            folder = parent(place)
            yield f"{folder}/src" if folder else "src"


def _root(folder: str, files: Files) -> str | None:
    inside = f"{folder}/" if folder else ""
    return next((f for n in ROOTS if files.has(f := f"{inside}{n}.rs")), None)


def _module(folder: str, rest: list[str], files: Files, least: int) -> str | None:
    """Find the deepest module; behind the first ``least`` parts may be items in it."""
    for length in range(len(rest), least - 1, -1):
        if not length:
            own = (f"{folder}.rs", f"{folder}/mod.rs") if folder else ("mod.rs",)
            return _root(folder, files) or next(filter(files.has, own), None)
        place = "/".join([folder, *rest[:length]] if folder else rest[:length])
        for file in (f"{place}.rs", f"{place}/mod.rs"):
            if files.has(file):
                return file
    return None
