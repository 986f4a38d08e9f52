"""Code actions in editors that can less, count otherwise, or have other documents."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.acting import (
    EDITS,
    RESOLVES,
    capable,
    chosen,
    entry,
    finding,
    here,
    menu,
    put_in,
    span,
)
from tests.e2e.client import Editor, Message, launched

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="function")]

TEXT = "def add_up(items):\n    return max(items)\n"
AFTER = "def add_up(items):\n    return sum(items)\n"
SIMPLIFY = "refactor.rewrite.simplify"
SCRIPT = {
    "note_prompts": True,
    "answers": [
        {"contains": "Ärger 👍", "text": "def add_up(items):  # Ärger 👍\n    é = '👍'; return sum(items)\n```\n"},
        {"contains": "def add_up", "text": f"{AFTER}```\n"},
        {"text": "It adds up.\n"},
    ],
}  # fmt: skip


@asynccontextmanager
async def editing(tmp_path: Path, **capabilities: Any) -> AsyncIterator[Editor]:
    async with launched(tmp_path, SCRIPT) as editor:
        await editor.begin(capable(**capabilities))
        await editor.ready()
        yield editor
        assert await editor.leave() == 0


def without(capability: str, of: Message) -> Message:
    return {key: value for key, value in of.items() if key != capability}


async def test_without_document_changes_an_edit_is_plain(tmp_path: Path) -> None:
    async with editing(tmp_path, edit={}) as editor:
        uri = editor.open(TEXT)
        action = await chosen(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        assert action["edit"].keys() == {"changes"}
        assert put_in(editor, uri, action["edit"]) == AFTER


async def test_without_annotations_an_edit_has_none(tmp_path: Path) -> None:
    edit = without("changeAnnotationSupport", EDITS)
    async with editing(tmp_path, edit=edit) as editor:
        uri = editor.open(TEXT)
        action = await chosen(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        assert action["edit"].keys() == {"documentChanges"}
        (change,) = action["edit"]["documentChanges"]
        assert all(one.keys() == {"range", "newText"} for one in change["edits"])
        assert put_in(editor, uri, action["edit"]) == AFTER


@pytest.mark.parametrize("missing", ["resolveSupport", "dataSupport"])
async def test_what_cannot_be_resolved_is_a_command(
    tmp_path: Path, missing: str
) -> None:
    async with editing(tmp_path, action=without(missing, RESOLVES)) as editor:
        uri = editor.open(TEXT)
        action = await entry(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        assert "data" not in action
        command = action["command"]
        editor.replies["workspace/applyEdit"] = lambda _: {"applied": True}
        told = await editor.command(command["command"], *command["arguments"])
        assert told["applied"] is True
        edit = editor.heard("workspace/applyEdit")[-1]["edit"]
        assert put_in(editor, uri, edit) == AFTER


async def test_an_editor_that_knows_commands_only_gets_those(tmp_path: Path) -> None:
    action = without("codeActionLiteralSupport", RESOLVES)
    async with editing(tmp_path, action=action) as editor:
        assert editor.announced["codeActionProvider"] is True
        uri = editor.open(TEXT)
        problem = finding(editor, uri, "max", "wrong")
        found = await menu(editor, uri, here(editor, uri, "max"), diagnostics=[problem])
        assert all(one["command"] == "codellama.action" for one in found)
        assert found[0]["title"] == "Code Llama: Fix: wrong"
        editor.replies["workspace/applyEdit"] = lambda _: {"applied": True}
        told = await editor.command("codellama.action", *found[0]["arguments"])
        assert told["outcome"] == "edit"


async def test_an_edit_that_is_not_taken_is_told(tmp_path: Path) -> None:
    async with editing(tmp_path, action=None) as editor:
        uri = editor.open(TEXT)
        editor.replies["workspace/applyEdit"] = lambda _: {
            "applied": False,
            "failureReason": "the buffer is locked",
        }
        told = await editor.command(
            "codellama.action",
            {"action": "simplify", "uri": uri, "range": here(editor, uri, "max")},
        )
        assert told["applied"] is False
        assert "the buffer is locked" in editor.shown_messages()[-1]


async def test_who_cannot_be_asked_is_not_offered_to_say_it(tmp_path: Path) -> None:
    async with editing(tmp_path, asks=False) as editor:
        uri = editor.open(TEXT)
        range_ = here(editor, uri, "max")
        assert await menu(editor, uri, range_, only=["refactor.rewrite.words"]) == []
        told = await editor.command(
            "codellama.action", {"action": "rewrite", "uri": uri, "range": range_}
        )
        assert told["outcome"] == "refused"
        assert "Say in words" in told["message"]


async def test_no_file_is_made_for_who_cannot_make_one(tmp_path: Path) -> None:
    edit = without("resourceOperations", EDITS)
    folder = tmp_path / "workspace"
    async with editing(tmp_path, edit=edit) as editor:
        (folder / "add.py").write_text(TEXT)
        uri = editor.open(TEXT, uri=(folder / "add.py").as_uri())
        range_ = here(editor, uri, "max")
        assert await menu(editor, uri, range_, only=["codellama.tests"]) == []
        told = await editor.command(
            "codellama.action", {"action": "tests", "uri": uri, "range": range_}
        )
        assert told["outcome"] == "refused"
        assert "cannot be told to make a file" in told["message"]
        assert editor.journal("asked") == []
        assert [one.name for one in folder.iterdir()] == ["add.py"]


async def test_who_cannot_show_a_page_gets_the_text(tmp_path: Path) -> None:
    able = capable()
    del able["window"]["showDocument"]
    async with launched(tmp_path, SCRIPT) as editor:
        await editor.begin(able)
        await editor.ready()
        uri = editor.open("x = 1\n")
        told = await editor.command(
            "codellama.action",
            {"action": "explain", "uri": uri, "range": span(editor, uri, "1")},
        )
        assert "It adds up." in told["text"]
        page = Path(told["uri"].removeprefix("file://"))
        assert page.read_text() == told["text"]
        assert editor.heard("workspace/applyEdit") == []
        assert await editor.leave() == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_positions_are_counted_as_agreed(tmp_path: Path, encoding: str) -> None:
    text = "def add_up(items):  # Ärger 👍\n    é = '👍'; return max(items)\n"
    async with editing(tmp_path, encoding=encoding) as editor:
        assert editor.encoding == encoding
        uri = editor.open(text)
        action = await chosen(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        after = put_in(editor, uri, action["edit"])
        assert after == text.replace("max", "sum")


async def test_a_file_keeps_its_line_ends(tmp_path: Path) -> None:
    text = TEXT.replace("    return max(items)\n", "    x = 1\n    return max(items)\n")
    async with editing(tmp_path) as editor:
        uri = editor.open(text.replace("\n", "\r\n"))
        action = await chosen(editor, uri, here(editor, uri, "max"), SIMPLIFY)
        after = put_in(editor, uri, action["edit"])
        assert after == AFTER.replace("\n", "\r\n")


@pytest.mark.parametrize(
    "uri", ["untitled:Untitled-1", "vscode-notebook-cell:/project/n.ipynb#c1"]
)
async def test_documents_without_a_file_have_actions(tmp_path: Path, uri: str) -> None:
    async with editing(tmp_path) as editor:
        editor.open(TEXT, uri=uri)
        range_ = here(editor, uri, "max")
        action = await chosen(editor, uri, range_, SIMPLIFY)
        assert put_in(editor, uri, action["edit"]) == AFTER
        told = await editor.command(
            "codellama.action", {"action": "explain", "uri": uri, "range": range_}
        )
        assert told["outcome"] == "text"
        assert await menu(editor, uri, range_, only=["codellama.tests"]) == []
        told = await editor.command(
            "codellama.action", {"action": "tests", "uri": uri, "range": range_}
        )
        assert told["outcome"] == "refused"
        assert "save it first" in told["message"]
