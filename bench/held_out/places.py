"""Holes in real files, drawn by a seed."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lsp_server.ghost.shape import indentation
from tools.demo_model.corpus import File

_REST_CHARS_MIN = 3
_BLOCK_LINES_MAX = 10
_TRIES = 200


class Kind(StrEnum):
    """See the package's first page."""

    LINE = "line"
    BLOCK = "block"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """``prefix`` + ``truth`` + ``suffix`` is the file's text."""

    file: File
    kind: Kind
    prefix: str
    truth: str
    suffix: str


def drawn(files: Sequence[File], count: int, seed: int) -> Iterator[Place]:
    """Yield ``count`` places of each kind in each language that the files have.

    Fewer where a language has not so many: after many tries in vain the drawing ends.
    """
    languages = sorted({file.language for file in files})
    for language in languages:
        of_language = [file for file in files if file.language == language]
        sizes = [len(file.text) for file in of_language]
        for kind in Kind:
            rng = random.Random(f"{seed} {language} {kind}")
            found: set[tuple[str, int]] = set()
            for file in rng.choices(of_language, sizes, k=count * _TRIES):
                place = _line(file, rng) if kind is Kind.LINE else _block(file, rng)
                if place and (file.path, len(place.prefix)) not in found:
                    found.add((file.path, len(place.prefix)))
                    yield place
                if len(found) == count:
                    break


def _line(file: File, rng: random.Random) -> Place | None:
    """Cut a line at any of its characters from its first that is no white space on."""
    text = file.text
    start = rng.randrange(len(text))
    end = text.find("\n", start)
    before = text[text.rfind("\n", 0, start) + 1 : start]
    truth = text[start:end]
    in_indentation = not before.strip() and truth[:1].isspace()
    if end < 0 or len(truth.strip()) < _REST_CHARS_MIN or in_indentation:
        return None
    return Place(
        file=file,
        kind=Kind.LINE,
        prefix=text[:start],
        truth=truth,
        suffix=text[end:],
    )


def _block(file: File, rng: random.Random) -> Place | None:
    """Take away what stands deeper below a line."""
    lines = file.text.split("\n")
    at = rng.randrange(len(lines))
    base = indentation(lines[at])
    size = 0
    for line in lines[at + 1 :]:
        if line.strip() and indentation(line) <= base:
            break
        size += 1
    while size and not lines[at + size].strip():
        size -= 1
    if not lines[at].strip() or not 1 <= size <= _BLOCK_LINES_MAX:
        return None
    return Place(
        file=file,
        kind=Kind.BLOCK,
        prefix="\n".join(lines[: at + 1]),
        truth="".join(f"\n{line}" for line in lines[at + 1 : at + 1 + size]),
        suffix="".join(f"\n{line}" for line in lines[at + 1 + size :]),
    )
