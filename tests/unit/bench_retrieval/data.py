"""A small repository as the bench sees it."""

from collections.abc import Mapping

from bench.retrieval.files import File
from bench.retrieval.places import Place


def file(path: str, text: str, *, unique: bool = True) -> File:
    return File(path, "python", tuple(text.split("\n")), unique)


def place(of: File, line: int, wanted: Mapping[int, str] | None = None) -> Place:
    found = {ahead: frozenset(w.split()) for ahead, w in (wanted or {}).items()}
    return Place(file=of, line=line, wanted=found)


def numbered(name: str, count: int) -> str:
    """Return ``count`` lines that have ``name`` in common and a word of their own each."""
    return "\n".join(f"{name} = {name}_{number}" for number in range(count))
