"""Java: packages, wherever their source root is; nested classes, static and wildcard."""

from collections.abc import Sequence

from retrieval.imports.files import Files
from retrieval.imports.paths import ending, name_of, nearest
from retrieval.outline import Import

SUFFIXES = (".java", ".kt")  # a Java file uses the Kotlin classes beside it


def resolve(item: Import, path: str, files: Files) -> Sequence[str]:
    """Return the class's file, or all files of a package for ``com.acme.*``.

    The target may go on into the class: a nested class, a static member. The longest
    part of it that is a class decides.
    """
    parts = item.target.removeprefix("static ").strip().split(".")
    if parts[-1] == "*" or item.names == ("*",):
        parts = parts[:-1] if parts[-1] == "*" else parts
        if package := nearest(files.declaring(".".join(parts)), path):
            return package
    for length in range(len(parts), 0, -1):
        if found := _class(parts[:length], path, files):
            return found
    return ()


def _class(parts: Sequence[str], path: str, files: Files) -> list[str]:
    """Find the file by its folders, or by its declaration where they do not agree."""
    names = [parts[-1] + suffix for suffix in SUFFIXES]
    folders = "/".join(parts[:-1])
    if found := [
        file
        for name in names
        for file in ending(f"{folders}/{name}" if folders else name, path, files)
    ]:
        return found
    if not any(files.named(name) for name in names):
        return []
    declaring = files.declaring(".".join(parts[:-1]))
    return nearest((file for file in declaring if name_of(file) in names), path)
