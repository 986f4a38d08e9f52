"""Edits as a strict editor applies them, and what it refuses."""

from pathlib import Path
from typing import Any

import pytest

from bench.actions.edits import BadEdit, applied, position

ROOT = Path("/project")
MARK = {"changeAnnotations": {"m": {"label": "x", "needsConfirmation": True}}}


def part(start: tuple[int, int], end: tuple[int, int], text: str) -> dict[str, Any]:
    places = [{"line": line, "character": column} for line, column in (start, end)]
    between = dict(zip(("start", "end"), places, strict=True))
    return {"range": between, "newText": text, "annotationId": "m"}


def document(
    name: str, *parts: dict[str, Any], version: int | None = 1
) -> dict[str, Any]:
    named = {"uri": (ROOT / name).as_uri(), "version": version}
    return {"textDocument": named, "edits": [*parts]}


def create(path: Path) -> dict[str, Any]:
    return {"kind": "create", "uri": path.as_uri(), "annotationId": "m"}


def edited(text: str, *changes: Any, name: str = "a.py") -> dict[str, str]:
    edit = {"documentChanges": [*changes], **MARK}
    return applied(edit, ROOT, {name: text}, {name: 1})


@pytest.mark.parametrize(
    ("text", "parts", "expected"),
    [
        ("abc\n", [part((0, 1), (0, 2), "X")], "aXc\n"),
        ("a\r\nb\r\n", [part((1, 0), (1, 1), "B\r\n")], "a\r\nB\r\n\r\n"),
        ("a\nb\n", [part((2, 0), (2, 0), "c\n")], "a\nb\nc\n"),
        ("😀x", [part((0, 2), (0, 3), "y")], "😀y"),
        (
            "one\ntwo\n",
            [part((1, 0), (1, 3), "2"), part((0, 0), (0, 3), "1")],
            "1\n2\n",
        ),
        ("ab", [part((0, 1), (0, 1), "X"), part((0, 1), (0, 2), "Y")], "aXY"),
    ],
)
def test_all_parts_count_in_the_text_as_it_was(
    text: str, parts: list[dict[str, Any]], expected: str
) -> None:
    assert edited(text, document("a.py", *parts)) == {"a.py": expected}


def test_a_new_file_is_made_and_written() -> None:
    made = ROOT / "tests" / "test_a.py"
    text = part((0, 0), (0, 0), "x = 1\n")
    found = edited("", create(made), document("tests/test_a.py", text, version=None))
    assert found == {"a.py": "", "tests/test_a.py": "x = 1\n"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ([document("a.py", part((9, 0), (9, 0), "x"))], "no line 9"),
        ([document("a.py", part((0, 9), (0, 9), "x"))], "no character 9"),
        ([document("a.py", part((0, 3), (0, 0), "x"))], "ends before it starts"),
        (
            [document("a.py", part((0, 0), (0, 2), "x"), part((0, 1), (0, 3), "y"))],
            "overlap",
        ),
        ([document("a.py", part((0, 0), (0, 0), "x"), version=7)], "version 7"),
        ([document("a.py", part((0, 0), (0, 0), "x"), version=None)], "version None"),
        ([document("b.py", part((0, 0), (0, 0), "x"))], "b.py is not there"),
        ([document("../.profile", part((0, 0), (0, 0), "x"))], "outside"),
        ([create(Path("/etc/x"))], "outside"),
        ([create(ROOT / "a.py")], "there already"),
        ([{"kind": "delete", "uri": (ROOT / "a.py").as_uri()}], "delete"),
        (
            [document("a.py", part((0, 0), (0, 0), "x") | {"annotationId": None})],
            "not marked",
        ),
        ([document("a.py", part((0, 0), (0, 0), "x") | {"annotationId": "n"})], "'n'"),
    ],
)
def test_what_no_careful_editor_applies_is_refused(
    changes: list[dict[str, Any]], why: str
) -> None:
    with pytest.raises(BadEdit, match=why):
        edited("abc\n", *changes)


@pytest.mark.parametrize(
    ("text", "offset", "line", "character"),
    [
        ("abc", 2, 0, 2),
        ("a\r\nb", 3, 1, 0),
        ("a\rb", 2, 1, 0),
        ("😀x", 1, 0, 2),
        ("„x\n“y", 4, 1, 1),
    ],
)
def test_offsets_are_told_in_utf16(
    text: str, offset: int, line: int, character: int
) -> None:
    assert position(text, offset) == {"line": line, "character": character}
