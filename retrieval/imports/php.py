"""PHP: classes by composer.json's autoloading or their namespace, and required paths."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice

from retrieval.imports.configuration import parsed_json, table, texts
from retrieval.imports.files import Files
from retrieval.imports.paths import (
    by_tail,
    ending,
    first_file,
    join,
    nearest,
    parent,
    upwards,
)
from retrieval.outline import Import

PACKAGES = 32  # composer.json files that are read for one class, the nearest ones
PLACES = 64  # that the rules of one package give for one class
_HERE = re.compile(r"^\(?\s*(?:__DIR__|dirname\(\s*__FILE__\s*\))")
_ABOVE = re.compile(
    r"^\(?\s*dirname\(\s*(?:__DIR__|dirname\(\s*__FILE__\s*\)|__FILE__)\s*"
    r"(?:,\s*(?P<levels>\d{1,2})\s*)?\)"
)
_QUOTED = re.compile(r"""'([^']*)'|"([^"]*)\"""")


def resolve(item: Import, path: str, files: Files) -> Sequence[str]:
    """Return the files of a used class (or of each of ``names`` in it), or a required one.

    A namespace that is no class (``use function``, an alias of a namespace) gives the
    files that declare it.
    """
    target = item.target.strip()
    if _is_path(target):
        return _required(target, path, files)
    target = target.strip("\\")
    found = [f for n in item.names for f in _class(rf"{target}\{n}", path, files)]
    return found or _class(target, path, files) or _namespace(target, path, files)


def _is_path(target: str) -> bool:
    return bool(_QUOTED.search(target)) or (
        "\\" not in target and ("/" in target or "." in target or "__DIR__" in target)
    )


def _class(name: str, path: str, files: Files) -> Sequence[str]:
    """Find a class by its full name; autoloading wants a file that is called like it."""
    namespace, _, short = name.rpartition("\\")
    candidates = files.named(f"{short}.php")
    if not candidates and not files.named(f"{short.rpartition('_')[2]}.php"):
        return ()  # PSR-0 reads "_" as a folder
    for folder, rules in _packages(path, files):
        rules_places = islice(rules.places(name), PLACES)
        places = (join(folder, place) for place in rules_places)
        if (found := first_file(places, files)) is not None:
            return (found,)
    if not namespace:
        return candidates if len(candidates) == 1 else ()
    declaring = set(files.declaring(namespace)).intersection(candidates)
    return nearest(declaring, path) or ending(_folders(f"{name}.php"), path, files)


def _folders(name: str) -> str:
    return name.replace("\\", "/")


def _namespace(target: str, path: str, files: Files) -> Sequence[str]:
    if found := files.declaring(target):
        return nearest(found, path)
    return nearest(files.declaring(target.rpartition("\\")[0] or target), path)


def _packages(path: str, files: Files) -> Iterator[tuple[str, "Autoload"]]:
    """Yield the autoloading rules of the packages around the file, then of others."""
    for folder in chain(upwards(parent(path)), _others(path, files)):
        text = files.read(f"{folder}/composer.json" if folder else "composer.json")
        if text is not None:
            yield folder, autoload(text)


def _others(path: str, files: Files) -> Iterator[str]:
    around = set(upwards(parent(path)))
    folders = nearest(map(parent, files.named("composer.json")), path)
    yield from islice((f for f in folders if f not in around), PACKAGES)


@dataclass(frozen=True, slots=True)
class Autoload:
    """PSR-4 and PSR-0: namespace prefixes and their folders, the longest prefix first."""

    psr4: tuple[tuple[str, str], ...]
    psr0: tuple[tuple[str, str], ...]

    def places(self, name: str) -> Iterator[str]:
        """Yield where the class may be, relative to composer.json's folder."""
        for prefix, folder in self.psr4:
            if name.startswith(prefix):
                yield f"./{folder}/{_folders(name[len(prefix) :])}.php"
        namespace, _, short = name.rpartition("\\")
        place = f"{_folders(namespace)}/{short.replace('_', '/')}.php"
        for prefix, folder in self.psr0:
            if name.startswith(prefix):
                yield f"./{folder}/{place}"


@lru_cache(maxsize=64)
def autoload(text: str) -> Autoload:
    """Read a composer.json; what is not as its schema says is left out."""
    composer = parsed_json(text)

    def rules(kind: str) -> tuple[tuple[str, str], ...]:
        found = [
            (prefix, folder)
            for section in ("autoload", "autoload-dev")
            for prefix, folders in table(composer, section, kind).items()
            for folder in texts(folders)
        ]
        return tuple(sorted(found, key=lambda rule: -len(rule[0])))

    return Autoload(rules("psr-4"), rules("psr-0"))


def _required(target: str, path: str, files: Files) -> Sequence[str]:
    """Find a required file: ``__DIR__ . '/x.php'``, ``'x.php'``, ``ROOT . '/x.php'``.

    The target may be the expression or only its text.
    """
    tail = "".join(m[1] or m[2] or "" for m in _QUOTED.finditer(target)) or target
    here, above = _HERE.match(target), _ABOVE.match(target)
    if tail is target and (here or above):
        return ()
    if not here and not above:
        return by_tail(tail.lstrip("/"), path, files)
    ups = 0
    if above:
        ups = int(above["levels"] or 1) - ("__DIR__" not in above[0])
    place = join(parent(path), "../" * ups + tail.lstrip("/"))
    return (place,) if place is not None and files.has(place) else ()
