"""Ghost text: what is offered where, and which request of several gets it."""

from typing import Any

import pytest

from tests.e2e.client import Editor, answer

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

SLOW = "+".join(f"item{number:03}" for number in range(40))
"""Takes a second and a half: time to type while it is generated."""

ENDLESS = "item+" * 10_000
"""Takes minutes: whoever does not wait for it has stopped it, or has been answered early."""

SCRIPT = {
    "piece_ms": 20,
    "answers": [
        answer("def add(a, b):\n    return ‸\n", "a + b"),
        answer("def crlf():\n    ‸\n", "x = 1\r\n    return x"),
        answer("total = ‸\n", SLOW),
        answer("total = zero‸\n", "es"),
        answer("total = item‸\n", "WRONG: this was to be served by the first"),
        answer("for ever ‸\n", ENDLESS),
        answer("for ever and ‸\n", "ever"),
        answer("greet(‸)\n", "name)"),
        answer("closing ‸\n", ENDLESS),
        answer("red\nfirst ‸\n", "after red"),
        answer("green\nfirst ‸\n", "after green"),
        answer("green\nfirst or last ‸\n", "after both"),
        answer("blank ‸\n", " \n\n"),
        answer("end of line‸\nend of text", "!"),
        answer("end of line\nend of text‸", "?"),
    ],
}


async def check(editor: Editor, drawn: str, shown: str | None, **opened: Any) -> None:
    assert await editor.shown(editor.open(drawn, **opened)) == shown


NOTHING: dict[str, Any] = {"result": {"items": []}}

# The answer


async def test_ghost_text_is_offered_at_the_cursor(editor: Editor) -> None:
    await check(editor, "def add(a, b):\n    return ‸\n", "a + b")


async def test_line_ends_are_lf_in_a_crlf_document_too(editor: Editor) -> None:
    await check(editor, "def crlf():\r\n    ‸\r\n", "x = 1\n    return x")


async def test_what_stands_after_the_cursor_is_not_offered_again(
    editor: Editor,
) -> None:
    await check(editor, "greet(‸)\n", "name")


@pytest.mark.parametrize(
    "uri",
    [
        pytest.param("", id="white space"),
        pytest.param("git:/project/a.py?ref", id="what is only shown"),
        pytest.param("file:///project/.env", id="a file of secrets"),
    ],
)
async def test_nothing_to_show_is_an_answer(editor: Editor, uri: str) -> None:
    """An editor that is answered null goes on showing what it was told before."""
    uri = editor.open("blank ‸\n", uri=uri)
    assert await editor.answer(editor.complete(uri)) == NOTHING


async def test_an_offer_tells_when_it_is_accepted(editor: Editor) -> None:
    offered = await editor.offer(editor.open("def add(a, b):\n    return ‸\n"))
    assert offered is not None
    command = offered["command"]
    assert command["command"] == "codellama.accepted"
    told = {"command": command["command"], "arguments": command["arguments"]}
    assert await editor.ask("workspace/executeCommand", told) == {"result": None}


async def test_the_same_place_gives_the_same_answer(editor: Editor) -> None:
    uri = editor.open("def add(a, b):\n    return ‸\n")
    assert await editor.offer(uri) is not None
    assert await editor.shown(uri) == await editor.shown(uri) == "a + b"
    assert {asked["temperature"] for asked in editor.journal("asked")} == {0}


@pytest.mark.parametrize(
    ("line", "character", "place", "shown"),
    [
        (0, 99, {"line": 0, "character": 11}, "!"),
        (1, 99, {"line": 1, "character": 11}, "?"),
        (9, 0, {"line": 1, "character": 11}, "?"),
    ],
)
async def test_a_position_past_the_end_is_the_end(
    editor: Editor, line: int, character: int, place: Any, shown: str
) -> None:
    uri = editor.open("end of line\nend of text")
    number = editor.request(
        "textDocument/inlineCompletion",
        {
            "textDocument": {"uri": uri},
            "position": {"line": line, "character": character},
            "context": {"triggerKind": 1},
        },
    )
    offered = await editor.offer(uri, number)
    assert offered is not None
    assert offered["insertText"] == shown
    assert offered["range"] == {"start": place, "end": place}


# Edits


async def test_an_edit_between_two_requests_changes_the_prompt(editor: Editor) -> None:
    uri = editor.open("red\nfirst ‸\n")
    assert await editor.shown(uri) == "after red"
    editor.replace(uri, "red\nfirst ", "green\nfirst ‸")
    assert await editor.shown(uri) == "after green"


async def test_each_edit_of_one_change_meets_what_the_one_before_made(
    editor: Editor,
) -> None:
    uri = editor.open("red\nfirst ‸\n")
    above = editor.change(uri, "red", "bright\ngreen")
    below = editor.change(uri, "first ", "first or last ‸")
    changes = [*above["contentChanges"], *below["contentChanges"]]
    editor.notify("textDocument/didChange", below | {"contentChanges": changes})
    assert await editor.shown(uri) == "after both"


async def test_a_change_may_bring_the_whole_text(editor: Editor) -> None:
    uri = editor.open("anything")
    text = editor.hold(uri, "green\nfirst ‸\n")
    editor.notify(
        "textDocument/didChange",
        {
            "textDocument": {"uri": uri, "version": 2},
            "contentChanges": [{"text": text}],
        },
    )
    assert await editor.shown(uri) == "after green"


# The newest request wins


async def test_newer_request_wins(editor: Editor) -> None:
    uri = editor.open("for ever ‸\n")
    older = editor.complete(uri)
    await editor.engine_was("asked")
    editor.type(uri, "and ")
    newer = editor.complete(uri)
    assert await editor.shown(uri, newer) == "ever"
    assert editor.answers(older) == [{"result": None}]
    await editor.engine_was("aborted", "finished")


async def test_what_agrees_is_served_by_the_running_generation(editor: Editor) -> None:
    uri = editor.open("total = ‸\n")
    older = editor.complete(uri)
    await editor.engine_was("asked")
    editor.type(uri, "item")
    newer = editor.complete(uri)
    assert await editor.shown(uri, newer) == SLOW.removeprefix("item")
    assert editor.answers(older) == [{"result": None}]
    await editor.engine_was("finished")


async def test_of_requests_that_arrive_together_only_the_last_is_generated(
    editor: Editor,
) -> None:
    uri = editor.open("for ever ‸\n")
    with editor.together():
        older = [editor.complete(uri) for _ in range(20)]
        editor.type(uri, "and ")
        newer = editor.complete(uri)
    assert await editor.shown(uri, newer) == "ever"
    assert [editor.answers(number) for number in older] == [[{"result": None}]] * 20
    await editor.engine_was("finished")


async def test_documents_do_not_supersede_each_other(editor: Editor) -> None:
    slow, quick = editor.open("total = ‸\n"), editor.open("for ever and ‸\n")
    older = editor.complete(slow)
    await editor.engine_was("asked")
    assert await editor.shown(quick) == "ever"
    assert await editor.shown(slow, older) == SLOW


# Cancellation


async def test_cancel_stops_the_generation(editor: Editor) -> None:
    uri = editor.open("for ever ‸\n")
    number = editor.complete(uri)
    await editor.engine_was("asked")
    editor.cancel(number)
    assert await editor.error_code(number) == -32800
    await editor.engine_was("aborted")


async def test_cancel_does_not_stop_what_the_next_request_agrees_with(
    editor: Editor,
) -> None:
    uri = editor.open("total = ‸\n")
    older = editor.complete(uri)
    await editor.engine_was("asked")
    with editor.together():  # VS Code's way
        editor.cancel(older)
        editor.type(uri, "item")
        newer = editor.complete(uri)
    assert await editor.error_code(older) == -32800
    assert await editor.shown(uri, newer) == SLOW.removeprefix("item")
    await editor.engine_was("finished")


async def test_cancel_stops_what_the_next_request_does_not_agree_with(
    editor: Editor,
) -> None:
    uri = editor.open("total = ‸\n")
    older = editor.complete(uri)
    await editor.engine_was("asked")
    with editor.together():
        editor.cancel(older)
        editor.type(uri, "zero")
        newer = editor.complete(uri)
    assert await editor.error_code(older) == -32800
    assert await editor.shown(uri, newer) == "es"
    await editor.engine_was("aborted", "finished")


async def test_what_is_cancelled_at_once_is_never_generated(editor: Editor) -> None:
    uri = editor.open("for ever ‸\n")
    with editor.together():
        number = editor.complete(uri)
        editor.cancel(number)
    assert await editor.error_code(number) == -32800
    await editor.settle()
    assert editor.fates() == []


async def test_cancel_of_what_has_its_answer_does_nothing(editor: Editor) -> None:
    uri = editor.open("def add(a, b):\n    return ‸\n")
    number = editor.complete(uri)
    assert await editor.shown(uri, number) == "a + b"
    editor.cancel(number)
    editor.cancel(9_999)
    await editor.settle()
    assert len(editor.answers(number)) == 1


async def test_closing_a_document_ends_its_generation_without_an_offer(
    editor: Editor,
) -> None:
    uri = editor.open("closing ‸\n")
    number = editor.complete(uri)
    await editor.engine_was("asked")
    editor.close(uri)
    assert await editor.answer(number) == {"result": None}
    await editor.engine_was("aborted")
