from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.actions.edits import Change, applied, line_end, smallest
from lsp_server.actions.region import Region
from retrieval.source import Document, split_lines, without_end
from tests.unit.actions.places import document


def region(first: int, last: int, *, insert: bool = False) -> Region:
    return Region(
        first=first,
        last=first if insert else last,
        insert=insert,
        indent="",
        shown_first=first,
        shown_last=last,
    )


lines_of_code = st.lists(
    st.sampled_from(
        ["", "  ", "x", "y = f(x, 1)", "return x", "\ty = f(x)", "é😀", "}"]
    ),
    max_size=8,
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Document, Region, list[str], list[str], int]:
    """A document of any line ends, a region, its new lines, and imports outside of it."""
    rows = draw(lines_of_code) or ["x"]
    mixed = st.sampled_from(draw(st.sampled_from([["\n", "\r\n"], ["\r"]])))
    ends = [draw(mixed) for _ in rows[1:]]
    text = "".join(row + end for row, end in zip(rows, [*ends, ""], strict=True))
    one = document(text)
    count = len(one.lines)
    insert = draw(st.booleans())
    first = draw(st.integers(0, count if insert else count - 1))
    last = first if insert else draw(st.integers(first, count - 1))
    new = draw(lines_of_code)
    imports = draw(st.lists(st.sampled_from(["import a", "import b"]), max_size=2))
    outside = [at for at in range(count + 1) if at <= first or at > last]
    before = draw(st.sampled_from(outside))
    return one, region(first, last, insert=insert), new, imports, before


def bare(one: Document) -> list[str]:
    return [without_end(line) for line in one.lines]


@given(case=cases())
def test_the_changes_give_exactly_the_wanted_text(
    case: tuple[Document, Region, list[str], list[str], int],
) -> None:
    one, place, new, imports, before = case
    after = place.first if place.insert else place.last + 1
    top, bottom = bare(one)[: place.first], bare(one)[after:]
    if before < place.first:
        top[before:before] = imports
    elif before > after:
        bottom[before - after : before - after] = imports
    middle = [*imports, *new] if before == place.first else new
    if place.first != before == after:
        middle = [*new, *imports]
    changes = smallest(one, place, new, imports, before)
    found = applied(one, changes)
    assert bare(found) == ([*top, *middle, *bottom] or [""])


@given(case=cases())
def test_changes_are_in_order_and_never_touch(
    case: tuple[Document, Region, list[str], list[str], int],
) -> None:
    one, place, new, imports, before = case
    changes = smallest(one, place, new, imports, before)
    for left, right in pairwise(changes):
        assert left.start <= left.end < right.start <= right.end
    assert all(change.text or change.start != change.end for change in changes)


@given(case=cases())
def test_nothing_outside_the_region_changes(
    case: tuple[Document, Region, list[str], list[str], int],
) -> None:
    one, place, new, _, _ = case
    found = applied(one, smallest(one, place, new))
    after = place.first if place.insert else place.last + 1
    below = one.lines[after:]
    assert found.lines[len(found.lines) - len(below) :] == below
    if below:
        assert found.lines[: place.first] == one.lines[: place.first]
    else:  # the line above the last may gain or lose its end
        assert bare(found)[: place.first] == bare(one)[: place.first]


@given(case=cases())
def test_new_lines_get_the_line_end_that_most_have(
    case: tuple[Document, Region, list[str], list[str], int],
) -> None:
    one, place, new, imports, before = case
    found = applied(one, smallest(one, place, new, imports, before))
    ends = {line[len(without_end(line)) :] for line in one.lines} - {""}
    own = {line[len(without_end(line)) :] for line in found.lines} - {""}
    assert own <= (ends or {"\n"})


def test_a_new_file_gets_the_line_ends_of_its_region() -> None:
    place = replace(region(0, 0), line_end="\r\n")
    assert (
        applied(document(""), smallest(document(""), place, ["a", ""])).text == "a\r\n"
    )


def check(before: str, new: str, *changes: Change) -> None:
    """Replace all of a text."""
    one = document(before)
    last = len(one.lines) - 1 - (one.lines[-1] == "")
    found = smallest(
        one, region(0, last), [without_end(row) for row in split_lines(new)]
    )
    assert found == changes


def test_only_the_words_that_differ_are_changed() -> None:
    check(
        "a = 1\nresult = count(left, right)\nb = 2\n",
        "a = 1\nresult = total(left, right=1)\nb = 2",
        Change((1, 9), (1, 14), "total"),
        Change((1, 26), (1, 26), "=1"),
    )


def test_lines_that_come_and_go_are_whole_lines() -> None:
    check("a\nb\nc\n", "a\nc", Change((1, 0), (2, 0), ""))
    check("a\r\nc\r\n", "a\nb\nc", Change((1, 0), (1, 0), "b\r\n"))


def test_the_last_line_stays_without_an_end() -> None:
    check("a\nb", "a\nb\nc", Change((1, 1), (1, 1), "\nc"))
    check("a\nb", "a", Change((0, 1), (1, 1), ""))


def test_text_that_is_all_new_is_one_change() -> None:
    check(
        "for (int i = 0; i < n; i++) {\n",
        "return std::accumulate(a, b);",
        Change((0, 0), (0, 29), "return std::accumulate(a, b);"),
    )


def test_what_stands_already_is_no_change() -> None:
    check("a\r\n\r\nb\r\n", "a\n\nb")


@pytest.mark.parametrize(
    ("text", "end"), [("a\r\nb\nc\r\n", "\r\n"), ("a", ""), ("a\rb\r", "\r")]
)
def test_line_ends_are_those_of_the_file(text: str, end: str) -> None:
    assert line_end(document(text)) == end
