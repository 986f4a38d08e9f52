"""The client's side of ghost text: what is asked when, and what is on the screen.

``vscode`` asks at each change, and cancels the older request before it sends the next.
``neovim`` asks when nothing was pressed for 200 ms, also after a move of the cursor, never
cancels, and takes what it shows away at each key.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bench.connection import Connection
from bench.typing.keys import ACCEPTING, MOVING, Key, Press
from bench.typing.suggestion import Suggestion, typed, typed_over

ACCEPTED = "codellama.accepted"

_NEOVIM_DEBOUNCE_MS = 200
_AUTOMATIC = 2
_INVOKED = 1


class Client(StrEnum):
    """Whose habits the editor has."""

    VSCODE = "vscode"
    NEOVIM = "neovim"


@dataclass(slots=True)
class _Asked:
    """The newest request: it alone may change the screen. ``msg_id`` is None until it is sent."""

    number: int
    due_ns: int
    msg_id: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A request's answer, for the key ``number`` after which it was asked."""

    number: int
    at_ns: int
    shown: Suggestion | None


class Editor:
    """One open document. ``inline``: the server has LSP's inline completion, else completion.

    ``tell`` gets each answer to a request that nothing has come after, and None as its
    suggestion where it has none.
    """

    def __init__(
        self,
        connection: Connection,
        uri: str,
        client: Client,
        *,
        inline: bool,
        moves: bool,
        tell: Callable[[Answered], None],
    ) -> None:
        self._connection = connection
        self._uri = uri
        self._client = client
        self._inline = inline
        self._moves = moves
        self._tell = tell
        self._version = 1
        self._asked: _Asked | None = None
        self._shown: Suggestion | None = None
        self.text = ""
        self._cursor = 0

    def open(self, language: str, text: str) -> None:
        self.text = text
        item = {
            "uri": self._uri,
            "languageId": language,
            "version": self._version,
            "text": text,
        }
        self._connection.notify("textDocument/didOpen", {"textDocument": item})

    def close(self) -> None:
        document = {"textDocument": {"uri": self._uri}}
        self._connection.notify("textDocument/didClose", document)

    def press(self, number: int, press: Press) -> None:
        """Do what an editor does at a key: change the document, tell the server, and ask."""
        now_ns = time.monotonic_ns()
        shown = self.shown()
        if press.key not in MOVING:
            self._change(press)
        if press.key is Key.WHOLE and shown is not None and shown.offer is not None:
            arguments = {"command": ACCEPTED, "arguments": [shown.offer]}
            self._connection.ask("workspace/executeCommand", arguments)
        self._cursor = press.cursor
        self._shown = _left(shown, press)
        if press.key is Key.JUMP and self._moves:
            place = {
                "textDocument": {"uri": self._uri},
                "position": self._position(press.cursor),
            }
            self._connection.notify("codellama/cursorMoved", place)
        if self._client is Client.VSCODE:
            self._cancel()
            self._asked = None
            if press.key not in MOVING:
                self._asked = _Asked(number, now_ns)
                self._ask(self._asked)
        else:
            self._shown = None
            self._asked = _Asked(number, now_ns + _NEOVIM_DEBOUNCE_MS * 1_000_000)

    def until(self, due_ns: int) -> None:
        """Let time pass, and ask what is due meanwhile."""
        asked = self._asked
        if asked is not None and asked.msg_id is None and asked.due_ns < due_ns:
            _sleep_until(asked.due_ns)
            self._ask(asked)
        _sleep_until(due_ns)

    def shown(self) -> Suggestion | None:
        """Return what is on the screen.

        The newest request's answer, or else what is left of what was there before.
        """
        asked = self._asked
        if asked is None or asked.msg_id is None:
            return self._shown
        answer = self._connection.answer(asked.msg_id)
        if answer is None:
            return self._shown
        found = None if answer.error else self._suggestion(answer.result, answer.at_ns)
        self._tell(Answered(asked.number, answer.at_ns, found))
        self._asked = None
        if found is not None:
            old = self._shown
            same = old is not None and old.text == found.text
            since_ns = old.since_ns if old is not None and same else answer.at_ns
            self._shown = Suggestion(
                text=found.text,
                replaces=found.replaces,
                offer=found.offer,
                since_ns=since_ns,
            )
        return self._shown

    def _change(self, press: Press) -> None:
        self._version += 1
        between = {
            "start": self._position(press.start),
            "end": self._position(press.end),
        }
        params = {
            "textDocument": {"uri": self._uri, "version": self._version},
            "contentChanges": [{"range": between, "text": press.new}],
        }
        self._connection.notify("textDocument/didChange", params)
        self.text = self.text[: press.start] + press.new + self.text[press.end :]

    def _cancel(self) -> None:
        if self._asked is not None and self._asked.msg_id is not None:
            self._connection.notify("$/cancelRequest", {"id": self._asked.msg_id})

    def _ask(self, asked: _Asked) -> None:
        params = {
            "textDocument": {"uri": self._uri},
            "position": self._position(self._cursor),
        }
        if self._inline:
            method = "textDocument/inlineCompletion"
            context = {"triggerKind": _AUTOMATIC}
        else:
            method = "textDocument/completion"
            context = {"triggerKind": _INVOKED}
        asked.msg_id = self._connection.ask(method, params | {"context": context})

    def _suggestion(self, result: Any, at_ns: int) -> Suggestion | None:
        """Return the first item that says something."""
        items = result.get("items", ()) if isinstance(result, Mapping) else result or ()
        for item in items:
            text, between = _inserted(item)
            start, end = self._cursor, self._cursor
            if between is not None:
                start, end = (self._offset(between[side]) for side in ("start", "end"))
            before = self.text[start : self._cursor]
            if text.startswith(before) and text != before and start <= self._cursor:
                command = item.get("command") or {}
                offer = (command.get("arguments") or [None])[0]
                return Suggestion(
                    text=text[len(before) :],
                    replaces=max(0, end - self._cursor),
                    offer=offer if command.get("command") == ACCEPTED else None,
                    since_ns=at_ns,
                )
        return None

    def _position(self, offset: int) -> dict[str, int]:
        line = self.text.count("\n", 0, offset)
        start = self.text.rfind("\n", 0, offset) + 1
        return {"line": line, "character": _units(self.text[start:offset])}

    def _offset(self, position: Mapping[str, int]) -> int:
        start = 0
        for _ in range(position["line"]):
            start = self.text.find("\n", start) + 1
        end = start
        while _units(self.text[start:end]) < position["character"]:
            end += 1
        return end


def _left(shown: Suggestion | None, press: Press) -> Suggestion | None:
    """Return what the editor keeps on the screen of it after a key."""
    if press.key is Key.OVER:
        return typed_over(shown, press.new)
    writes = press.start == press.end and press.new
    if writes and (press.key in ACCEPTING or press.key in {Key.TYPED, Key.ENTER}):
        return typed(shown, press.typed, press.closing)
    return None


def _inserted(item: Mapping[str, Any]) -> tuple[str, Mapping[str, Any] | None]:
    """Return what an item of either kind of completion would insert, and instead of what."""
    edit = item.get("textEdit") or {}
    text = edit.get("newText") or item.get("insertText") or item.get("label") or ""
    if isinstance(text, Mapping):
        text = text["value"]
    return str(text), edit.get("range") or item.get("range")


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _sleep_until(due_ns: int) -> None:
    left_ns = due_ns - time.monotonic_ns()
    if left_ns > 0:
        time.sleep(left_ns / 1e9)
