"""What these tests stand on: values cut from a stream of bytes, and the grid of the screen."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.editors.neovim.messages import Messages, end_of_value
from tests.editors.neovim.screen import Screen

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=300)
    | st.binary(max_size=300)
    | st.builds(msgspec.msgpack.Ext, st.just(0), st.just(b"\x07")),
    lambda inner: (
        st.lists(inner, max_size=20)
        | st.dictionaries(st.text(max_size=3), inner, max_size=20)
    ),
)


@given(st.lists(VALUES, max_size=4), st.integers(1, 50))
def test_values_are_whole_however_they_are_cut(values: list[object], size: int) -> None:
    encoded = [msgspec.msgpack.encode(value) for value in values]
    messages = Messages()
    found: list[object] = []
    data = b"".join(encoded)
    for start in range(0, len(data), size):
        found += messages.feed(data[start : start + size])
    expected = Messages()
    assert found == [value for one in encoded for value in expected.feed(one)]
    assert len(found) == len(values)


@given(VALUES)
def test_a_value_that_is_cut_has_no_end(value: object) -> None:
    data = msgspec.msgpack.encode(value)
    assert end_of_value(data, 0) == len(data)
    assert all(end_of_value(data[:end], 0) is None for end in range(len(data)))


def test_what_is_scrolled_away_is_gone() -> None:
    screen = Screen()
    screen.take(
        [
            ["grid_resize", [1, 3, 3]],
            [
                "grid_line",
                *([1, row, 0, [["abc"[row], 0, 3]], False] for row in range(3)),
            ],
            ["grid_scroll", [1, 0, 3, 0, 3, 1, 0]],
        ]
    )
    assert screen.lines() == ["bbb", "ccc", "ccc"]
    screen.take([["grid_scroll", [1, 0, 3, 0, 3, -1, 0]]])
    assert screen.lines() == ["bbb", "bbb", "ccc"]
