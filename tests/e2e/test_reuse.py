"""What needs no engine: answers that are known, and those that are on their way."""

from typing import Any

import pytest

from tests.e2e.client import Editor, answer
from tests.marked import MARK

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

BLOCK = "total = 0\n    for each in items:\n        total += each\n    return total"
SLOW = "+".join(f"item{number:03}" for number in range(40))
SCRIPT = {
    "piece_ms": 5,
    "answers": [
        answer("def total(items):\n    ‸\n", BLOCK),
        answer("greet = ‸\n", "hello(name, other)"),
        answer("called = ‸\n", "f(a, [b, c])"),
        answer("grüße = ‸\n", "grüße(漢字, '🎉🎉', e\u0301)"),
        answer("spaced(‸\n", "  first, second"),
        answer("storm = x199‸\n", " + y"),
        answer("storm = ", SLOW),
    ],
}


async def typed(editor: Editor, uri: str, keys: str) -> list[str | None]:
    """Type key by key, and return what is shown after each."""
    shown = []
    for key in keys:
        editor.type(uri, key)
        shown.append(await editor.shown(uri))
    return shown


def rests(text: str, count: int) -> list[str]:
    return [text[at:] for at in range(1, count + 1)]


async def test_what_is_typed_along_the_answer_asks_no_engine(editor: Editor) -> None:
    uri = editor.open("greet = ‸\n")
    text = await editor.shown(uri)
    assert text == "hello(name, other)"
    assert await typed(editor, uri, text[:-1]) == rests(text, len(text) - 1)
    assert editor.fates() == ["finished"]


async def test_a_block_is_typed_along_over_its_lines(editor: Editor) -> None:
    uri = editor.open("def total(items):\n    ‸\n")
    assert await editor.shown(uri) == BLOCK
    editor.type(uri, "total = 0\n    ")  # accepted by line
    assert await editor.shown(uri) == BLOCK.removeprefix("total = 0\n    ")
    editor.type(uri, "for ")  # and by word
    assert await editor.shown(uri) == BLOCK.removeprefix("total = 0\n    for ")
    assert editor.fates() == ["finished"]


async def test_backspace_and_a_cursor_that_comes_back_ask_no_engine(
    editor: Editor,
) -> None:
    uri = editor.open("greet = ‸\n")
    text = await editor.shown(uri)
    assert text is not None
    await typed(editor, uri, text[:5])
    editor.replace(uri, "hello", "hel" + MARK)
    assert await editor.shown(uri) == text[3:]
    editor.replace(uri, "hel", MARK)
    assert await editor.shown(uri) == text
    assert editor.fates() == ["finished"]


async def test_what_changes_elsewhere_meanwhile_changes_nothing(editor: Editor) -> None:
    uri = editor.open("a = 1\n\n1\n2\n3\ngreet = ‸\n")
    text = await editor.shown(uri)
    assert text is not None
    editor.replace(uri, "a = 1\n", "import os\nimport re\n")
    editor.replace(uri, "greet = ", f"greet = {text[:3]}{MARK}")
    assert await editor.shown(uri) == text[3:]
    assert editor.fates() == ["finished"]


@pytest.mark.parametrize("encoding", ["utf-16"])
async def test_text_of_all_the_world_is_typed_along(
    editor: Editor, encoding: str
) -> None:
    assert editor.encoding == encoding
    uri = editor.open("grüße = ‸\r\n")
    text = await editor.shown(uri)
    assert text == "grüße(漢字, '🎉🎉', e\u0301)"
    assert await typed(editor, uri, text[:-1]) == rests(text, len(text) - 1)
    assert editor.fates() == ["finished"]


async def test_a_bracket_that_the_editor_closes_is_not_offered_again(
    editor: Editor,
) -> None:
    """And typed over it is gone, with what stands behind it in the answer known still."""
    uri = editor.open("called = ‸\n")
    assert await editor.shown(uri) == "f(a, [b, c])"
    editor.replace(uri, "called = ", f"called = f({MARK})")
    assert await editor.shown(uri) == "a, [b, c]"
    editor.replace(uri, "f()", f"f(a, [{MARK}])")
    assert await editor.shown(uri) == "b, c"
    assert editor.fates() == ["finished"]


async def test_what_filters_took_off_is_not_missed_when_it_is_typed(
    editor: Editor,
) -> None:
    uri = editor.open("spaced(‸\n")
    text = await editor.shown(uri)
    assert text == "first, second"
    assert await typed(editor, uri, text[:-1]) == rests(text, len(text) - 1)
    assert editor.fates() == ["finished"]


async def test_what_does_not_agree_asks_the_engine(editor: Editor) -> None:
    uri = editor.open("greet = ‸\n")
    await editor.shown(uri)
    editor.type(uri, "x")
    await editor.shown(uri)
    assert len(editor.fates()) == 2


async def test_other_settings_have_other_answers(editor: Editor) -> None:
    uri = editor.open("def total(items):\n    ‸\n")
    await editor.shown(uri)
    try:
        settings: Any = {"codellama": {"inline": {"maxLines": 2}}}
        editor.notify("workspace/didChangeConfiguration", {"settings": settings})
        # Two lines are not enough for the loop, and half of it is not offered.
        assert await editor.shown(uri) == "total = 0"
    finally:
        editor.notify(
            "workspace/didChangeConfiguration", {"settings": {"codellama": {}}}
        )


@pytest.mark.parametrize("cancels", [True, False], ids=["cancelled", "not cancelled"])
async def test_a_storm_leaves_no_generation_and_one_right_answer(
    editor: Editor, *, cancels: bool
) -> None:
    """Two hundred keystrokes, each with a request, ten milliseconds apart."""
    uri = editor.open("storm = x‸\n")
    numbers: list[int] = []
    for number in range(200):
        old = f"storm = x{number - 1 if number else ''}"
        editor.replace(uri, old, f"storm = x{number}{MARK}")
        if numbers and cancels:
            editor.cancel(numbers[-1])
        numbers.append(editor.complete(uri))
        await editor.settle()
    assert await editor.shown(uri, numbers[-1]) == " + y"
    results = [(await editor.answer(number)) for number in numbers[:-1]]
    codes = [result.get("error", {}).get("code") for result in results]
    assert all(code in {None, -32800} for code in codes)
    assert [result for result in results if result.get("result")] == []
    await editor.settle()
    fates = editor.fates()
    assert fates[-1] == "finished"
    assert "asked" not in fates
