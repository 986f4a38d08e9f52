"""The line that results is drawn beside the text, as the user would see it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.ghost.filters import closed_already
from tests.unit.ghost.places import place


@pytest.mark.parametrize(
    ("drawn", "text", "result"),
    [
        pytest.param("f(‸)", "a, b)", "f(a, b)", id="the bracket"),
        pytest.param("f(‸)", "a, g(b))", "f(a, g(b))", id="behind another call"),
        pytest.param("f(‸);", "a);", "f(a);", id="with what follows it"),
        pytest.param("f(‸)", "a);", "f(a)", id="and what would follow it"),
        pytest.param("f(‸)", "a)\nreturn b", "f(a)", id="and lines that would follow"),
        pytest.param("f(‸):", "a):\n    b", "f(a):", id="python, and the body"),
        pytest.param("f(g(‸))", "a))", "f(g(a))", id="two brackets"),
        pytest.param("f(g(‸))", "a)", "f(g(a))", id="one of two brackets"),
        pytest.param("x[‸]", "i]", "x[i]", id="square"),
        pytest.param("if a {‸}", " b(); }", "if a { b(); }", id="curly"),
        pytest.param("f(‸)", '")")', 'f(")")', id="a bracket in a string"),
        pytest.param("f(‸)", "'\\')')", "f('\\')')", id="in a string with escapes"),
        pytest.param("f( ‸ )", "a )", "f( a  )", id="the bracket behind a space"),
        pytest.param("f(‸)", "a) + g(b)", "f(a) + g(b)", id="closed to open another"),
        pytest.param("f(‸)", "a) {", "f(a)", id="and a block that would follow"),
        pytest.param("f(a‸", "))", "f(a)", id="what nothing opened"),
        pytest.param("f(g(‸)", "a), b", "f(g(a), b)", id="one that is missing"),
        pytest.param('a = "b (‸)', 'c) d"', 'a = "b (c)', id="within a string"),
        pytest.param("# a (‸)", "b (c)) d", "# a (b (c))", id="within a comment"),
        pytest.param("{‸}", "\n  a\n}", "{\n  a\n}", id="stays on its line"),
        pytest.param("{\n  ‸\n}", "a\n}", "  a", id="takes its line along"),
    ],
)
def test_what_is_closed_is_not_closed_again(drawn: str, text: str, result: str) -> None:
    there = place(drawn)
    shown = closed_already.apply(text, there)
    assert there.before + shown + there.after == result
    assert closed_already.apply(shown, there) == shown


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        pytest.param("f(‸", "a, b)", id="a bracket that is open"),
        pytest.param("f(‸)", "g()", id="its own"),
        pytest.param("if a {\n  if b {‸\n}", "\n    c\n  }", id="another one's"),
        pytest.param("f(‸)", "a[0]", id="of another kind"),
        pytest.param("f(‸)", "')'", id="in a string"),
        pytest.param("‸", "plain", id="none"),
    ],
)
def test_anything_else_is_left_as_it_is(drawn: str, text: str) -> None:
    assert closed_already.apply(text, place(drawn)) == text


code = st.text(alphabet="ab(){}[]'\"\\;, \n", max_size=16)


@given(code, code, code)
def test_what_is_left_is_a_beginning_of_the_text(
    before: str, text: str, after: str
) -> None:
    assert text.startswith(closed_already.apply(text, place(f"{before}‸{after}")))
