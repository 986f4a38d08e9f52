"""What counts as accepted in part, and what is typing."""

import pytest

from tests.unit.stats.journal import Desk

# drawn, offered, what one change puts in at the cursor and behind it, characters accepted
AT_ONCE = [
    ("f(‸)", "first, second", "first", "", 5),
    ("f(‸)", "first, second", "first, second", "", 13),
    ("x = ‸", "ab", "ab", "", 2),
    ("def f():‸", "\n    return 1\n", "\n    return 1", "", 13),
    ("def f():\r\n    ‸\r\n", "a\n    b\n", "a\r\n    b", "", 7),
    ("x‸", "()  # 語", "()  # 語", "", 7),
    ("x = ‸", "名前を書く", "名前", "", 2),
    ("x‸", "foo(a)", "foo(", ")", 4),
    ("‸\nab\n", "ab\ncd", "ab", "", 2),
]
BY_KEYS = [
    ("f(‸)", "first", "f", ""),
    ("f‸", "(a, b)", "(", ")"),
    ("f‸", "()", "(", ")"),
    ("f‸", "[]", "[", "]"),
    ("x = ‸", '""', '"', '"'),
    ("x = ''‸", "'text'''", "'", "'''"),
    ("if x {‸", "\n    return", "\n    ", ""),
    ("if x {‸}", "\n    return\n", "\n    ", "\n"),
    ("// a‸", "\n// b", "\n// ", ""),
    ("‸", "    return", "    ", ""),
    ("f(‸)", "first", "fo", ""),
    ("f(‸)", "first", "fir", ""),
    ("x‸", " == a", " == ", ""),
    ("f(‸)", "first", "firstly", ""),
    ("f(‸)", "first", "other", ""),
]


@pytest.mark.parametrize(("drawn", "text", "inserted", "behind", "characters"), AT_ONCE)
def test_what_comes_in_at_once_was_accepted(
    drawn: str, text: str, inserted: str, behind: str, characters: int
) -> None:
    desk = Desk(drawn)
    desk.offer(text)
    desk.insert(inserted, behind)
    assert desk.partly() == [("1", characters)]


@pytest.mark.parametrize(("drawn", "text", "inserted", "behind"), BY_KEYS)
def test_what_one_key_puts_in_was_typed(
    drawn: str, text: str, inserted: str, behind: str
) -> None:
    desk = Desk(drawn)
    desk.offer(text)
    desk.insert(inserted, behind)
    assert desk.partly() == []


def test_typing_all_of_it_accepts_nothing() -> None:
    desk = Desk("f(‸)")
    desk.offer("first, (second)")
    for key in "first, (second)":
        desk.insert(key)
    assert desk.partly() == []


def test_word_after_word_adds_up() -> None:
    desk = Desk("f(‸)")
    desk.offer("first, second")
    desk.insert("f")
    desk.insert("irst")
    desk.insert(",")
    desk.insert(" second")
    assert desk.partly() == [("1", 4), ("1", 11)]


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [((0, 0), (0, 0), "new\n"), ((0, 0), (1, 0), ""), ((3, 0), (3, 0), "more\n")],
)
def test_an_offer_moves_with_what_is_edited_elsewhere(
    start: tuple[int, int], end: tuple[int, int], text: str
) -> None:
    desk = Desk("a\nb\nf(‸)\nc\n")
    desk.offer("first, second")
    lines = len(desk.document.lines)
    desk.edit(start, end, text)
    moved = len(desk.document.lines) - lines if start[0] < 2 else 0
    desk.edit((2 + moved, 2), (2 + moved, 2), "first")
    assert desk.partly() == [("1", 5)]


def test_an_editor_that_sends_keys_together_accepts_nothing_in_part() -> None:
    desk = Desk("f(‸)")
    desk.offer("if first, second", "1")
    desk.insert("if ")
    assert desk.partly() == [("1", 3)]
    desk.insert("fir")
    assert desk.partly() == [("1", 3), ("1", 0)]
    desk.insert("st, ")
    desk.offer("third", "2")
    desk.insert("third")
    assert desk.partly() == [("1", 3), ("1", 0)]


def test_an_offer_ends_where_something_else_is_typed() -> None:
    desk = Desk("f(‸)")
    desk.offer("first, second")
    desk.insert("x")
    desk.edit((0, 2), (0, 3), "")
    desk.edit((0, 2), (0, 2), "first")
    assert desk.partly() == []


def test_a_part_is_counted_for_the_newest_offer_of_the_text() -> None:
    desk = Desk("f(‸)")
    desk.offer("first, second", "1")
    desk.insert("f")
    desk.offer("irst, second", "2")
    desk.insert("irst")
    assert desk.partly() == [("2", 4)]


def test_other_documents_are_left_alone() -> None:
    desk = Desk("f(‸)")
    desk.offer("first")
    desk.ledger.changed("file:///b.py", desk.document, desk.document)
    desk.ledger.closed("file:///b.py")
    desk.insert("first")
    assert desk.partly() == [("1", 5)]
