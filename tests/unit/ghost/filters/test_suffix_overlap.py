"""The line that results is drawn beside the text, as the user would see it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.ghost.filters import suffix_overlap
from tests.marked import MARK
from tests.unit.ghost.places import place


@pytest.mark.parametrize(
    ("drawn", "text", "result"),
    [
        pytest.param('f("‸")', 'a")', 'f("a")', id="the quote"),
        pytest.param('f("‸")', 'a");', 'f("a")', id="the quote, and what follows"),
        pytest.param('f("‸")', 'a")\ng("b")', 'f("a")', id="the quote, and lines"),
        pytest.param('f("‸")', 'a" + b + "', 'f("a" + b + "")', id="two quotes"),
        pytest.param("x = ‸ + 1", "a + 1", "x = a + 1", id="code"),
        pytest.param("x = ‸;", "a;", "x = a;", id="a semicolon"),
        pytest.param("x = ‸;", "f(a);", "x = f(a);", id="a semicolon behind a call"),
        pytest.param(
            "Array<‸> = [];", "a> = [];", "Array<a> = [];", id="balanced code"
        ),
    ],
)
def test_what_stands_to_the_right_is_not_said_again(
    drawn: str, text: str, result: str
) -> None:
    cursor = place(drawn)
    shown = suffix_overlap.apply(text, cursor)
    assert cursor.before + shown + cursor.after == result


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        pytest.param("f(‸)", "g()", id="a bracket that it opened itself"),
        pytest.param("f(‸)", "a,\n  g(b),\n", id="over lines"),
        pytest.param("f(‸)", "a[0]", id="a bracket of another kind"),
        pytest.param("x[‸]", "a) + b", id="a bracket closed of another kind"),
        pytest.param("f(‸", "a, b)", id="nothing to the right"),
        pytest.param("f(‸  ", "a, b)", id="only space to the right"),
        pytest.param("f(‸\n)", "a, b)", id="only lines below"),
        pytest.param("f(‸)", "a", id="nothing that closes"),
        pytest.param("f(‸)", "", id="no text"),
        pytest.param("for ‸ in items:", "i", id="a word that begins alike"),
        pytest.param(
            "x = [‸ for y in ys]", "self", id="a word that ends in one letter"
        ),
        pytest.param(
            "x = ‸ and done", "data", id="a word that ends as the next begins"
        ),
        pytest.param("return ‸ if ok else None", "self._i", id="a name and a keyword"),
    ],
)
def test_anything_else_is_left_as_it_is(drawn: str, text: str) -> None:
    assert suffix_overlap.apply(text, place(drawn)) == text


code = st.text(alphabet="ab(){}[]'\"\\;, \n", max_size=16)


@given(code, code)
def test_what_is_left_is_a_beginning_of_the_text(text: str, after: str) -> None:
    assert text.startswith(suffix_overlap.apply(text, place(MARK + after)))


@given(st.text(alphabet="ab, ", min_size=1), st.sampled_from([")", "]", "}", ");"]))
def test_plain_text_before_a_repeated_end_is_kept_whole(text: str, end: str) -> None:
    assert suffix_overlap.apply(text + end, place(MARK + end)) == text
