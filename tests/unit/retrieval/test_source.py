from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.source import Cursor, Document, split_lines, without_end
from tests.marked import at

AWKWARD = st.text(alphabet="a\r\n\u2028\u2029\x0b\x0c\x85\x1c\0\t 😀\ud800")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ("",)),
        ("a", ("a",)),
        ("a\n", ("a\n", "")),
        ("a\r\nb\rc\n\nd", ("a\r\n", "b\r", "c\n", "\n", "d")),
        ("\r\r\n\n", ("\r", "\r\n", "\n", "")),
        ("a\u2028b\x0cc\x85d", ("a\u2028b\x0cc\x85d",)),
    ],
)
def test_lines_end_where_lsp_ends_them(text: str, lines: tuple[str, ...]) -> None:
    assert split_lines(text) == lines


@given(AWKWARD)
def test_lines_are_the_text_cut_at_line_ends(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    assert not set("\r\n") & set(lines[-1])
    for line in lines[:-1]:
        assert line[len(without_end(line)) :] in {"\r\n", "\n", "\r"}
        assert not set("\r\n") & set(without_end(line))
    for one, next_one in pairwise(lines):
        assert not (one.endswith("\r") and next_one.startswith("\n"))


def test_a_cursor_sees_its_line_to_both_sides() -> None:
    cursor = at("a = 1\r\nf(x‸, y)\r\n")
    assert (cursor.line, cursor.column) == (1, 3)
    assert (cursor.before, cursor.after) == ("f(x", ", y)")


def test_a_document_is_its_lines_joined() -> None:
    document = Document(uri="u", language="c", version=1, lines=("a\n", "b"))
    assert document.text == "a\nb"
    assert Cursor(document, 1, 1).after == ""
