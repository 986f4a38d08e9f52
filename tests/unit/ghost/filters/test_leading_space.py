import pytest

from lsp_server.ghost.filters import leading_space
from tests.unit.ghost.places import place


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        ("f(‸", " a", "a"),
        ("a.‸", " b", "b"),
        ("p->‸", " b", "b"),
        ("a = ‸", " b", "b"),
        ("a = ‸", "  b", "b"),
        ("# ‸", " b", "b"),
    ],
)
def test_a_stray_space_is_taken_away(drawn: str, text: str, expected: str) -> None:
    assert leading_space.apply(text, place(drawn)) == expected


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        pytest.param("a‸", " = b", id="a space that is needed"),
        pytest.param("a = 1 ‸", " # b", id="before a comment"),
        pytest.param('a = "b ‸', " c", id="in a string"),
        pytest.param("# a  ‸", "  b", id="aligned text in a comment"),
        pytest.param("f( a )\ng( b )\nh(‸", " c )", id="as the document has it"),
        pytest.param("    ‸", "    a", id="indentation"),
    ],
)
def test_anything_else_is_left_as_it_is(drawn: str, text: str) -> None:
    assert leading_space.apply(text, place(drawn)) == text
