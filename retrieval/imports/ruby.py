"""Ruby: ``require_relative``, and ``require`` from the folders that are loaded from."""

from collections.abc import Sequence

from retrieval.imports.files import Files
from retrieval.imports.paths import ending, first_file, join, parent, upwards
from retrieval.outline import Import

LOADED = ("lib", "app", "test", "spec", "")


def resolve(item: Import, path: str, files: Files) -> Sequence[str]:
    """Return the required file; the target does not tell which of the two it was."""
    target = item.target.strip("\"'").removesuffix(".rb") + ".rb"
    home = parent(path)
    places = [join(home, target)]
    if not target.startswith("."):
        places += [
            join(folder, f"{loaded}/{target}" if loaded else target)
            for folder in upwards(home)
            for loaded in LOADED
        ]
    found = first_file(places, files)
    if found is not None:
        return (found,)
    return ending(target, path, files) if "/" in target.strip("./") else ()
