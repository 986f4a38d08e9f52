"""Messages that are not as they should be: each has one answer, and the server lives on."""

import json
from typing import Any

import pytest

from tests.e2e.client import Editor, answer, frame

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

SCRIPT = {"answers": [answer("hello ‸", "world")]}


async def check_alive(editor: Editor) -> None:
    assert await editor.shown(editor.open("hello ‸")) == "world"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32700),
        (b"", -32700),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "shutdown"', -32700),
        (b'{"jsonrpc": "2.0", "method": "\xff"}', -32700),
        (b"[" * 100_000, -32700),
        (b"[]", -32600),
        (b"7", -32600),
        (b"null", -32600),
        (b"{}", -32600),
        (b'{"jsonrpc": "2.0"}', -32600),
        (b'{"jsonrpc": "2.0", "id": {}, "method": "shutdown"}', -32600),
    ],
)
async def test_what_has_no_id_is_answered_with_none(
    editor: Editor, body: bytes, code: int
) -> None:
    known = len(editor.answers(None))
    editor.write(frame(body))
    await editor.settle()
    (told,) = editor.answers(None)[known:]
    assert told["error"]["code"] == code
    await check_alive(editor)


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("textDocument/inlineCompletion", None, -32602),
        ("textDocument/inlineCompletion", [], -32602),
        ("textDocument/inlineCompletion", {"textDocument": {"uri": 7}}, -32602),
        ("workspace/executeCommand", {"command": 7}, -32602),
        ("textDocument/didOpen", {}, -32600),
        (
            "initialize",
            {"capabilities": {}, "processId": None, "rootUri": None},
            -32600,
        ),
        ("textDocument/unheardOf", {}, -32601),
        ("no/method", None, -32601),
    ],
)
async def test_a_request_that_cannot_be_served_has_its_error(
    editor: Editor, method: str, params: Any, code: int
) -> None:
    number = editor.request(method, params)
    assert await editor.error_code(number) == code
    await check_alive(editor)


async def test_a_message_of_another_protocol_has_its_error(editor: Editor) -> None:
    number = editor.request("shutdown", None, jsonrpc="1.0")
    assert await editor.error_code(number) == -32600
    await check_alive(editor)


async def test_an_unknown_command_is_an_error(editor: Editor) -> None:
    told = await editor.ask(
        "workspace/executeCommand", {"command": "codellama.nothing"}
    )
    assert "error" in told
    await check_alive(editor)


@pytest.mark.parametrize("arguments", [None, [], [7], ["1", "2"], ["no such offer"]])
async def test_a_strange_acceptance_does_no_harm(
    editor: Editor, arguments: Any
) -> None:
    told = {"command": "codellama.accepted", "arguments": arguments}
    assert len(await editor.ask("workspace/executeCommand", told)) == 1
    await check_alive(editor)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("textDocument/didOpen", {"textDocument": {}}),
        ("textDocument/didChange", []),
        ("textDocument/didClose", None),
        ("notebookDocument/didChange", {"change": 7}),
        ("workspace/didChangeConfiguration", 7),
        ("$/cancelRequest", {}),
        ("$/setTrace", {"value": "verbose"}),
        ("$/unheardOf", {}),
        ("workspace/didChangeWatchedFiles", {"changes": []}),
        ("shutdown", None),
    ],
)
async def test_a_notification_that_cannot_be_used_is_dropped(
    editor: Editor, method: str, params: Any
) -> None:
    known = len(editor.received)
    editor.notify(method, params)
    await editor.settle()
    assert len(editor.received) == known + 1  # what ``settle`` asked
    await check_alive(editor)


async def test_an_id_may_be_text_and_is_given_back_as_it_came(editor: Editor) -> None:
    for number in ("1", "ä", ""):
        editor.expect(number)
        body = {"jsonrpc": "2.0", "id": number, "method": "no/method"}
        editor.write(frame(json.dumps(body).encode()))
        assert await editor.error_code(number) == -32601


async def test_characters_may_come_as_they_are_or_escaped(editor: Editor) -> None:
    for ascii_only in (True, False):
        body = {
            "jsonrpc": "2.0",
            "method": "textDocument/didOpen",
            "params": {
                "textDocument": {
                    "uri": "untitled:1",
                    "languageId": "python",
                    "version": 1,
                    "text": editor.hold("untitled:1", "'👍' hello ‸"),
                }
            },
        }
        editor.write(frame(json.dumps(body, ensure_ascii=ascii_only).encode()))
        assert await editor.shown("untitled:1") == "world"
