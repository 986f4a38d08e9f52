"""Files that see each other without an import: of one package, of one namespace."""

from collections.abc import Iterator
from itertools import islice

from retrieval.imports.files import Files
from retrieval.imports.paths import nearest, parent

MOST = 256  # of a package with more, the nearest files are given


def neighbours(
    path: str, namespace: str, language: str, files: Files
) -> tuple[str, ...]:
    """Return the files whose definitions ``path`` uses without importing them.

    Nearest first, never ``path`` itself; () in languages where each file stands alone.
    ``namespace`` is the one of the file's outline.
    """
    found = dict.fromkeys(_together(path, namespace, language, files))
    return tuple(islice((file for file in found if file != path), MOST))


def _together(path: str, namespace: str, language: str, files: Files) -> Iterator[str]:
    match language:
        case "go":  # a package is a folder; its tests are seen by its tests only
            tests = path.endswith("_test.go")
            beside = (p for p in files.within(parent(path)) if p.endswith(".go"))
            yield from (p for p in beside if tests or not p.endswith("_test.go"))
        case "java" if not namespace:
            yield from (p for p in files.within(parent(path)) if p.endswith(".java"))
        case "java" | "php" if namespace:
            yield from nearest(files.declaring(namespace), path)
        case "csharp":  # Acme.Web.Pages sees Acme.Web and Acme, too
            parts = namespace.split(".") if namespace else []
            for length in range(len(parts), 0, -1):
                yield from nearest(files.declaring(".".join(parts[:length])), path)
        case _:
            return
