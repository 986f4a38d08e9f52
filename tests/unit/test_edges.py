"""Where prompts begin, while the document changes."""

import pytest

from lsp_server.edges import Edges
from retrieval.source import Cursor, Snippet
from tests.marked import MARK, at

TEXT = "".join(f"line {number}\n" for number in range(20))
CONTEXT = (
    Snippet(
        path="a.py", start_line=0, end_line=0, text="x", tokens=3, score=1.0, why=""
    ),
)


def cursor(text: str) -> Cursor:
    return at(text + MARK)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(TEXT, 10, id="nothing"),
        pytest.param(TEXT + "more", 10, id="edited below"),
        pytest.param(TEXT.replace("line 15", "other"), 10, id="edited far below"),
        pytest.param(TEXT.replace("line 3", "other"), 10, id="edited above"),
        pytest.param("a\nb\n" + TEXT, 12, id="lines more above"),
        pytest.param(TEXT.replace("line 2\nline 3\n", ""), 8, id="lines less above"),
        pytest.param(
            TEXT.replace("line 10\n", "a\nline 10\n"), 10, id="one right there"
        ),
        pytest.param(
            TEXT.replace("line 9\nline 10\nline 11\n", "x\n"), None, id="gone"
        ),
    ],
)
def test_an_edge_moves_with_its_line(text: str, line: int | None) -> None:
    edges = Edges()
    edges.hold(cursor(TEXT), (), 10)
    assert edges.held(cursor(text), ()) == line


def test_other_context_takes_another_edge() -> None:
    edges = Edges()
    edges.hold(cursor(TEXT), (), 10)
    assert edges.held(cursor(TEXT), CONTEXT) is None


def test_a_document_that_was_closed_has_none() -> None:
    edges = Edges()
    edges.hold(cursor(TEXT), (), 10)
    edges.forget("file:///a.py")
    assert edges.held(cursor(TEXT), ()) is None
