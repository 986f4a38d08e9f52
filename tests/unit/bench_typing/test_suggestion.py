"""What an editor keeps of a suggestion while one types."""

import pytest

from bench.typing.suggestion import (
    Suggestion,
    first_line,
    first_word,
    typed,
    typed_over,
)


@pytest.mark.parametrize(
    ("text", "replaces", "key", "closing", "left"),
    [
        ("abc", 0, "a", "", ("bc", 0)),
        ("abc", 0, "b", "", None),
        ("a", 0, "a", "", None),
        ("(a)", 0, "(", ")", ("a)", 1)),
        ("(a", 0, "(", ")", None),
        ("\n  a", 0, "\n  ", "", ("a", 0)),
    ],
)
def test_it_stays_while_what_is_typed_agrees(
    text: str, replaces: int, key: str, closing: str, left: tuple[str, int] | None
) -> None:
    found = typed(Suggestion(text=text, replaces=replaces), key, closing)
    assert (found and (found.text, found.replaces)) == left


@pytest.mark.parametrize(
    ("text", "replaces", "left"),
    [(")b", 1, ("b", 0)), (")b", 0, None), ("b)", 1, None), (")", 1, None)],
)
def test_a_sign_that_it_replaces_can_be_typed_over(
    text: str, replaces: int, left: tuple[str, int] | None
) -> None:
    found = typed_over(Suggestion(text=text, replaces=replaces), ")")
    assert (found and (found.text, found.replaces)) == left


@pytest.mark.parametrize(
    ("text", "word", "line"),
    [
        ("abc(d)\n  e", "abc", "abc(d)"),
        ("(d)", "(", "(d)"),
        (" a_1 b", " a_1", " a_1 b"),
        ("\n  a b\nc", "\n  a", "\n  a b"),
    ],
)
def test_parts_are_accepted(text: str, word: str, line: str) -> None:
    assert (first_word(text), first_line(text)) == (word, line)
