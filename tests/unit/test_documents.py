"""Edits against the plainest model there is: one string, cut and joined anew each time."""

import json
from dataclasses import replace
from functools import partial
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.documents import Documents, Edit, Place, edited, replaced, splice
from retrieval.source import Document, split_lines

URI = "untitled:Untitled-1"

# Line ends, what Python but not LSP takes for line ends, and characters that are more than
# one unit in UTF-8 or UTF-16, with both halves of a surrogate pair alone.
CHARACTERS = (
    *("\r", "\n", "\r", "\n", "\r\n", "a", "a"),
    *("\u2028", "\x0b", "\x0c", "\x85", "\t", "\0"),
    *("😀", "語", "e\u0301", "ש", "\ud83d", "\ude00"),
)


def as_json(text: str) -> str:
    """What an editor's string is to us: JSON makes two halves that meet one character."""
    sent: str = json.loads(json.dumps(text))
    return sent


texts = st.lists(st.sampled_from(CHARACTERS), max_size=12).map("".join).map(as_json)


def naive_lines(text: str) -> tuple[str, ...]:
    lines = [""]
    for index, character in enumerate(text):
        lines[-1] += character
        if character == "\n" or (character == "\r" and text[index + 1 :][:1] != "\n"):
            lines.append("")
    return tuple(lines)


def opened(text: str) -> Document:
    documents = Documents()
    documents.open(URI, "python", 1, text)
    document = documents.get(URI)
    assert document is not None
    return document


def place_at(text: str, offset: int) -> Place:
    """The place at an offset; the one before the line end where it lies inside a CRLF."""
    if text[offset - 1 : offset + 1] == "\r\n":
        offset -= 1
    before = naive_lines(text[:offset] + "|")
    return len(before) - 1, len(before[-1]) - 1


def offset_of(text: str, place: Place) -> int:
    return sum(map(len, naive_lines(text)[: place[0]])) + place[1]


def check(drawn: str, text: str, *expected: str) -> None:
    """Put ``text`` at the mark, or in place of what stands between two."""
    before = drawn.replace("‸", "")
    first, last = drawn.index("‸"), drawn.rindex("‸")
    end = last - 1 if last > first else last
    places = place_at(before, first), place_at(before, end)
    assert edited(opened(before), *places, text).lines == expected


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        ("a‸c", "b", ("abc",)),
        ("‸", "", ("",)),
        ("‸", "a\n", ("a\n", "")),
        ("a‸\nb", "\n", ("a\n", "\n", "b")),
        ("a\n‸b\n‸c", "", ("a\n", "c")),
        ("a‸\n‸b", "", ("ab",)),
        ("a‸\nb\n‸", "x", ("ax",)),
        ("‸a\r\nb‸", "", ("",)),
    ],
)
def test_an_edit_leaves_the_other_lines_alone(
    drawn: str, text: str, expected: tuple[str, ...]
) -> None:
    check(drawn, text, *expected)


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        ("a\r‸", "\n", ("a\r\n", "")),
        ("a\r‸b", "\nx", ("a\r\n", "xb")),
        ("a\r‸b‸\nc", "", ("a\r\n", "c")),
        ("a\r‸b\nc‸\nd", "", ("a\r\n", "d")),
        ("a‸\nb", "\r", ("a\r\n", "b")),
        ("a‸b\nc‸\nd", "x\r", ("ax\r\n", "d")),
        ("\r‸", "\n\n", ("\r\n", "\n", "")),
    ],
)
def test_a_cr_and_a_lf_that_meet_are_one_line_end(
    drawn: str, text: str, expected: tuple[str, ...]
) -> None:
    check(drawn, text, *expected)


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        ("a‸\r\nb", "\r", ("a\r", "\r\n", "b")),
        ("a\r\n‸b", "\n", ("a\r\n", "\n", "b")),
        ("a\r\n‸b‸\nc", "", ("a\r\n", "\n", "c")),
        ("a\n‸", "\r", ("a\n", "\r", "")),
        ("a‸\u2028\x0b\x0c\x85b", "\x1c", ("a\x1c\u2028\x0b\x0c\x85b",)),
    ],
)
def test_other_neighbours_are_not(
    drawn: str, text: str, expected: tuple[str, ...]
) -> None:
    check(drawn, text, *expected)


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        ("a\ud83d‸", "\ude00", "a😀"),
        ("‸\ude00b", "\ud83d", "😀b"),
        ("\ud83d‸a‸\ude00", "", "😀"),
        ("\ude00‸", "\ud83d", "\ude00\ud83d"),
    ],
)
def test_halves_of_a_character_that_meet_are_one_character(
    drawn: str, text: str, expected: str
) -> None:
    check(drawn, text, expected)


@settings(deadline=None)
@given(data=st.data(), text=texts)
def test_many_edits_in_one_change_equal_the_model(
    data: st.DataObject, text: str
) -> None:
    document, model = opened(text), text
    documents = Documents()
    documents.open(URI, "python", 1, text)
    batch: list[Edit] = []
    for _ in range(data.draw(st.integers(0, 6))):
        offsets = st.integers(0, len(model))
        a, b = place_at(model, data.draw(offsets)), place_at(model, data.draw(offsets))
        start, end, new = min(a, b), max(a, b), data.draw(texts)
        model = as_json(
            model[: offset_of(model, start)] + new + model[offset_of(model, end) :]
        )
        document = edited(document, start, end, new)
        assert document.text == model
        assert document.lines == split_lines(model) == naive_lines(model)
        batch.append(partial(splice, start=start, end=end, text=new))
    documents.change(URI, 2, batch)
    assert documents.get(URI) == replace(document, version=2)


def test_whole_text_replaces_everything_and_may_be_edited_further() -> None:
    documents = Documents()
    documents.open(URI, "python", 1, "a\nb\nc")
    documents.change(
        URI,
        2,
        [
            partial(replaced, text="x\r\ny"),
            partial(splice, start=(1, 1), end=(1, 1), text="z"),
        ],
    )
    documents.change(URI, 3, [])
    expected = Document(uri=URI, language="python", version=3, lines=("x\r\n", "yz"))
    assert documents.get(URI) == expected


def test_a_snapshot_stays_as_it_was() -> None:
    documents = Documents()
    documents.open(URI, "python", 1, "a")
    snapshot = documents.get(URI)
    documents.change(URI, 2, [partial(replaced, text="b")])
    assert snapshot is not None
    assert (snapshot.text, snapshot.version) == ("a", 1)


def test_a_closed_document_is_gone_and_opens_anew() -> None:
    documents = Documents()
    documents.open(URI, "python", 1, "a")
    documents.close(URI)
    documents.close(URI)
    assert documents.get(URI) is None
    documents.open(URI, "c", 1, "b")
    document = documents.get(URI)
    assert document is not None
    assert (document.text, document.language) == ("b", "c")


def test_opened_twice_the_newer_text_counts() -> None:
    documents = Documents()
    documents.open(URI, "python", 1, "a")
    documents.open(URI, "python", 2, "b")
    document = documents.get(URI)
    assert document is not None
    assert (document.text, document.version) == ("b", 2)


def test_a_change_to_a_document_that_is_not_open_is_ignored() -> None:
    documents = Documents()
    documents.change(URI, 2, [partial(replaced, text="b")])
    assert documents.get(URI) is None


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ((25_000, 4), (25_000, 4), "x"),
        ((25_000, 0), (25_000, 0), "new line\n"),
        ((25_000, 0), (25_001, 0), ""),
    ],
)
def test_an_edit_in_50_000_lines_takes_less_than_a_millisecond(
    start: Place, end: Place, text: str
) -> None:
    document = opened("".join(f"    value_{n} = {n}\r\n" for n in range(50_000)))
    seconds = []
    for _ in range(50):
        began = perf_counter()
        document = edited(document, start, end, text)
        seconds.append(perf_counter() - began)
    assert (
        min(seconds) < 0.001
    )  # the least: what the edit costs, not the machine's noise
