"""C and C++: headers by the compiler's folders where they are known, and counterparts."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from retrieval.imports import compilation
from retrieval.imports.files import Files
from retrieval.imports.paths import (
    ending,
    first_file,
    join,
    name_of,
    nearest,
    parent,
    upwards,
)
from retrieval.outline import Import

HEADERS = ("h", "hpp", "hh", "hxx", "h++", "cuh", "inl", "ipp", "tpp")
SOURCES = ("c", "cc", "cpp", "cxx", "c++", "m", "mm", "cu")

# Of C's own headers many repositories have a namesake, and do not mean it by <...>.
_STANDARD = re.compile(
    r"(?:assert|complex|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math|setjmp"
    r"|signal|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn"
    r"|strings?|tgmath|threads|time|uchar|unistd|wchar|wctype)\.h"
)


def resolve(item: Import, path: str, files: Files) -> Sequence[str]:
    """Return the header for ``"a/b.h"`` or ``<a/b.h>``, found in the compiler's order.

    Where the folders are not known: include/ and src/ upwards, then the nearest file
    whose path ends so, and last the only one of that name.
    """
    target = item.target.strip()
    angled = target.startswith("<")
    target = target.strip('<>"').strip().replace("\\", "/")
    if not target:
        return ()
    home = parent(path)
    if not angled and (beside := first_file([join(home, target)], files)):
        return (beside,)
    folders = _compiler_folders(path, files)
    if found := first_file((join(folder, target) for folder in folders), files):
        return (found,)
    if angled and _STANDARD.fullmatch(target):
        return ()
    return _guessed(target, path, angled, files)


def _guessed(target: str, path: str, angled: bool, files: Files) -> Sequence[str]:
    places = (
        join(folder, f"{below}{target}")
        for folder in upwards(parent(path))
        for below in ("include/", "src/", "")
    )
    if found := first_file(places, files):
        return (found,)
    plain = "/".join(part for part in target.split("/") if part not in ("", ".", ".."))
    if alike := ending(plain, path, files):
        return alike[:1]
    same_name = files.named(name_of(plain))
    return same_name if not angled and len(same_name) == 1 else ()


def _compiler_folders(path: str, files: Files) -> list[str]:
    """Return the include folders of this file; a header has those of its source."""
    commands = compilation.around(path, files)
    if commands is None:
        return []
    for source in filter(None, (path, counterpart(path, files))):
        if (folders := compilation.folders_for(source, commands)) is not None:
            return folders
    return compilation.common_folders(commands, files)


def counterpart(path: str, files: Files) -> str | None:
    """Return the source of a C or C++ header, or the header of a source.

    In the same folder, or the one that shares most: ``include/acme/x.h``, ``src/acme/x.cc``.
    """
    stem, _, suffix = path.rpartition(".")
    if not stem or "/" in suffix:
        return None
    wanted = _other_side(suffix)
    if found := first_file((f"{stem}.{other}" for other in wanted), files):
        return found
    named = (p for other in wanted for p in files.named(f"{name_of(stem)}.{other}"))
    return next(iter(_most_alike(named, path)), None)


def _other_side(suffix: str) -> Sequence[str]:
    if suffix in HEADERS:
        return SOURCES
    return HEADERS if suffix in SOURCES else ()


def _most_alike(paths: Iterator[str], path: str) -> list[str]:
    """Sort by the folders that are the same, counted from the file upwards."""

    def tail(other: str) -> int:
        pairs = zip(
            reversed(parent(path).split("/")),
            reversed(parent(other).split("/")),
            strict=False,
        )
        return -sum(1 for _ in _while_same(pairs))

    return sorted(nearest(islice(paths, 1000), path), key=tail)


def _while_same(pairs: Iterator[tuple[str, str]]) -> Iterator[str]:
    for ours, theirs in pairs:
        if ours != theirs:
            return
        yield ours
