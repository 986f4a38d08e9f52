import pytest

from lsp_server.ghost.filters import leading_space
from tests.unit.ghost.places import place


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        ("f(‸", " a", "a"),
        ("a.‸", " b", "b"),
        ("a = ‸", " b", "b"),
        ("a = ‸", "  b", "b"),
        ("# ‸", " b", "b"),
    ],
)
def test_a_stray_space_is_taken_away(drawn: str, text: str, expected: str) -> None:
    assert leading_space.apply(text, place(drawn)) == expected


@pytest.mark.parametrize(
    ("language", "drawn", "expected"),
    [
        ("cpp", "p->‸", "b"),
        ("c", "p[0]->‸", "b"),
        ("php", "$this->‸", "b"),
        ("php", "$this->a()->‸", "b"),
        ("php", "$a\n    ->‸", "b"),
        ("cpp", "auto f() ->‸", " b"),
        ("cpp", "auto f()->‸", " b"),
        ("python", "def f(x)->‸", " b"),
        ("python", "def f(x) ->‸", " b"),
        ("rust", "fn f() ->‸", " b"),
        ("rust", "Some(a)->‸", " b"),
        ("java", "a->‸", " b"),
    ],
)
def test_an_arrow_is_tight_where_it_is_member_access(
    language: str, drawn: str, expected: str
) -> None:
    assert leading_space.apply(" b", place(drawn, language=language)) == expected


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
