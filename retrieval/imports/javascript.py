"""JavaScript and TypeScript: what stands behind an import's specifier."""

from collections.abc import Sequence

from retrieval.imports import packages, tsconfig
from retrieval.imports.exports import mapped
from retrieval.imports.files import Files
from retrieval.imports.modules import module_file
from retrieval.imports.paths import join, parent
from retrieval.outline import Import

INTO_SOURCE = (
    "@/",
    "~/",
    "~~/",
)  # by custom (Vite, Nuxt, webpack), where nothing is said


def resolve(item: Import, path: str, files: Files) -> Sequence[str]:
    """Return the module's file: by its path, by tsconfig.json, then by package.json."""
    specifier = item.target.strip("\"'`").partition("?")[0]
    if specifier.startswith(("./", "../")) or specifier in (".", ".."):
        return _one(_relative(specifier, path, files))
    if specifier.startswith("/"):
        return _one(_below_root(specifier, path, files))
    if not specifier or ":" in specifier:
        return ()  # node:fs, https://...
    for place in tsconfig.places(specifier, path, files):
        if found := module_file(place, files):
            return (found,)
    if specifier.startswith("#"):
        return _one(_private(specifier, path, files))
    return _one(_package(specifier, path, files) or _customary(specifier, path, files))


def _one(found: str | None) -> Sequence[str]:
    return () if found is None else (found,)


def _relative(specifier: str, path: str, files: Files) -> str | None:
    place = join(parent(path), specifier)
    if place is None:
        return None
    if place and specifier.endswith((".", "/")):
        place += "/index"  # a folder, never the file that is called like it
    return module_file(place, files)


def _below_root(specifier: str, path: str, files: Files) -> str | None:
    """Find what a server would serve: from public/, or from the package's own folder."""
    for package in packages.around(path, files):
        for below in ("", "public/", "src/"):
            place = join(package.folder, f"./{below}{specifier}")
            if place and (found := module_file(place, files)):
                return found
    return None


def _private(specifier: str, path: str, files: Files) -> str | None:
    """Follow ``imports`` of the package the file is in: a file, or another package."""
    package = next(packages.around(path, files), None)
    if package is None:
        return None
    for target in mapped(package.json.get("imports"), specifier):
        if target.startswith("."):
            found = packages.target_file(package, target, files)
        else:
            found = _package(target, path, files)
        if found:
            return found
    return None


def _package(specifier: str, path: str, files: Files) -> str | None:
    parts = specifier.split("/")
    length = 2 if specifier.startswith("@") else 1
    name, subpath = "/".join(parts[:length]), "/".join(parts[length:])
    package = packages.find(name, path, files)
    return None if package is None else packages.entry(package, subpath, files)


def _customary(specifier: str, path: str, files: Files) -> str | None:
    for sign in INTO_SOURCE:
        if not specifier.startswith(sign):
            continue
        rest = specifier.removeprefix(sign)
        for package in packages.around(path, files):
            for below in ("src/", "", "app/"):
                place = join(package.folder, f"{below}{rest}")
                if place and (found := module_file(place, files)):
                    return found
    return None
