"""What is generated before anybody asks: where it begins."""

import pytest

from lsp_server.background import accepted
from lsp_server.record import Offer
from tests.marked import MARK, at


@pytest.mark.parametrize(
    ("drawn", "text", "then"),
    [
        ("x = ‸\ny\n", "f()", "x = f()‸\ny\n"),
        (
            "def f():\n    ‸\n",
            "a = 1\n    return a",
            "def f():\n    a = 1\n    return a‸\n",
        ),
        ("f(‸)\n", "a, b", "f(a, b)‸\n"),
        ("f(‸) + g(x)\n", "a", "f(a‸) + g(x)\n"),
        ("é‸\r\nb", "漢\n🎉", "é漢\n🎉‸\r\nb"),
    ],
)
def test_the_next_suggestion_begins_behind_the_one_that_is_shown(
    drawn: str, text: str, then: str
) -> None:
    cursor = accepted(
        Offer(
            id="1",
            cursor=at(drawn),
            text=text,
            name="demo",
            model="",
            finish="",
            prompt_tokens=0,
            cached_tokens=None,
            first_piece_ms=0.0,
            total_ms=0.0,
        )
    )
    before = "".join(cursor.document.lines[: cursor.line]) + cursor.before
    whole = cursor.document.text
    assert before + MARK + whole[len(before) :] == then
