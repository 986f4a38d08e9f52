"""What was typed between two places, and whether the answer of the first says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.ghost.reuse import agrees, typed_since
from tests.marked import MARK, at


@pytest.mark.parametrize(
    ("earlier", "now", "typed"),
    [
        pytest.param("a‸", "a‸", "", id="the same place"),
        pytest.param("r‸", "ret‸", "et", id="letters"),
        pytest.param("f(‸)", "f(a, ‸)", "a, ", id="inside of brackets"),
        pytest.param("x\n\tf‸\ny", "x\n\tf()‸\ny", "()", id="between lines"),
        pytest.param("if a:‸\nb", "if a:\n    ‸\nb", "\n    ", id="a new line"),
        pytest.param("{‸}", "{\n\n\t‸}", "\n\n\t", id="two new lines"),
        pytest.param("a:‸\r\nb", "a:\r\n\tx‸\r\nb", "\n\tx", id="CRLF is LF typed"),
        pytest.param("a:‸\rb", "a:\r\tx‸\rb", "\n\tx", id="so is CR"),
        pytest.param("abc‸", "ab‸", None, id="deleted"),
        pytest.param("abc‸", "abd‸", None, id="deleted and typed"),
        pytest.param("a‸bc", "ab‸c", None, id="the cursor moved right"),
        pytest.param("ab‸", "a‸b", None, id="the cursor moved left"),
        pytest.param("a‸\nb", "a\nb‸", None, id="the cursor moved down"),
        pytest.param("a\nb‸", "a‸\nb", None, id="the cursor moved up"),
        pytest.param("f‸", "f(‸)", None, id="the editor closed a bracket"),
        pytest.param("x\nf‸", "y\nfa‸", None, id="edited above"),
        pytest.param("f‸\nx", "fa‸\ny", None, id="edited below"),
        pytest.param("f‸\nx", "fa‸\nx\n", None, id="a line more below"),
        pytest.param("f‸", "\nf‸", None, id="a line more above"),
    ],
)
def test_what_was_typed_is_all_that_differs(
    earlier: str, now: str, typed: str | None
) -> None:
    assert typed_since(at(earlier), at(now)) == typed


texts = st.text(alphabet="ab \t\n\r", max_size=12)


@given(texts, texts, texts)
def test_every_typed_text_is_found_again(before: str, typed: str, after: str) -> None:
    earlier, now = at(before + MARK + after), at(before + typed + MARK + after)
    one_end = (before + typed, typed + after, before + after)
    if any("\r" in text for text in one_end):
        # A CR that meets an LF is one line end, and moves the lines.
        return
    assert typed_since(earlier, now) == typed


@given(texts, texts)
def test_what_is_found_leads_from_one_place_to_the_other(first: str, then: str) -> None:
    earlier, now = at(first[:3] + MARK + first[3:]), at(then[:5] + MARK + then[5:])
    typed = typed_since(earlier, now)
    if typed is not None:
        lines = (first[:3] + typed + first[3:], then)
        one, other = (text.replace("\r\n", "\n").replace("\r", "\n") for text in lines)
        assert one == other


@pytest.mark.parametrize(
    ("typed", "text", "running", "finished"),
    [
        pytest.param("", "abc", True, True, id="nothing typed"),
        pytest.param("ab", "abc", True, True, id="the beginning"),
        pytest.param("abc", "abc", True, False, id="all of it"),
        pytest.param("abcd", "abc", True, False, id="more than is there"),
        pytest.param("x", "abc", False, False, id="something else"),
        pytest.param("abx", "abc", False, False, id="something else later"),
        pytest.param("x", "", True, False, id="nothing is there yet"),
        pytest.param("", "", True, True, id="nothing at all"),
    ],
)
def test_typing_agrees_with_what_is_or_may_be_generated(
    typed: str, text: str, *, running: bool, finished: bool
) -> None:
    assert agrees(typed, text, finished=False) is running
    assert agrees(typed, text, finished=True) is finished
