"""Which documents get ghost text: files, unsaved ones, notebook cells; what others get."""

import pytest

from tests.e2e.client import Editor, answer, item

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

SCRIPT = {
    "answers": [
        answer("hello ‸", "world"),
        answer("hello dear ‸", "friend"),
    ],
}

NOTEBOOK = {"uri": "file:///project/a.ipynb", "version": 1}


def cell(name: str) -> str:
    return f"vscode-notebook-cell:/project/a.ipynb#{name}"


def open_notebook(editor: Editor, *names: str) -> None:
    """Open a notebook whose cells all say hello."""
    texts = [item(cell(name), editor.hold(cell(name), "hello ‸")) for name in names]
    cells = [{"kind": 2, "document": cell(name)} for name in names]
    editor.notify(
        "notebookDocument/didOpen",
        {
            "notebookDocument": NOTEBOOK
            | {"notebookType": "jupyter-notebook", "cells": cells},
            "cellTextDocuments": texts,
        },
    )


async def check_not_open(editor: Editor, uri: str) -> None:
    told = await editor.answer(editor.complete(uri))
    assert told["error"]["code"] == -32602
    assert uri in told["error"]["message"]
    assert "didOpen" in told["error"]["message"]


@pytest.mark.parametrize(
    "uri",
    [
        "file:///project/a.py",
        "file:///c%3A/project/a%20b.py",
        "untitled:Untitled-1",
        "vscode-remote://ssh-remote%2Bhost/project/a.py",
    ],
)
async def test_what_users_write_gets_ghost_text(editor: Editor, uri: str) -> None:
    assert await editor.shown(editor.open("hello ‸", uri=uri)) == "world"
    editor.close(uri)


@pytest.mark.parametrize("opened", [True, False])
@pytest.mark.parametrize(
    "uri",
    [
        "git:/project/a.py?ref",
        "output:extension-output-1",
        "vscode-scm:git/scm0/input",
        "vscode-chat-code-block:1",
        "no scheme",
    ],
)
async def test_what_is_only_shown_gets_none(
    editor: Editor, uri: str, *, opened: bool
) -> None:
    if opened:
        editor.open("hello ‸", uri=uri)
    else:
        editor.hold(uri, "hello ‸")
    assert await editor.shown(uri) is None
    assert editor.fates() == []


async def test_a_file_that_is_not_open_is_an_error_in_clear_words(
    editor: Editor,
) -> None:
    editor.hold("file:///project/never.py", "hello ‸")
    await check_not_open(editor, "file:///project/never.py")


async def test_a_closed_file_is_not_open(editor: Editor) -> None:
    uri = editor.open("hello ‸")
    editor.close(uri)
    await check_not_open(editor, uri)


async def test_an_edit_of_what_is_not_open_does_no_harm(editor: Editor) -> None:
    editor.hold("file:///project/never.py", "hello ‸")
    editor.type("file:///project/never.py", "there ")
    assert await editor.shown(editor.open("hello ‸")) == "world"


async def test_cells_of_a_notebook_get_ghost_text(editor: Editor) -> None:
    open_notebook(editor, "one", "two")
    assert await editor.shown(cell("one")) == "world"
    assert await editor.shown(cell("two")) == "world"


async def test_cells_are_edited(editor: Editor) -> None:
    open_notebook(editor, "one", "two")
    told = editor.change(cell("one"), "", "dear ‸")
    edit = {"document": told["textDocument"], "changes": told["contentChanges"]}
    editor.notify(
        "notebookDocument/didChange",
        {"notebookDocument": NOTEBOOK, "change": {"cells": {"textContent": [edit]}}},
    )
    assert await editor.shown(cell("one")) == "friend"
    assert await editor.shown(cell("two")) == "world"


async def test_cells_come_and_go(editor: Editor) -> None:
    open_notebook(editor, "one", "two")
    structure = {
        "array": {
            "start": 0,
            "deleteCount": 1,
            "cells": [{"kind": 2, "document": cell("three")}],
        },
        "didOpen": [item(cell("three"), editor.hold(cell("three"), "hello ‸"))],
        "didClose": [{"uri": cell("one")}],
    }
    editor.notify(
        "notebookDocument/didChange",
        {
            "notebookDocument": NOTEBOOK,
            "change": {"cells": {"structure": structure}},
        },
    )
    assert await editor.shown(cell("three")) == "world"
    assert await editor.shown(cell("two")) == "world"
    await check_not_open(editor, cell("one"))


async def test_a_closed_notebook_has_no_cells(editor: Editor) -> None:
    open_notebook(editor, "one", "two")
    cells = [{"uri": cell("one")}, {"uri": cell("two")}]
    editor.notify(
        "notebookDocument/didClose",
        {"notebookDocument": {"uri": NOTEBOOK["uri"]}, "cellTextDocuments": cells},
    )
    await check_not_open(editor, cell("one"))
    await check_not_open(editor, cell("two"))


async def test_a_notebook_may_change_without_its_cells(editor: Editor) -> None:
    open_notebook(editor, "one")
    editor.notify(
        "notebookDocument/didChange",
        {"notebookDocument": NOTEBOOK, "change": {"metadata": {"kernel": "python"}}},
    )
    assert await editor.shown(cell("one")) == "world"
