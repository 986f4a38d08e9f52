"""What a session leaves behind: nothing in the user's files, no user's code in the log."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.acting import capable, chosen, finding, here
from tests.e2e.client import Editor, answer, frame, launched

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

SECRET = "hunter2"  # noqa: S105 - stands for a user's code
ANSWERED = "swordfish"
ACTED = "parrotfish"
SCRIPT = {
    "answers": [
        answer(f"{SECRET} ‸\n", ANSWERED),
        {"contains": "def longer", "text": f"Ends {ACTED}.\n"},
        {"contains": f"def {SECRET}", "text": f"{ACTED} = (\n```\n"},
    ]
}
SAVED = f"{SECRET} \r\n".encode()
LONG_AGO_NS = 10**18


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def left(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    """Return the folder of a session that is over."""
    folder = tmp_path_factory.mktemp("session")
    await session(folder)
    yield folder


async def session(folder: Path, *arguments: str) -> None:
    """Do in one session all that might make a careless server tell of the text."""
    file = folder / "workspace" / "a.py"
    file.parent.mkdir()
    file.write_bytes(SAVED)
    for path in (file, file.parent):
        os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    async with launched(folder, SCRIPT, *arguments) as editor:
        await edit(editor, file.as_uri())
        editor.fault_is_logged = "debug" in arguments
        assert await editor.leave() == 0


async def edit(editor: Editor, uri: str) -> None:
    await editor.begin(capable(), options={"inline": {"maxLines": -1}})
    await editor.ready()
    editor.open(f"{SECRET} ‸\n", uri=uri)
    offered = await editor.offer(uri)
    assert offered is not None
    assert offered["insertText"] == ANSWERED
    accepted = {key: offered["command"][key] for key in ("command", "arguments")}
    await editor.ask("workspace/executeCommand", accepted)
    editor.type(uri, SECRET)
    editor.cancel(editor.complete(uri))
    editor.notify("textDocument/didChange", {"contentChanges": SECRET})
    editor.notify("textDocument/didOpen", {"textDocument": {"text": SECRET}})
    await editor.ask("textDocument/inlineCompletion", {"textDocument": SECRET})
    await editor.ask("workspace/executeCommand", {"arguments": [SECRET]})
    editor.write(frame(f'{{"text": "{SECRET}"'.encode()))
    editor.close(uri)
    await act(editor)


async def act(editor: Editor) -> None:
    """Have edits refused in words, a summary told, and something hovered over."""
    uri = editor.open(
        f"def {SECRET}(a):\n    return a\n\n\ndef longer(a):\n    b = a\n    return b\n"
    )
    problem = finding(editor, uri, "return a", f"{SECRET} is wrong")
    range_ = here(editor, uri, "return a")
    action = await chosen(editor, uri, range_, "quickfix", diagnostics=[problem])
    assert "edit" not in action
    told = await editor.command(
        "codellama.action",
        {"action": "summary", "uri": uri, "range": here(editor, uri, "longer")},
    )
    assert told["text"] == f"Ends {ACTED}."
    hover = await editor.ask(
        "textDocument/hover",
        {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 5}},
    )
    assert SECRET in str(hover["result"])
    assert any(SECRET in message for message in editor.shown_messages())


async def test_users_code_is_not_in_the_log(left: Path) -> None:
    said = (left / "stderr").read_text()
    assert " INFO " in said
    assert SECRET not in said
    assert ANSWERED not in said
    assert ACTED not in said


async def test_users_code_is_in_the_log_for_who_asks_for_it(tmp_path: Path) -> None:
    await session(tmp_path, "--log-level", "debug")
    said = (tmp_path / "stderr").read_text()
    assert SECRET in said
    assert ANSWERED in said
    assert ACTED in said


async def test_nothing_is_written_to_the_users_files(left: Path) -> None:
    file = left / "workspace" / "a.py"
    assert [*file.parent.iterdir()] == [file]
    assert file.read_bytes() == SAVED
    for path in (file, file.parent):
        assert path.stat().st_mtime_ns == LONG_AGO_NS
