"""An editor's habits: what it sends, and what it shows, against a server that is a list."""

import time
from typing import Any, cast

import pytest

from bench.connection import Answer, Connection
from bench.typing.editor import Answered, Client, Editor
from bench.typing.keys import Key, Press

CHANGE = "textDocument/didChange"
INLINE = "textDocument/inlineCompletion"
CANCEL = "$/cancelRequest"


class Server:
    """Notes what it gets; ``results`` are its answers, by request."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.params: list[Any] = []
        self.results: dict[int, Any] = {}
        self.requests = 0

    def notify(self, method: str, params: Any) -> None:
        self.got.append(method)
        self.params.append(params)

    def ask(self, method: str, params: Any) -> int:
        self.notify(method, params)
        self.requests += 1
        return self.requests

    def answer(self, msg_id: int) -> Answer | None:
        if msg_id not in self.results:
            return None
        return Answer(self.results.pop(msg_id), None, 7)


def opened(
    server: Server, text: str, client: Client = Client.VSCODE, *, inline: bool = True
) -> tuple[Editor, list[Answered]]:
    told: list[Answered] = []
    editor = Editor(
        cast("Connection", server),
        "file:///a",
        client,
        inline=inline,
        moves=True,
        tell=told.append,
    )
    editor.open("python", text)
    server.got.clear()
    return editor, told


def key(text: str, at: int, kind: Key = Key.TYPED) -> Press:
    return Press(key=kind, wait_ms=0, start=at, end=at, new=text, cursor=at + len(text))


def items(*found: Any) -> Any:
    return {"items": [*found]}


def test_vscode_cancels_before_it_asks_again() -> None:
    server = Server()
    editor, _ = opened(server, "")
    editor.press(0, key("a", 0))
    editor.press(1, key("b", 1))
    assert server.got == [CHANGE, INLINE, CHANGE, CANCEL, INLINE]
    assert editor.text == "ab"


def test_neovim_asks_when_nothing_is_pressed_for_a_while() -> None:
    server = Server()
    editor, _ = opened(server, "", Client.NEOVIM)
    editor.press(0, key("a", 0))
    editor.press(1, key("b", 1))
    assert server.got == [CHANGE, CHANGE]
    editor.until(time.monotonic_ns() + 300_000_000)
    assert server.got == [CHANGE, CHANGE, INLINE]


def test_an_answer_is_shown_and_stays_while_one_types_along() -> None:
    server = Server()
    editor, told = opened(server, "")
    editor.press(0, key("a", 0))
    assert editor.shown() is None
    server.results[1] = items({"insertText": "bcd"})
    shown = editor.shown()
    assert shown is not None
    assert (shown.text, shown.since_ns) == ("bcd", 7)
    assert [(one.number, one.at_ns) for one in told] == [(0, 7)]
    editor.press(1, key("b", 1))
    left = editor.shown()
    assert left is not None
    assert left.text == "cd"
    server.results[2] = None  # an empty answer takes nothing away
    assert editor.shown() == left
    assert told[-1].shown is None
    editor.press(2, key("x", 2))
    assert editor.shown() is None


def test_the_answer_to_an_older_request_is_not_shown() -> None:
    server = Server()
    editor, told = opened(server, "")
    editor.press(0, key("a", 0))
    editor.press(1, key("b", 1))
    server.results[1] = items({"insertText": "bcd"})
    assert editor.shown() is None
    assert not told


def test_a_taken_offer_is_told() -> None:
    server = Server()
    editor, _ = opened(server, "")
    editor.press(0, key("a", 0))
    command = {"command": "codellama.accepted", "arguments": ["9"]}
    server.results[1] = items({"insertText": "bcd", "command": command})
    editor.press(1, key("bcd", 1, Key.WHOLE))
    assert {"command": "codellama.accepted", "arguments": ["9"]} in server.params
    assert editor.text == "abcd"


def test_a_jump_is_told_and_asks_nothing() -> None:
    server = Server()
    editor, _ = opened(server, "a\nb")
    editor.press(0, key("", 3, Key.JUMP))
    assert server.got == ["codellama/cursorMoved"]
    assert server.params[-1]["position"] == {"line": 1, "character": 1}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"insertText": "xy"}, ("xy", 0)),
        ({"insertText": "xy", "range": (2, 2)}, ("xy", 0)),
        ({"insertText": "xy)", "range": (2, 3)}, ("xy)", 1)),
        ({"label": "f", "textEdit": {"newText": "f(xy)", "range": (0, 3)}}, ("xy)", 1)),
        ({"label": "f", "textEdit": {"newText": "g(xy)", "range": (0, 3)}}, None),
        ({"insertText": {"value": "xy"}}, ("xy", 0)),
        ({"insertText": ""}, None),
    ],
)
def test_items_of_either_kind_are_read(
    item: dict[str, Any], expected: tuple[str, int] | None
) -> None:
    server = Server()
    editor, _ = opened(server, "f)", inline="textEdit" not in item)
    editor.press(0, key("(", 1))
    holder = item.get("textEdit", item)
    if "range" in holder:
        start, end = holder["range"]
        holder = holder | {
            "range": {
                "start": {"line": 0, "character": start},
                "end": {"line": 0, "character": end},
            }
        }
    item = {**item, "textEdit": holder} if "textEdit" in item else holder
    server.results[1] = items(item)
    shown = editor.shown()
    assert (shown and (shown.text, shown.replaces)) == expected
    assert server.got[-1] == (
        "textDocument/completion" if "textEdit" in item else INLINE
    )


def test_places_are_counted_in_utf_16() -> None:
    server = Server()
    editor, _ = opened(server, "\N{GRINNING FACE}\n\N{GRINNING FACE}b")
    editor.press(0, key("c", 4))
    assert server.params[-1]["position"] == {"line": 1, "character": 4}
    there = {"line": 1, "character": 4}
    server.results[1] = items(
        {"insertText": "d", "range": {"start": there, "end": there}}
    )
    shown = editor.shown()
    assert shown is not None
    assert (shown.text, shown.replaces) == ("d", 0)
