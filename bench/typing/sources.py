"""The files that are typed, and which lines of them."""

import random
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_DATA = Path(__file__).parent / "data"

_SHORTEST_GAP = 2
"""Lines between two holes: what stands before one is written already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file as it will be in the end; LF line ends."""

    name: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Hole:
    """``text[start:end]`` is still to be written."""

    start: int
    end: int


_FILES = (
    ("objects.py", "python"),
    ("block_builder.cc", "cpp"),
    ("MergedStream.java", "java"),
    ("ChainLoader.php", "php"),
    ("modifiers.ts", "typescript"),
    ("StringBuffer.cs", "csharp"),
    ("rbenv-versions.sh", "shellscript"),
)


def sources() -> tuple[Source, ...]:
    """Return a real file in each of the seven languages (data/README.md has their origin)."""
    return tuple(
        Source(
            name=name,
            language=language,
            text=(_DATA / f"{name}.txt").read_text(encoding="utf-8"),
        )
        for name, language in _FILES
    )


def long_source() -> Source:
    """Return a long real file: ``argparse`` of this Python, some 2,500 lines."""
    path = Path(sysconfig.get_paths()["stdlib"]) / "argparse.py"
    text = path.read_text(encoding="utf-8")
    return Source(name=path.name, language="python", text=text)


def source_at(path: Path) -> Source:
    """Return a file of the user's choice, with LF line ends; raises OSError."""
    suffixes = {Path(name).suffix: language for name, language in _FILES}
    return Source(
        name=path.name,
        language=suffixes.get(path.suffix, "plaintext"),
        text=path.read_text(encoding="utf-8"),
    )


def holes(
    source: Source,
    lines: int,
    seed: int,
    *,
    after: float = 0.1,
    each: int = 5,
    span: int | None = None,
) -> tuple[Hole, ...]:
    """Draw holes of ``lines`` lines together, in the order in which they are written.

    They lie behind the share ``after`` of the file, within ``span`` lines, each of at most
    ``each`` lines with something on the first. The order is not the file's: people jump about. A hole begins at
    the end of the line before, so the first key in it is Enter.
    """
    draw = random.Random(f"{seed} holes {source.name}")
    ends = _line_ends(source.text)
    first = max(1, int(len(ends) * after))
    last = len(ends) if span is None else min(len(ends), first + span)
    taken: list[range] = []
    left = lines
    for _ in range(1_000):
        size = min(each, left)
        if size < 1 or first + size >= last:
            break
        start = draw.randrange(first, last - size)
        near = range(start - _SHORTEST_GAP, start + size + _SHORTEST_GAP)
        if _written(source.text, ends, start) and not any(
            set(near) & set(other) for other in taken
        ):
            taken.append(range(start, start + size))
            left -= size
    return tuple(Hole(ends[r.start - 1], ends[r.stop - 1]) for r in taken)


def without(text: str, missing: Sequence[Hole]) -> str:
    """Return the text before anybody has written in the holes."""
    left, at = [], 0
    for hole in sorted(missing, key=lambda hole: hole.start):
        left.append(text[at : hole.start])
        at = hole.end
    return "".join([*left, text[at:]])


def _line_ends(text: str) -> list[int]:
    """Return the offset of each line's end, the last line's too."""
    ends = [at for at, character in enumerate(text) if character == "\n"]
    return ends if text.endswith("\n") else [*ends, len(text)]


def _written(text: str, ends: Sequence[int], line: int) -> bool:
    return len(text[ends[line - 1] + 1 : ends[line]].strip()) > 1
