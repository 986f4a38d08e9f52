"""Code actions with nothing scripted: vLLM and the demo model, which answers nonsense."""

import ast
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.e2e.acting import audited, capable, entry, here, put_in
from tests.e2e.client import PATIENCE_S, Editor, Message, launched
from tests.processes import command, descendants, processor_ticks

pytestmark = pytest.mark.vllm

TEXT = (
    "import os\n\n\ndef total(items):\n    result = 0\n    for item in items:\n"
    "        result = result + item\n    return result\n"
)
CANCELLED = -32800
IDLE_S = 1.5
IDLE_TICKS = 30
"""A core that generates spends 150 and more in that time."""


@asynccontextmanager
async def editing(tmp_path: Path) -> AsyncIterator[Editor]:
    async with launched(
        tmp_path, {}, "--engine", "vllm", "--standalone", config=""
    ) as editor:
        await editor.begin(capable())
        await editor.ready()
        yield editor
        assert await editor.leave() == 0


def core(editor: Editor) -> int:
    """Return vLLM's core."""
    below = descendants(editor.process.pid)
    return next(pid for pid in below if "EngineCore" in command(pid))


async def spent(pid: int) -> int:
    """Return the ticks that a process spends from now on, for a while."""
    before = processor_ticks(pid)
    await asyncio.sleep(IDLE_S)
    return processor_ticks(pid) - before


async def until_idle(pid: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while await spent(pid) > IDLE_TICKS:
            pass


@pytest.mark.parametrize(
    "kind", ["refactor.rewrite.simplify", "refactor.rewrite.document"]
)
async def test_nonsense_changes_nothing_or_parses(tmp_path: Path, kind: str) -> None:
    async with editing(tmp_path) as editor:
        uri = editor.open(TEXT)
        action = await entry(editor, uri, here(editor, uri, "result + item"), kind)
        answer = await editor.ask("codeAction/resolve", action)
        edit = answer["result"].get("edit")
        (line,) = await audited(editor, lambda lines: lines)
        assert line.model == "demo"
        assert line.prompt_tokens > 0
        assert line.answer_tokens > 0
        if edit is None:
            assert line.outcome in {"refused", "nothing"}
            assert editor.shown_messages()
        else:
            assert line.outcome == "edit"
            ast.parse(put_in(editor, uri, edit))


async def test_a_cancelled_explanation_leaves_the_engine_idle(tmp_path: Path) -> None:
    async with editing(tmp_path) as editor:
        uri = editor.open(TEXT)
        wanted: Message = {
            "action": "explain",
            "uri": uri,
            "range": here(editor, uri, "result + item"),
        }
        told = {"command": "codellama.action", "arguments": [wanted]}
        editor.replies["window/showDocument"] = lambda _: {"success": False}
        number = editor.request("workspace/executeCommand", told)
        await editor.until(lambda: _stages(editor, "writing"))
        editor.cancel(number)
        assert await editor.error_code(number) == CANCELLED
        await until_idle(core(editor))
        (line,) = await audited(editor, lambda lines: lines)
        assert line.outcome == "cancelled"
        assert await editor.shown(editor.open("import os\n\nx = os.‸\n")) is not None


def _stages(editor: Editor, which: str) -> list[str]:
    values = [params["value"] for params in editor.heard("$/progress")]
    return [one["message"] for one in values if which in (one.get("message") or "")]
