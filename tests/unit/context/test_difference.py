import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.context.difference import difference, end_of_change
from retrieval.source import split_lines

lines = st.lists(st.sampled_from(["a\n", "b\n", "\n", "ab\r\n"]), max_size=12).map(
    tuple
)
blocks = st.integers(0, 3).map(lambda count: ("same\n",) * (count * 512))


@given(before=blocks, old=lines, new=lines, after=blocks)
def test_the_splice_makes_the_new_lines_of_the_old(
    before: tuple[str, ...],
    old: tuple[str, ...],
    new: tuple[str, ...],
    after: tuple[str, ...],
) -> None:
    old, new = (*before, *old, *after), (*before, *new, *after)
    splice = difference(old, new)
    if splice is None:
        assert old == new
        return
    assert old[: splice.first] + splice.lines + old[splice.last :] == new
    assert splice.first <= splice.last
    replaced = old[splice.first : splice.last]
    for at in (0, -1):  # nothing at either end is sent that is the same
        assert not (replaced and splice.lines and replaced[at] == splice.lines[at])


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("x = 1\n", "x = 12\n", (0, 6)),
        ("f(a)\n", "f(ab)\n", (0, 4)),
        ("a\nb\n", "a\nnew\nb\n", (1, 3)),
        ("a\nb", "a\nb\n    ", (2, 4)),
        ("a\nbc\nd\n", "a\nd\n", (1, 0)),
        ("a\nbcd\n", "a\nbd\n", (1, 1)),
        ("f(x)\r\n", "f(x, y)\r\n", (0, 6)),
        ("", "é😀", (0, 2)),
    ],
)
def test_a_change_ends_where_the_cursor_most_likely_is(
    old: str, new: str, place: tuple[int, int]
) -> None:
    before = split_lines(old)
    splice = difference(before, split_lines(new))
    assert splice is not None
    assert end_of_change(before, splice) == place
