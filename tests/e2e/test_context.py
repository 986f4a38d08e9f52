"""What other files of the repository say, in the prompts that the engine is asked."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.client import (
    CAPABLE,
    FRESH,
    PATIENCE_S,
    Editor,
    Message,
    answer,
    eventually,
    launched,
    workspace_folder,
)
from tests.marked import MARK
from tests.processes import all_gone, command, descendants

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="function")]

MONEY = '''\
class Money:
    """An amount in a currency."""

    def convert_to(self, currency, exchange_rates):
        return Money(self.amount * exchange_rates[currency], currency)
'''
MAIN = "from shop.money import Money\n\n\ndef in_dollars(money: Money, rates):\n    return money.‸\n"
SECRET = "correct-horse-battery-staple-9Xq2"  # noqa: S105 - must not be in any prompt
SCRIPT = {
    "note_prompts": True,
    "answers": [answer("return money.‸", "convert_to('USD', rates)")],
}
DEFINITION = "#     def convert_to(self, currency, exchange_rates):\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Make a repository with a definition that another file needs."""
    folder = tmp_path / "workspace"
    (folder / "shop").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / "shop" / "money.py").write_text(MONEY)
    (folder / "shop" / "main.py").write_text(MAIN.replace("‸", ""))
    (folder / ".env").write_text(f"CURRENCY_TOKEN={SECRET}\nmoney=convert_to\n")
    return folder


@asynccontextmanager
async def working(
    workspace: Path, capabilities: Message = CAPABLE, **options: Any
) -> AsyncIterator[Editor]:
    """Start a server for the workspace; the index is built when it is there."""
    async with launched(workspace.parent, SCRIPT, config=FRESH) as editor:
        await editor.begin(capabilities, options or None, folder=workspace)
        await editor.ready()
        yield editor
        assert await editor.leave() == 0


async def prompt(editor: Editor, uri: str) -> str:
    """Ask for ghost text; return the prompt that the engine was asked."""
    editor.forget_journal()
    await editor.shown(uri)
    asked = editor.journal("asked")
    assert len(asked) == 1
    found: str = asked[0]["prompt"]
    return found


async def prompt_with(editor: Editor, uri: str, wanted: Callable[[str], object]) -> str:
    """Ask again and again, without typing, until a prompt is as wanted."""
    async with asyncio.timeout(PATIENCE_S):
        while not wanted(found := await prompt(editor, uri)):  # noqa: ASYNC110 - as said
            await asyncio.sleep(0.05)
    return found


def worker_of(editor: Editor) -> int:
    """Return the process id of the context worker, 0 for none."""
    below = descendants(editor.process.pid)
    workers = [pid for pid in below if "lsp_server.context.worker" in command(pid)]
    return workers[0] if workers else 0


def make_many(workspace: Path) -> None:
    """Give an index something to do for some seconds."""
    for number in range(300):
        lines = (f"def f_{number}_{line}():\n    pass\n" for line in range(200))
        (workspace / f"f_{number}.py").write_text("".join(lines))


def has_definition(text: str) -> bool:
    return DEFINITION in text


def main_of(workspace: Path) -> str:
    return (workspace / "shop" / "main.py").as_uri()


async def test_a_definition_in_another_file_stands_in_the_prompt(
    workspace: Path,
) -> None:
    async with working(workspace) as editor:
        uri = editor.open(MAIN, uri=main_of(workspace))
        found = await prompt_with(editor, uri, has_definition)
        assert found.startswith("<s>▁<PRE> # shop/money.py\n")
        assert found.index(DEFINITION) < found.index("def in_dollars")
        assert editor.shown_messages() == []


async def test_the_first_completion_has_context(workspace: Path) -> None:
    debug = ("--log-level", "debug")
    async with launched(workspace.parent, SCRIPT, *debug, config=FRESH) as editor:
        await editor.begin(folder=workspace)
        await editor.ready()
        editor.open(f"{MARK}{MONEY}", uri=(workspace / "shop" / "money.py").as_uri())
        uri = editor.open(MAIN, uri=main_of(workspace))
        prepared = re.compile(r"files are indexed\n(.*\n)*?.* snippets in ")
        await eventually(lambda: prepared.search(editor.stderr()))
        assert has_definition(await prompt(editor, uri))
        assert await editor.leave() == 0


async def test_the_first_build_shows_as_progress(workspace: Path) -> None:
    make_many(workspace)
    for kinds in (["begin", "report", "end"], []):
        async with working(workspace) as editor:
            uri = editor.open(MAIN, uri=main_of(workspace))
            await prompt_with(editor, uri, has_definition)
            if kinds:
                await editor.until(lambda: "end" in editor.progress("Indexing"))
            assert [*dict.fromkeys(editor.progress("Indexing workspace"))] == kinds


async def test_context_stays_while_somebody_types(workspace: Path) -> None:
    async with working(workspace) as editor:
        uri = editor.open(MAIN, uri=main_of(workspace))
        first = await prompt_with(editor, uri, has_definition)
        context = first.partition("from shop.money")[0]
        for letter in "convert_to(currency, rat":
            editor.type(uri, letter)
            found = await prompt(editor, uri)
            assert found.partition("from shop.money")[0] == context


async def test_a_document_that_is_open_and_not_saved_counts_as_it_is(
    workspace: Path,
) -> None:
    async with working(workspace) as editor:
        uri = editor.open(MAIN, uri=main_of(workspace))
        await prompt_with(editor, uri, has_definition)
        other = (workspace / "shop" / "money.py").as_uri()
        editor.open(f"{MARK}{MONEY}", uri=other)
        editor.replace(other, "convert_to", f"convert_into{MARK}")
        changed = DEFINITION.replace("convert_to", "convert_into")
        found = await prompt_with(editor, uri, lambda text: changed in text)
        assert DEFINITION not in found
        editor.close(other)  # the file counts again
        await prompt_with(editor, uri, has_definition)


async def test_what_was_written_on_the_disk_is_seen(workspace: Path) -> None:
    async with working(workspace) as editor:
        uri = editor.open(MAIN, uri=main_of(workspace))
        await prompt_with(editor, uri, has_definition)
        (registered,) = [
            each
            for told in editor.heard("client/registerCapability")
            for each in told["registrations"]
            if each["method"] == "workspace/didChangeWatchedFiles"
        ]
        assert registered["registerOptions"] == {"watchers": [{"globPattern": "**/*"}]}
        money = workspace / "shop" / "money.py"
        money.write_text(MONEY.replace("convert_to", "convert_into"))
        changes = [{"uri": money.as_uri(), "type": 2}]
        editor.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        await prompt_with(editor, uri, lambda text: "convert_into(self" in text)
        money.write_text(MONEY.replace("convert_to", "convert_onto"))
        editor.notify("textDocument/didSave", {"textDocument": {"uri": money.as_uri()}})
        await prompt_with(editor, uri, lambda text: "convert_onto(self" in text)


async def test_a_switched_branch_is_seen_without_a_word(workspace: Path) -> None:
    async with working(workspace) as editor:
        uri = editor.open(MAIN, uri=main_of(workspace))
        await prompt_with(editor, uri, has_definition)
        money = workspace / "shop" / "money.py"
        money.write_text(MONEY.replace("convert_to", "convert_into"))
        (workspace / ".git" / "HEAD").write_text("ref: refs/heads/other\n")
        await prompt_with(editor, uri, lambda text: "convert_into(self" in text)


async def test_secrets_are_in_no_prompt(workspace: Path) -> None:
    async with working(workspace) as editor:
        uri = editor.open(MAIN, uri=main_of(workspace))
        env = (workspace / ".env").as_uri()
        text = f"CURRENCY_TOKEN={SECRET}\nmoney=convert_to Money rates‸"
        editor.open(text, uri=env, language="dotenv")
        for _ in range(3):
            editor.type(env, " in_dollars")
            assert await editor.shown(env) is None
            found = await prompt_with(editor, uri, has_definition)
            assert SECRET not in found
        folder = (workspace / ".kube" / "settings.py").as_uri()
        editor.open(f"key = '{SECRET}'\n{MAIN}", uri=folder)
        assert await editor.shown(folder) is None
        journal = (editor.folder / "journal").read_text()
        assert "in_dollars" in journal
        assert SECRET not in journal


async def test_a_killed_worker_is_replaced_and_completions_go_on(
    workspace: Path,
) -> None:
    async with working(workspace) as editor:
        uri = editor.open(MAIN, uri=main_of(workspace))
        await prompt_with(editor, uri, has_definition)
        editor.replace(uri, "in_dollars", f"in_euros{MARK}")
        before = worker_of(editor)
        os.kill(before, signal.SIGKILL)
        (told,) = await editor.until(editor.shown_messages)
        assert "is started again" in told
        assert "in_euros" in await prompt(editor, uri)  # it goes on meanwhile
        after = await eventually(lambda: worker_of(editor))
        assert after != before
        other = (workspace / "shop" / "money.py").as_uri()
        editor.open(f"{MARK}{MONEY}", uri=other)  # the new one knows of documents, too
        editor.replace(other, "convert_to", f"convert_into{MARK}")
        await prompt_with(editor, uri, lambda text: "convert_into(self" in text)
        assert editor.shown_messages() == [told]


async def test_a_build_whose_worker_is_killed_ends_and_begins_again(
    workspace: Path,
) -> None:
    make_many(workspace)
    async with working(workspace) as editor:
        await editor.until(lambda: "report" in editor.progress("Indexing"))
        os.kill(worker_of(editor), signal.SIGKILL)
        await editor.until(lambda: editor.progress("Indexing").count("end") == 1)
        uri = editor.open(MAIN, uri=main_of(workspace))
        await prompt_with(editor, uri, has_definition)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
async def test_no_process_outlives_the_server(
    workspace: Path, end: signal.Signals
) -> None:
    make_many(workspace)
    async with launched(workspace.parent, SCRIPT, config=FRESH) as editor:
        await editor.begin(folder=workspace)
        await editor.until(lambda: "report" in editor.progress("Indexing"))
        below = descendants(editor.process.pid)
        assert worker_of(editor) in below
        editor.process.send_signal(end)
        await editor.process.wait()
        assert await all_gone(below) == set()


async def test_whoever_wants_no_context_gets_no_worker(workspace: Path) -> None:
    async with working(workspace, context={"enabled": False}) as editor:
        uri = editor.open(MAIN, uri=main_of(workspace))
        assert not has_definition(await prompt(editor, uri))
        assert worker_of(editor) == 0
        editor.settings = {"context": {"enabled": True}}
        editor.notify("workspace/didChangeConfiguration", {"settings": None})
        await prompt_with(editor, uri, has_definition)
        editor.settings = {"context": {"enabled": False}}
        editor.notify("workspace/didChangeConfiguration", {"settings": None})
        await eventually(lambda: worker_of(editor) == 0)
        assert not has_definition(await prompt(editor, uri))


async def test_a_lone_file_needs_no_worker(workspace: Path) -> None:
    async with launched(workspace.parent, SCRIPT, config=FRESH) as editor:
        await editor.begin()
        await editor.ready()
        lone = editor.open(MAIN, uri=(workspace.parent / "lone.py").as_uri())
        assert not has_definition(await prompt(editor, lone))
        assert worker_of(editor) == 0
        uri = editor.open(MAIN, uri=main_of(workspace))  # this one has a repository
        await prompt_with(editor, uri, has_definition)
        assert not has_definition(await prompt(editor, lone))
        assert await editor.leave() == 0


async def test_folders_come_and_go(workspace: Path) -> None:
    plain = workspace.parent / "plain"  # nothing but the editor makes this a repository
    plain.mkdir()
    (plain / "money.py").write_text(MONEY)
    async with working(workspace) as editor:
        uri = editor.open(MAIN, uri=(plain / "main.py").as_uri())
        assert not has_definition(await prompt(editor, uri))
        folder = workspace_folder(plain)
        for change, wanted in (("added", True), ("removed", False)):
            event: Message = {"added": [], "removed": []} | {change: [folder]}
            editor.notify("workspace/didChangeWorkspaceFolders", {"event": event})

            def as_wanted(text: str, *, wanted: bool = wanted) -> bool:
                return has_definition(text) is wanted

            await prompt_with(editor, uri, as_wanted)
