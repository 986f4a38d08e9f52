"""What an editor does with code actions: menus, choices, and edits put into its buffers."""

import copy
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lsp_server.actions.audit import FILE, Line, read
from tests.e2e.client import CAPABLE, Editor, Message, eventually, position

RESOLVES: Message = {
    "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}},
    "resolveSupport": {"properties": ["edit"]},
    "dataSupport": True,
    "disabledSupport": True,
    "isPreferredSupport": True,
    "honorsChangeAnnotations": True,
}
EDITS: Message = {
    "documentChanges": True,
    "resourceOperations": ["create", "rename", "delete"],
    "changeAnnotationSupport": {"groupsOnLabel": False},
}


def capable(
    *,
    action: Message | None = RESOLVES,
    edit: Message | None = EDITS,
    encoding: str = "utf-16",
    asks: bool = True,
) -> Message:
    """Return what an editor of today can do; None takes something away."""
    able = copy.deepcopy(CAPABLE)
    able["general"]["positionEncodings"] = [encoding]
    able["textDocument"]["codeAction"] = action
    able["workspace"] |= {"applyEdit": True, "workspaceEdit": edit}
    able["window"]["showDocument"] = {"support": True}
    able["experimental"] = {"codellama/input": asks}
    return able


def span(editor: Editor, uri: str, text: str) -> Message:
    """Return the range of a text that stands once in the buffer."""
    whole = editor.text(uri)
    assert whole.count(text) == 1
    start = whole.index(text)
    return {
        "start": position(whole, start, editor.encoding),
        "end": position(whole, start + len(text), editor.encoding),
    }


def here(editor: Editor, uri: str, text: str) -> Message:
    """Return the place where a text begins that stands once in the buffer: no selection."""
    found = span(editor, uri, text)
    return {"start": found["start"], "end": found["start"]}


def finding(editor: Editor, uri: str, text: str, message: str) -> Message:
    """Return a diagnostic of a text."""
    return {
        "range": span(editor, uri, text),
        "message": message,
        "severity": 1,
        "source": "linter",
        "code": "E1",
    }


async def menu(
    editor: Editor,
    uri: str,
    range_: Message,
    *,
    only: Sequence[str] | None = None,
    diagnostics: Sequence[Message] = (),
    kind: int | None = 1,
) -> list[Message]:
    """Open the menu; ``kind`` 2 asks as an editor does by itself."""
    context: Message = {"diagnostics": [*diagnostics]}
    if only is not None:
        context["only"] = [*only]
    if kind is not None:
        context["triggerKind"] = kind
    params = {"textDocument": {"uri": uri}, "range": range_, "context": context}
    answer = await editor.ask("textDocument/codeAction", params)
    assert "result" in answer, f"{answer}: {editor.stderr()}"
    found: list[Message] = answer["result"]
    return found


async def entry(
    editor: Editor, uri: str, range_: Message, kind: str, **more: Any
) -> Message:
    """Return the first entry of the menu that is of this kind."""
    found = await menu(editor, uri, range_, only=[kind], **more)
    assert found, "it is not offered"
    return found[0]


async def resolved(editor: Editor, action: Message) -> Message:
    answer = await editor.ask("codeAction/resolve", action)
    assert "result" in answer, f"{answer}: {editor.stderr()}"
    found: Message = answer["result"]
    return found


async def chosen(
    editor: Editor, uri: str, range_: Message, kind: str, **more: Any
) -> Message:
    """Choose the entry of this kind; return it as it is resolved."""
    return await resolved(editor, await entry(editor, uri, range_, kind, **more))


def put_in(editor: Editor, uri: str, edit: Message) -> str:
    """Return the buffer's text with an edit that must be of this version, and no other."""
    if "changes" in edit:
        assert list(edit["changes"]) == [uri]
        return _applied(editor.text(uri), edit["changes"][uri], editor.encoding)
    (change,) = edit["documentChanges"]
    assert change["textDocument"] == {"uri": uri, "version": editor.version(uri)}
    return _applied(editor.text(uri), change["edits"], editor.encoding)


def _applied(text: str, edits: Sequence[Message], encoding: str) -> str:
    found = [
        (_offset(text, one["range"]["start"], encoding), one["newText"], one)
        for one in edits
    ]
    for start, new, one in sorted(found, key=lambda each: each[0], reverse=True):
        end = _offset(text, one["range"]["end"], encoding)
        assert start <= end
        text = text[:start] + new + text[end:]
    return text


def _offset(text: str, place: Message, encoding: str) -> int:
    """Return the offset of a position that must be one of this text."""
    for offset in range(len(text) + 1):
        if position(text, offset, encoding) == place:
            return offset
    raise AssertionError(f"{place} is no place of the text")


class Page:
    """The page of an explanation, as an editor shows it and is told to write it."""

    def __init__(self, editor: Editor) -> None:
        self.text = ""
        self.edits = 0
        self.file = Path()
        self._encoding = editor.encoding
        editor.replies["window/showDocument"] = self._show
        editor.replies["workspace/applyEdit"] = self._apply

    def _show(self, params: Message) -> Message:
        assert params["takeFocus"] is False
        self.file = path_of(params["uri"])
        self.text = self.file.read_text()
        return {"success": True}

    def _apply(self, params: Message) -> Message:
        (change,) = params["edit"]["documentChanges"]
        if change.get("kind") == "rename":
            assert path_of(change["oldUri"]) == self.file
            self.file.unlink()
            self.file = path_of(change["newUri"])
            self.file.write_text(self.text + "\n")
            return {"applied": True}
        assert path_of(change["textDocument"]["uri"]) == self.file
        self.text = _applied(self.text, change["edits"], self._encoding)
        self.edits += 1
        return {"applied": True}


def path_of(uri: str) -> Path:
    return Path(unquote(urlsplit(uri).path))


async def audited(editor: Editor, wanted: Callable[[list[Line]], object]) -> list[Line]:
    """Return the audit's lines, once they are as wanted."""
    file = editor.folder / "home" / "codellama-lsp" / FILE

    def look() -> list[Line] | None:
        lines = read(file)
        return lines if wanted(lines) else None

    return await eventually(look)
