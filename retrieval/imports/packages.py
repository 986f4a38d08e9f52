"""package.json: what a package of this repository exports, and where its source is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from retrieval.imports import workspaces
from retrieval.imports.configuration import parsed_json, table, text_of
from retrieval.imports.exports import mapped
from retrieval.imports.files import Files
from retrieval.imports.modules import DECLARATIONS, module_file, source_file
from retrieval.imports.paths import join, nearest, parent, upwards

MOST = 256  # package.json files that are read to find one by its name
FIELDS = ("source", "module", "main", "types", "typings", "browser")
LOCAL = ("workspace:", "file:", "link:", "portal:", "*")  # versions of neighbours


@dataclass(frozen=True, slots=True)
class Package:
    """A folder with a package.json."""

    folder: str
    json: Mapping[str, Any]

    @property
    def name(self) -> str:
        return text_of(self.json.get("name"))


def around(path: str, files: Files) -> Iterator[Package]:
    """Yield the packages that the file is in, the innermost first."""
    for folder in upwards(parent(path)):
        package = _package(folder, files)
        if package is not None:
            yield package


def _package(folder: str, files: Files) -> Package | None:
    text = files.read(f"{folder}/package.json" if folder else "package.json")
    return None if text is None else Package(folder, table(parsed_json(text)))


def find(name: str, path: str, files: Files) -> Package | None:
    """Find the package of this repository that is called so: itself, or a neighbour.

    A neighbour's folder is mostly called like it. Only where the packages around say
    that they are in one workspace with it are all of the workspace's looked through.
    """
    ours = list(around(path, files))
    for package in ours:
        if package.name == name:
            return package
    folders = [parent(place) for place in files.named("package.json")]
    folders = [f for f in folders if "node_modules" not in f.split("/")]
    spellings = _folder_names(name)
    alike = [f for f in folders if f"/{f}".endswith(spellings)]
    if found := _called(name, nearest(alike, path), files):
        return found
    if not _is_neighbour(name, ours):
        return None
    members = _members(folders, ours, files)
    return _called(name, nearest(members, path), files)


def _folder_names(name: str) -> tuple[str, ...]:
    scope, slash, short = name.removeprefix("@").partition("/")
    return (f"/{short}", f"/{scope}-{short}") if slash else (f"/{name}",)


def _called(name: str, folders: Sequence[str], files: Files) -> Package | None:
    found = (_package(folder, files) for folder in islice(folders, MOST))
    return next(
        (package for package in found if package and package.name == name), None
    )


def _is_neighbour(name: str, ours: Sequence[Package]) -> bool:
    """Tell whether a dependency is in the repository: by its version or its scope."""
    scope = f"{name.partition('/')[0]}/" if name.startswith("@") else None
    for package in ours:
        if scope and package.name.startswith(scope):
            return True
        for kind in ("dependencies", "devDependencies", "peerDependencies"):
            version = text_of(table(package.json, kind).get(name))
            if version.startswith(LOCAL):
                return True
    return False


def _members(
    folders: Sequence[str], ours: Sequence[Package], files: Files
) -> Sequence[str]:
    """Return the folders of the workspace's packages; all folders where none is said."""
    for package in reversed(ours):
        patterns = workspaces.patterns(package.folder, package.json, files)
        if patterns:
            return workspaces.members(folders, package.folder, patterns)
    return folders


def entry(package: Package, subpath: str, files: Files) -> str | None:
    """Return the source file behind ``name/subpath``, or behind ``name`` for "".

    Declarations of types stand for the package only where its source cannot be found.
    """
    exports = package.json.get("exports")
    targets = list(mapped(exports, f"./{subpath}" if subpath else "."))
    targets += [f"./{subpath}"] if subpath else _main(package)
    found = list(filter(None, (target_file(package, t, files) for t in targets)))
    if not subpath:
        guesses = (
            join(package.folder, guess) for guess in ("src", "", "src/main", "lib")
        )
        found += filter(None, (module_file(g, files) for g in guesses if g is not None))
    source = next((file for file in found if not file.endswith(DECLARATIONS)), None)
    return source or next(iter(found), None)


def _main(package: Package) -> list[str]:
    return [target for f in FIELDS if (target := text_of(package.json.get(f)))]


def target_file(package: Package, target: str, files: Files) -> str | None:
    """Return the file for a path that package.json says, built or not."""
    place = join(package.folder, target)
    if place is None:
        return None
    inside = f"{package.folder}/" if package.folder else ""
    return source_file(package.folder, place.removeprefix(inside), files)
