"""What users see, drawn: one file for each language, made from what users report.

A case is a document with the cursor, what the model says, and what is shown of it. The
answer comes a character at a time, and whatever is said after it is decided is not heard.
In the drawings ⇥ is a tab, ␠ a space, ␍ a carriage return, and ␤ a line end.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

from lsp_server.ghost.extent import Lines, most_lines
from lsp_server.ghost.filters import shown
from lsp_server.ghost.stop import decided
from retrieval.source import Cursor
from tests.marked import at

LANGUAGES = {
    "python": "a.py",
    "cpp": "a.cpp",
    "java": "A.java",
    "php": "a.php",
    "typescript": "a.tsx",
    "csharp": "A.cs",
    "bash": "a.sh",
}
IDS = {"bash": "shellscript", "typescript": "typescriptreact"}
SIGNS = str.maketrans({"⇥": "\t", "␠": " ", "␍": "\r", "␤": "\n"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    cursor: Cursor
    answer: str
    expected: str
    most_lines: int


def cases() -> list[object]:
    folder = Path(__file__).parent / "golden"
    return [
        pytest.param(read(language, drawn), id=f"{language}: {name(drawn)}")
        for language in LANGUAGES
        for drawn in (folder / f"{language}.txt")
        .read_text("utf-8")
        .removeprefix("=== ")
        .split("\n=== ")
    ]


def name(drawn: str) -> str:
    return drawn.partition("\n")[0].partition(" | ")[0]


def read(language: str, drawn: str) -> Case:
    title, _, rest = drawn.partition("\n")
    options = dict(one.split("=") for one in title.partition(" | ")[2].split())
    document, _, rest = rest.translate(SIGNS).partition("\n--- answer\n")
    answer, _, expected = rest.partition("\n--- shown\n")
    if rest.endswith("\n--- shown"):
        answer, expected = rest.removesuffix("\n--- shown"), ""
    cursor = at(
        document,
        language=IDS.get(language, language),
        uri=f"file:///{LANGUAGES[language]}",
    )
    lines = Lines(options.get("lines", "auto"))
    return Case(
        cursor=cursor,
        answer=answer,
        expected=expected.removesuffix("\n"),
        most_lines=most_lines(cursor, lines, int(options.get("max", "12"))),
    )


def said(case: Case) -> str:
    for length in range(1, len(case.answer) + 1):
        answer = decided(case.answer[:length], case.cursor, case.most_lines)
        if answer is not None:
            return answer
    return case.answer


@pytest.mark.parametrize("case", cases())
def test_what_is_shown(case: Case) -> None:
    text = shown(said(case), case.cursor, case.most_lines)
    assert text == case.expected
    assert shown(text, case.cursor, case.most_lines) == text


def test_there_are_enough_cases() -> None:
    assert len(cases()) >= 120
