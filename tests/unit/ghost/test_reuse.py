"""What was typed between two places, and whether the answer of the first says so."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.ghost.reuse import Anchor, agrees, typed_since
from retrieval.source import Cursor
from tests.marked import MARK, at


def typed_between(earlier: Cursor, now: Cursor) -> list[str]:
    return list(typed_since(Anchor.of(earlier), now))


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
        pytest.param("é = ‸", "é = 漢🎉‸", "漢🎉", id="not ASCII"),
        pytest.param("f‸", "f(‸)", "(", id="the editor closed a bracket"),
        pytest.param("f(‸)", "f(a)‸", "a)", id="a bracket was typed over"),
        pytest.param("x = ‸", 'x = "‸"', '"', id="the editor closed a quote"),
        pytest.param("{‸}\nz", "{\n\t‸\n}\nz", "\n\t", id="a bracket came down"),
        pytest.param("f‸\nx", "fa‸\nx\n", "a", id="a line more at the end"),
        pytest.param("f‸", "\nf‸", "", id="a blank line more above"),
        pytest.param("1\n2\n3\n4\nf‸", "0\n2\n3\n4\nfa‸", "a", id="far above"),
        pytest.param("f‸\n1\n2", "fa‸\n1\n3", "a", id="far below"),
    ],
)
def test_what_was_typed_is_found(earlier: str, now: str, typed: str) -> None:
    assert typed_between(at(earlier), at(now)) == [typed]


@pytest.mark.parametrize(
    ("earlier", "now"),
    [
        pytest.param("abc‸", "ab‸", id="deleted"),
        pytest.param("abc‸", "abd‸", id="deleted and typed"),
        pytest.param("a‸bc", "ab‸c", id="the cursor moved right"),
        pytest.param("ab‸", "a‸b", id="the cursor moved left"),
        pytest.param("a‸\nb", "a\nb‸", id="the cursor moved down"),
        pytest.param("a\nb‸", "a‸\nb", id="the cursor moved up"),
        pytest.param("x\nf‸", "y\nfa‸", id="edited right above"),
        pytest.param("f‸\nx", "fa‸\ny", id="edited right below"),
        pytest.param("f‸\nx", "fa‸\ny\nx", id="a line more right below"),
        pytest.param("f(‸)", "f(a‸, b)", id="code came to the right"),
        pytest.param("f‸\nx", "fa‸", id="the line below is gone"),
    ],
)
def test_another_place_is_another_place(earlier: str, now: str) -> None:
    assert typed_between(at(earlier), at(now)) == []


texts = st.text(alphabet="ab \t\n\r", max_size=12)


@given(texts, texts, texts)
def test_every_typed_text_is_found_again(before: str, typed: str, after: str) -> None:
    earlier, now = at(before + MARK + after), at(before + typed + MARK + after)
    if any("\r" in text for text in (before + typed, typed + after, before + after)):
        # A CR that meets an LF is one line end, and moves the lines.
        return
    assert typed in typed_between(earlier, now)


@given(texts, texts)
def test_what_is_found_stands_before_the_cursor(first: str, then: str) -> None:
    earlier, now = at(first[:3] + MARK + first[3:]), at(then[:5] + MARK + then[5:])
    for typed in typed_between(earlier, now):
        before = "".join(now.document.lines[: now.line]) + now.before
        before = before.replace("\r\n", "\n").replace("\r", "\n")
        assert before.endswith(earlier.before + typed)


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


class Counted(tuple[str, ...]):
    """Lines that count how often one of them is read."""

    __slots__ = ()
    read = 0

    def __getitem__(self, index: Any) -> Any:
        Counted.read += 1
        return super().__getitem__(index)


def test_thousands_of_blank_lines_cost_no_more_than_some() -> None:
    blank = "\n" * 5000
    earlier, now = at(f"a{blank}f‸{blank}b"), at(f"a{blank}fx‸{blank}b")
    counted = replace(now.document, lines=Counted(now.document.lines))
    Counted.read = 0
    anchor = Anchor.of(earlier)
    assert [*typed_since(anchor, replace(now, document=counted))] == ["x"]
    assert Counted.read < 1000
