"""Where an accepted text is after edits, and how much of it is left."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.context.difference import difference
from lsp_server.documents import edited
from lsp_server.stats.survival import Range, after_change, exact, share_left, text_in
from retrieval.source import Document
from tests.marked import MARK, at


def drawn(text: str) -> tuple[Document, Range]:
    """Return the document and the range between two marks."""
    head, inner, tail = text.split(MARK)
    start = at(head + MARK + inner + tail)
    end = at(head + inner + MARK + tail)
    return start.document, Range(
        start=(start.line, start.column), end=(end.line, end.column)
    )


# before, what it becomes, what of it is the range then
MOVES = [
    ("a\n‸b‸\nc\n", "a\nb\nc\nd\n", "b"),
    ("a\n‸b‸\nc\n", "new\na\nb\nc\n", "b"),
    ("a\n‸b‸\nc\n", "b\nc\n", "b"),
    ("x = ‸one‸\n", "value = one\n", "one"),
    ("x = ‸one‸\n", "x = one + two\n", "one"),
    ("x = ‸one‸)\n", "x = one, y)\n", "one"),
    ("x = ‸one two‸\n", "x = one and two\n", "one and two"),
    ("x = ‸one two‸\n", "x = two\n", "two"),
    ("x = ‸one two‸\n", "x = \n", ""),
    ("a\n‸b\nc‸\nd\n", "a\nd\n", ""),
    ("a\n‸b\nc‸\nd\n", "a\nb\nnew\nc\nd\n", "b\nnew\nc"),
    ("a\n‸b\nc\n‸d\n", "a\nb\nc\nnew\nd\n", "b\nc\n"),
    ("‸b‸", "above\nb", "b"),
    ("‸b‸", "b\nbelow", "b"),
    ("a\r\n‸b‸\r\n", "new\r\na\r\nb\r\n", "b"),
    ("語 = ‸🙂 語‸\n", "x語 = 🙂 語\n", "🙂 語"),
]


@pytest.mark.parametrize(("before", "after", "held"), MOVES)
def test_a_range_follows_a_change(before: str, after: str, held: str) -> None:
    document, place = drawn(before)
    new = at(after + MARK).document
    change = difference(document.lines, new.lines)
    assert change is not None
    assert text_in(new, after_change(place, exact(document, new, change))) == held


def test_what_was_undone_may_come_back() -> None:
    old, place = drawn("x = ‸one‸\n")
    for text, held in (("x = \n", ""), ("x = one\n", "one"), ("x = one!\n", "one")):
        new = at(text + MARK).document
        change = difference(old.lines, new.lines)
        assert change is not None
        place = after_change(place, exact(old, new, change))
        assert text_in(new, place) == held
        old = new


_text = st.text(alphabet="ab\n\r(", max_size=12)


@settings(deadline=None)
@given(head=_text, inner=_text, tail=_text, edits=st.lists(st.tuples(_text, st.data())))
def test_a_range_is_always_in_the_document(
    head: str, inner: str, tail: str, edits: list[tuple[str, st.DataObject]]
) -> None:
    if head[-1:] == "\r" or inner[-1:] == "\r":
        return  # no place lies inside a CRLF
    document, place = drawn(head + MARK + inner + MARK + tail)
    for text, data in edits:
        ends = [
            (line, column)
            for line, each in enumerate(document.lines)
            for column in range(len(each.rstrip("\r\n")) + 1)
        ]
        chosen = sorted(data.draw(st.sampled_from(ends)) for _ in range(2))
        new = edited(document, chosen[0], chosen[1], text)
        change = difference(document.lines, new.lines)
        if change is not None:
            place = after_change(place, exact(document, new, change))
        document = new
        assert place.start <= place.end
        for line, column in (place.start, place.end):
            assert 0 <= line < len(document.lines)
            assert 0 <= column <= len(document.lines[line])
        assert text_in(document, place) in document.text


@pytest.mark.parametrize(
    ("accepted", "now", "share"),
    [
        ("return total", "return total", 1.0),
        ("return total", "", 0.0),
        ("return total", "return  total", 1.0),
        ("return total", "return", 6 / 11),
        ("return total", "return totals", 1.0),
        ("return total", "return sum", 6 / 11),
        ("a(b)\n", "a(c)\n", 3 / 4),
        ("    a\n    b\n", "\ta\n\tb\n", 1.0),
        ("one two", "two one", 1 / 2),
        ("語 = 1", "語 = 2", 2 / 3),
        ("  \n", "", 1.0),
    ],
)
def test_the_share_that_is_left(accepted: str, now: str, share: float) -> None:
    assert share_left(accepted, now) == pytest.approx(share)
