"""Whoever types, slips, jumps and accepts: in the end the document is the file."""

import random

import pytest

from bench.typing.keys import Key, Press
from bench.typing.sources import Hole, Source, holes, sources, without
from bench.typing.suggestion import Suggestion
from bench.typing.typist import Habits, Typist, written_without_help
from tests.marked import MARK

SLIPPERY = Habits(slips=0.1, accepts=0.5)


def typist(text: str, habits: Habits = Habits(slips=0.0, accepts=1.0)) -> Typist:  # noqa: B008 - frozen
    source = Source(name="a", language="python", text=text)
    return Typist(source, [Hole(0, len(text))], 0, habits)


def drawn(writer: Typist) -> str:
    return writer.text[: writer.cursor] + MARK + writer.text[writer.cursor :]


def steps(text: str) -> list[str]:
    writer = typist(text)
    return [
        f"{press.key}: {drawn(writer)}"
        for press in written_without_help(writer)
        if press.key is not Key.JUMP
    ]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_what_was_written_is_the_file(source: Source, seed: int) -> None:
    writer = Typist(source, holes(source, 20, seed), seed, SLIPPERY)
    keys = {press.key for press in written_without_help(writer)}
    assert writer.text == source.text
    assert {Key.JUMP, Key.ENTER, Key.TYPED, Key.BACKSPACE} <= keys


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_a_whole_file_can_be_written_from_nothing(source: Source) -> None:
    writer = Typist(source, [Hole(0, len(source.text))], 0, SLIPPERY)
    assert not writer.text
    for _ in written_without_help(writer):
        pass
    assert writer.text == source.text


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_suggestions_of_any_length_are_accepted_rightly(
    source: Source, seed: int
) -> None:
    """Right ones, those that repeat the closing sign, and those that replace it."""
    writer = Typist(source, holes(source, 20, seed), seed, SLIPPERY)
    chance, accepted = random.Random(seed), 0
    while (press := writer.next_key()) is not None:
        place = writer.place
        if place is not None and press.key is not Key.JUMP:
            text = source.text[place : place + chance.randint(1, 120)]
            seen = Suggestion(text=text, replaces=chance.choice((0, 0, 0, 1, 2)))
            better = writer.acceptance(seen, 0)
            accepted += better is not None
            press = better or press
        writer.press(press)
    assert writer.text == source.text
    assert accepted


def test_the_same_seed_is_the_same_person() -> None:
    source = sources()[0]

    def written(seed: int) -> list[Press]:
        missing = holes(source, 9, 0)
        return [*written_without_help(Typist(source, missing, seed, SLIPPERY))]

    assert written(1) == written(1) != written(2)


def test_holes_are_written_in_another_order_than_the_files() -> None:
    source = sources()[0]
    orders = [[hole.start for hole in holes(source, 20, seed)] for seed in range(5)]
    assert any(order != sorted(order) for order in orders)
    text = without(source.text, holes(source, 20, 0))
    assert text.count("\n") == source.text.count("\n") - 20


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f(a)", ["typed: f‸", "typed: f(‸)", "typed: f(a‸)", "typed over: f(a)‸"]),
        ("'a'", ["typed: '‸'", "typed: 'a‸'", "typed over: 'a'‸"]),
        ("n'a'", ["typed: n‸", "typed: n'‸", "typed: n'a‸", "typed: n'a'‸"]),
        ("n't", ["typed: n‸", "typed: n'‸", "typed: n't‸"]),
        (
            '"""a"',
            [
                'typed: "‸"',
                'typed over: ""‸',
                'typed: """‸',
                'typed: """a‸',
                'typed: """a"‸',
            ],
        ),
        ("(", ["typed: (‸)", "delete: (‸"]),
        (
            "{\n  a\n}",
            [
                "typed: {‸}",
                "enter: {\n  ‸\n}",
                "typed: {\n  a‸\n}",
                "moved past: {\n  a\n}‸",
            ],
        ),
        (
            "f(\n  a)",
            [
                "typed: f‸",
                "typed: f(‸)",
                "enter: f(\n  ‸\n)",
                "typed: f(\n  a‸\n)",
                "delete: f(\n  a‸)",
                "typed over: f(\n  a)‸",
            ],
        ),
        (
            "a:\n    b\nc",
            [
                "typed: a‸",
                "typed: a:‸",
                "enter: a:\n    ‸",
                "typed: a:\n    b‸",
                "enter: a:\n    b\n    ‸",
                "backspace: a:\n    b\n‸",
                "typed: a:\n    b\nc‸",
            ],
        ),
    ],
)
def test_the_editor_closes_and_indents(text: str, expected: list[str]) -> None:
    assert steps(text) == expected


def test_an_empty_line_keeps_no_blanks() -> None:
    assert steps("a\n  b\n\n  c")[3:] == [
        "typed: a\n  b‸",
        "enter: a\n  b\n  ‸",
        "enter: a\n  b\n\n  ‸",
        "typed: a\n  b\n\n  c‸",
    ]


def test_a_slip_is_typed_on_and_taken_back() -> None:
    writer = typist("word", Habits(slips=1.0))
    shapes = [(press.key, drawn(writer)) for press in written_without_help(writer)]
    wrong = [text for key, text in shapes if not "word".startswith(text.rstrip(MARK))]
    assert wrong
    assert shapes[-1] == (Key.TYPED, f"word{MARK}")
    assert Key.BACKSPACE in {key for key, _ in shapes}


@pytest.mark.parametrize(
    ("before", "text", "replaces", "agreed"),
    [
        ("f", "(a)", 0, 3),
        ("f", "(b)", 0, 1),
        ("f(", "a", 0, 1),
        ("f(", "a)", 0, 1),  # it would repeat what is there
        ("f(", "a)", 1, 2),
        ("f(", "a) + 1", 1, 6),
        ("f(", "a", 1, 0),  # it would take away what is to stay
        ("f(a", ")", 1, 1),
        ("f(a)", " + 1", 0, 4),
        ("f(a)", " + 1\n", 0, 4),
    ],
)
def test_a_suggestion_is_as_right_as_the_document_would_be(
    before: str, text: str, replaces: int, agreed: int
) -> None:
    writer = typist("f(a) + 1")
    for _ in written_without_help(writer):
        if writer.text[: writer.cursor] == before:
            break
    assert writer.agreed(Suggestion(text=text, replaces=replaces)) == agreed


@pytest.mark.parametrize(
    ("before", "unfinished"),
    [("f(", "a"), ("f(a)", "+ 1"), ("f(a) + 1", "")],
)
def test_a_suggestion_is_due_where_the_line_lacks_something(
    before: str, unfinished: str
) -> None:
    writer = typist("f(a) + 1\nb")
    for _ in written_without_help(writer):
        if writer.text[: writer.cursor] == before:
            break
    assert writer.unfinished == unfinished
