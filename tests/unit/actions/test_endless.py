"""What is a loop, and what people write."""

import pytest

from lsp_server.actions.endless import says_again


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\n" + "y = f(x)\n" * 32,
        "def f():\n    return 1\n\n" * 12,
        "abcdefgh " * 200,
        "say('a" + "ha" * 600,
        "\n".join(f"{name} = 1" for name in "abcdefgh" * 8) + "\n",
    ],
    ids=["a line", "three lines", "words", "syllables", "eight lines"],
)
def test_what_is_said_again_and_again_is_a_loop(text: str) -> None:
    assert says_again(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "    None,\n" * 20,
        "0, 0, 0, 0,\n" * 100,
        "\n" * 200,
        "-" * 2_000,
        "\n".join(f"x{number} = {number}" for number in range(200)),
        "y = f(x)\n" * 31,
        "y = f(x)\n" * 40 + "z = 1\n",
        "ab" * 400,
    ],
    ids=[
        "nothing",
        "a table of words",
        "a table of numbers",
        "blank lines",
        "a rule",
        "lines that count",
        "not often enough",
        "a loop that has ended",
        "a short line",
    ],
)
def test_what_people_write_is_none(text: str) -> None:
    assert not says_again(text)
