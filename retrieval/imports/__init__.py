"""Imports to files: one resolver for each language, and a table of them."""

from collections.abc import Callable, Mapping, Sequence

from retrieval.imports import (
    bash,
    c,
    csharp,
    go,
    java,
    javascript,
    php,
    python,
    ruby,
    rust,
)
from retrieval.imports.c import counterpart
from retrieval.imports.files import Files
from retrieval.imports.neighbours import neighbours
from retrieval.outline import Import

__all__ = ["Files", "counterpart", "neighbours", "resolve"]

Resolver = Callable[[Import, str, Files], Sequence[str]]

RESOLVERS: Mapping[str, Resolver] = {
    "bash": bash.resolve,
    "c": c.resolve,
    "cpp": c.resolve,
    "csharp": csharp.resolve,
    "go": go.resolve,
    "java": java.resolve,
    "javascript": javascript.resolve,
    "php": php.resolve,
    "python": python.resolve,
    "ruby": ruby.resolve,
    "rust": rust.resolve,
    "tsx": javascript.resolve,
    "typescript": javascript.resolve,
}
LONGEST = 1000  # characters of a target; more is no import that a person wrote


def resolve(item: Import, path: str, language: str, files: Files) -> tuple[str, ...]:
    """Return the files of this repository that the import in ``path`` means, best first.

    ``language`` is a name of ``retrieval.languages``. () for what is outside of the
    repository, cannot be found, or is in a language without a resolver. Never ``path``.
    """
    resolver = RESOLVERS.get(language)
    if resolver is None or not 0 < len(item.target) <= LONGEST:
        return ()
    found = dict.fromkeys(resolver(item, path, files))
    return tuple(file for file in found if file != path)
