"""A repository's files as the index takes them, in the languages that places are drawn in."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bench.retrieval.code import LANGUAGES
from retrieval.files.walk import Found, Read, read, walk


@dataclass(frozen=True, slots=True)
class File:
    """``path`` is relative with "/"; ``unique`` says that no other file has its lines."""

    path: str
    language: str
    lines: tuple[str, ...]
    unique: bool


def files(root: Path) -> list[File]:
    """Read the files below ``root``, in the order of their paths."""
    found = sorted(one.path for one in walk(root) if isinstance(one, Found))
    taken = {path: read(root, path) for path in found}
    texts = {
        path: one
        for path, one in taken.items()
        if isinstance(one, Read) and one.language in LANGUAGES
    }
    counts = Counter(one.digest for one in texts.values())
    return [
        File(path, one.language, tuple(one.text.split("\n")), counts[one.digest] == 1)
        for path, one in texts.items()
    ]
