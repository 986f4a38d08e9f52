"""Right answers pass: true code is cut out, said again, and shown as it was.

The answers run on, as models do: behind what was cut out comes all that follows in the file.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lsp_server.ghost.extent import Lines, most_lines
from lsp_server.ghost.filters import shown
from lsp_server.ghost.shape import indentation
from lsp_server.ghost.stop import decided
from retrieval.source import Cursor, Document, split_lines

FOLDER = Path(__file__).parent / "true_code"
FILES = sorted(path.name for path in FOLDER.iterdir())
ROOT = Path(__file__).parents[3]
OURS = sorted(
    str(path.relative_to(ROOT))
    for room in ("prompt", "ghost")
    for path in (ROOT / "lsp_server" / room).glob("[!_]*.py")
)
PLENTY = 12
PIECE = 3


def cut(lines: list[str], first: int, column: int, last: int) -> tuple[Cursor, str]:
    """Take out from a line's column to the end of another; return what it was, too."""
    before = "\n".join((*lines[:first], lines[first][:column]))
    whole = "\n".join(lines[first : last + 1])
    below = "".join(f"\n{line}" for line in lines[last + 1 :])
    document = Document(
        uri="file:///code", language="", version=1, lines=split_lines(before + below)
    )
    return Cursor(document, first, column), whole[column:]


def answered(cursor: Cursor, said: str, most: int) -> str:
    for end in range(PIECE, len(said) + PIECE, PIECE):
        answer = decided(said[:end], cursor, most)
        if answer is not None:
            return shown(answer, cursor, most)
    return shown(said, cursor, most)


def located(cursor: Cursor, name: str) -> Cursor:
    document = cursor.document
    there = Document(
        uri=f"file:///{name}", language="", version=1, lines=document.lines
    )
    return Cursor(there, cursor.line, cursor.column)


def code(path: Path) -> list[str]:
    return path.read_text("utf-8").split("\n")


def said_behind(lines: list[str], last: int) -> str:
    return "".join(f"\n{line}" for line in lines[last + 1 :])


def blocks(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Yield the lines beneath which others are deeper, and the last of those."""
    for first, line in enumerate(lines):
        last = first
        while last + 1 < len(lines) and (
            not lines[last + 1].strip()
            or indentation(lines[last + 1]) > indentation(line)
        ):
            last += 1
        while not lines[last].strip() and last > first:
            last -= 1
        if line.strip() and line[0] != "#" and first < last <= first + PLENTY - 1:
            yield first, last


@pytest.mark.parametrize("name", FILES)
def test_the_rest_of_every_line_is_shown(name: str) -> None:
    lines = code(FOLDER / name)
    for number, line in enumerate(lines):
        start = len(line) - len(line.lstrip())
        for column in range(start, len(line) - 2, 3):
            cursor, truth = cut(lines, number, column, number)
            said = truth + said_behind(lines, number)
            text = answered(located(cursor, name), said, 1)
            assert text == truth.strip() or text == truth, f"{name}:{number + 1}"


@pytest.mark.parametrize("name", FILES)
def test_every_block_is_shown(name: str) -> None:
    lines = code(FOLDER / name)
    for first, last in blocks(lines):
        cursor, truth = cut(lines, first, len(lines[first]), last)
        text = answered(located(cursor, name), truth + said_behind(lines, last), PLENTY)
        assert text == truth, f"{name}:{first + 1}"


@pytest.mark.parametrize("name", FILES)
def test_what_is_shown_of_a_line_is_a_beginning_of_the_truth(name: str) -> None:
    lines = code(FOLDER / name)
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        cursor, truth = cut(lines, number, len(line) - len(line.lstrip()), number)
        place = located(cursor, name)
        most = most_lines(place, Lines.AUTO, PLENTY)
        said = truth + said_behind(lines, number)
        assert said.startswith(answered(place, said, most)), f"{name}:{number + 1}"


@pytest.mark.parametrize("name", OURS)
def test_our_own_blocks_are_shown(name: str) -> None:
    lines = code(ROOT / name)
    for first, last in blocks(lines):
        cursor, truth = cut(lines, first, len(lines[first]), last)
        text = answered(located(cursor, name), truth, PLENTY)
        assert text == truth, f"{name}:{first + 1}"
