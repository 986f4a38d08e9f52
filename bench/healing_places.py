"""Places for the healing bench: a cursor inside a token, and what was there."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from retrieval.source import Cursor, Document, split_lines

_MOST_LINES = 3
_LARGEST_FILE = 200_000  # bytes; generated code is longer

Cut = Literal["line", "span"]
Where = Literal["in a word", "after space"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A document without its ``middle``, which was at the cursor.

    ``cut``: the middle is the rest of the line, or a random span of up to three lines.
    """

    name: str
    cursor: Cursor
    middle: str
    cut: Cut
    where: Where

    def facts(self) -> dict[str, Any]:
        """Return what names the place in a JSON file; lines and columns count from 1."""
        return {
            "file": self.name,
            "line": self.cursor.line + 1,
            "column": self.cursor.column + 1,
            "middle": self.middle,
            "cut": self.cut,
            "where": self.where,
        }


def chosen(texts: Sequence[tuple[str, str]], count: int, seed: int) -> list[Place]:
    """Return ``count`` places of the texts, which are (name, text).

    The same seed and texts give the same places. Raises ValueError where the texts have
    not enough.
    """
    chance = random.Random(seed)
    candidates = [
        (number, line, column)
        for number, (_, text) in enumerate(texts)
        for line, content in enumerate(split_lines(text))
        for column in range(1, len(content.rstrip()))
        if _where(content, column)
    ]
    chance.shuffle(candidates)
    places = (
        _place(*texts[number], line, column, chance)
        for number, line, column in candidates
    )
    found = list(islice(places, count))
    if len(found) < count:
        raise ValueError(f"the files have only {len(found)} places, not {count}")
    return found


def read_files(paths: Sequence[Path], glob: str) -> list[tuple[str, str]]:
    """Return name and text of the files, and of those in folders that ``glob`` names."""
    files = sorted(
        file
        for path in paths
        for file in (path.rglob(glob) if path.is_dir() else [path])
    )
    return [(file.name, text) for file in files if (text := _text(file))]


def _where(line: str, column: int) -> Where | None:
    before, after = line[column - 1], line[column]
    if _in_word(before) and _in_word(after):
        return "in a word"
    if before == " " and not after.isspace():
        return "after space"
    return None


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _place(
    name: str, text: str, line: int, column: int, chance: random.Random
) -> Place:
    lines = split_lines(text)
    where = _where(lines[line], column)
    if where is None:
        raise ValueError(f"{name}:{line + 1}:{column + 1} is not inside a token")
    cut: Cut = chance.choice(("line", "span"))
    start = sum(map(len, lines[:line])) + column
    rest_of_line = len(lines[line].rstrip()) - column
    reach = "".join(lines[line : line + _MOST_LINES])[column:].rstrip()
    length = rest_of_line if cut == "line" else chance.randint(1, len(reach))
    document = Document(
        uri=f"file:///{name}",
        language=name.rpartition(".")[2],
        version=None,
        lines=split_lines(text[:start] + text[start + length :]),
    )
    middle = text[start : start + length]
    return Place(
        name=name,
        cursor=Cursor(document, line, column),
        middle=middle,
        cut=cut,
        where=where,
    )


def _text(path: Path) -> str:
    """Return the file with LF, "" for what is no source file."""
    if path.stat().st_size > _LARGEST_FILE:
        return ""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
    return "" if "\0" in text or "\u2581" in text else text
