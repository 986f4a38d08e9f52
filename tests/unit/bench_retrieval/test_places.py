"""Where places are drawn, and what is to be found there."""

import pytest

from bench.retrieval.places import drawn
from bench.retrieval.tokens import Tokens
from lsp_server.engine.models import DEMO_FOLDER
from tests.unit.bench_retrieval.data import file, numbered

TOKENS = Tokens(DEMO_FOLDER)


def wanted(text: str, line: int) -> dict[int, set[str]] | None:
    """Return what is to be found after a line, by the lines looked ahead."""
    places = drawn([file("a.py", text)], TOKENS, 1_000, 0)
    found = [place.wanted for place in places if place.line == line]
    return {n: set(names) for n, names in found[0].items()} if found else None


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("a = 1\nb = c", 0, {1: {"b", "c"}, 5: {"b", "c"}}),
        ("a = 1\nb = a\nc = b", 0, {1: {"b"}, 5: {"b", "c"}}),
        ("b = 1\nb = 2\nc = 3", 0, {1: set(), 5: {"c"}}),
        ("a = 1\nif a and None: pass\nb = 2", 0, {1: set(), 5: {"b"}}),
        ("a = 1\nb = 'no'  # no", 0, {1: {"b"}, 5: {"b"}}),
        ("a = 1  # b\nb = c", 0, {1: {"c"}, 5: {"c"}}),
        ("a = 1\nb = 1\n\n\nc = 1\nd = 1\n\ne = 1\nf = 1\ng = 1", 0, {1: {"b"}, 5: {*"bcdef"}}),
    ],
)  # fmt: skip
def test_what_is_written_next_is_wanted(
    text: str, line: int, expected: dict[int, set[str]]
) -> None:
    assert wanted(text, line) == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\n\nb = c", 0),
        ("a = 1\n# b\nb = c", 0),
        ("a = 1\n'''b'''\nb = c", 0),
        ("a = 1\na = a\n", 0),
        ("a = 1\nb = c", 1),
    ],
    ids=["blank", "comment", "string", "nothing new", "the end"],
)
def test_no_place_before_what_is_not_asked_for(text: str, line: int) -> None:
    assert wanted(text, line) is None


def test_what_no_longer_stands_in_the_prompt_is_wanted() -> None:
    filler = numbered("x", 1_000)
    assert wanted(f"far = 1\n{filler}\nfar = 2", 1_000) == {1: {"far"}, 5: {"far"}}
    assert wanted(f"{filler}\nnear = 1\nnear = 2", 1_000) is None


def test_the_same_seed_draws_the_same_places() -> None:
    files = [file(f"{n}.py", numbered(f"n{n}", 50)) for n in range(5)]
    first = [(p.file.path, p.line) for p in drawn(files, TOKENS, 20, 1)]
    assert first == [(p.file.path, p.line) for p in drawn(files, TOKENS, 20, 1)]
    assert first != [(p.file.path, p.line) for p in drawn(files, TOKENS, 20, 2)]
    assert len(set(first)) == 20


def test_a_file_with_a_copy_has_no_places() -> None:
    text = numbered("a", 9)
    files = [file("a.py", text, unique=False), file("b.py", text, unique=False)]
    assert drawn(files, TOKENS, 5, 0) == []
    assert drawn([], TOKENS, 5, 0) == []
