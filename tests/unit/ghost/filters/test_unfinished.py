import pytest

from lsp_server.ghost.filters import unfinished
from tests.unit.ghost.places import place


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        pytest.param("‸", "a()\nb(c,", "a()", id="arguments"),
        pytest.param("‸", "a()\nb(c,\n  d(", "a()", id="the longest that parses"),
        pytest.param("‸", 'a()\nb("c', "a()", id="a string"),
        pytest.param("‸", "a()\nif b:", "a()", id="a header"),
        pytest.param("‸\nx()", "a()\nb(c,", "a()", id="before other code"),
    ],
)
def test_what_has_only_begun_is_left_out(drawn: str, text: str, expected: str) -> None:
    assert unfinished.apply(text, place(drawn)) == expected


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        pytest.param("‸", "a()\nb(c)", id="what is finished"),
        pytest.param("‸", "b(c,", id="a single line"),
        pytest.param("‸\n    b()", "a()\nif b:", id="what the document goes on with"),
        pytest.param("‸\n)", "a()\nb(\n    c,", id="what the document closes"),
    ],
)
def test_anything_else_is_left_as_it_is(drawn: str, text: str) -> None:
    assert unfinished.apply(text, place(drawn)) == text
