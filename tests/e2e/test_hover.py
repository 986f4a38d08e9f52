"""Hover: what a name is, over the wire."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
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
    eventually,
    launched,
)
from tests.e2e.test_context import worker_of

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="function")]

MONEY = '''\
class Money:
    """An amount in a <b>currency</b>."""

    def convert(self, rates: dict) -> "Money":
        """Return it in another currency.

        :param rates: what each is worth, see [here](command:evil)
        """
        return self

    def silent(self):
        return 1
'''
PAY = """\
from shop.money import Money


def pay(money: Money, größe):
    return money.conv‸ert(größe)
"""
MARKDOWN: Message = CAPABLE | {
    "textDocument": {"hover": {"contentFormat": ["markdown", "plaintext"]}}
}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    (folder / "shop").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / "shop" / "money.py").write_text(MONEY)
    (folder / "shop" / "pay.py").write_text(PAY.replace("‸", ""))
    return folder


@asynccontextmanager
async def working(
    workspace: Path,
    capabilities: Message = MARKDOWN,
    script: Message | None = None,
    config: str = FRESH,
    **options: Any,
) -> AsyncIterator[Editor]:
    async with launched(workspace.parent, script or {}, config=config) as editor:
        await editor.begin(capabilities, options or None, folder=workspace)
        await editor.ready()
        yield editor
        assert await editor.leave() == 0


async def hover(editor: Editor, uri: str) -> Message | None:
    here = editor._here(uri)
    del here["context"]
    answer = await editor.ask("textDocument/hover", here)
    assert "error" not in answer, answer
    result: Message | None = answer["result"]
    return result


async def hover_with(editor: Editor, uri: str, wanted: str) -> Message:
    """Ask again and again until what is said has ``wanted`` in it."""
    async with asyncio.timeout(PATIENCE_S):
        while wanted not in text(found := await hover(editor, uri)):  # noqa: ASYNC110 - as said
            await asyncio.sleep(0.05)
    assert found is not None
    return found


def text(found: Message | None) -> str:
    return "" if found is None else str(found["contents"]["value"])


def pay(workspace: Path) -> str:
    return (workspace / "shop" / "pay.py").as_uri()


async def test_hover_says_what_is_known_in_markdown(workspace: Path) -> None:
    async with working(workspace) as editor:
        uri = editor.open(PAY, uri=pay(workspace))
        found = await hover_with(editor, uri, "money.py")
        money = (workspace / "shop" / "money.py").as_uri()
        assert editor.announced["hoverProvider"] is True
        assert found["contents"]["kind"] == "markdown"
        assert found["range"] == {
            "start": {"line": 4, "character": 17},
            "end": {"line": 4, "character": 24},
        }
        assert text(found) == (
            '```python\ndef convert(self, rates: dict) -> "Money":\n```\n\n'
            f"Method of `Money`: [`shop/money.py:4`]({money}#L4)\n\n"
            "Return it in another currency.\n\n"
            "- rates: what each is worth, see \\[here\\](command:evil)\n\n"
            "---\n\n"
            "Used in 1 line of 1 file:\n"
            f"- [`shop/pay.py:5`]({uri}#L5) `return money.convert(größe)` (in `pay`)"
        )


async def test_a_client_that_reads_no_markdown_gets_plain_text(workspace: Path) -> None:
    async with working(workspace, CAPABLE) as editor:
        uri = editor.open(PAY.replace("conv‸", "conv").replace(": Mon", ": Mon‸"))
        assert uri
        uri = editor.open(
            PAY.replace("conv‸", "conv").replace(": Mon", ": Mon‸"), uri=pay(workspace)
        )
        found = await hover_with(editor, uri, "money.py")
        assert found["contents"]["kind"] == "plaintext"
        assert text(found).startswith(
            "class Money:\n\nClass: shop/money.py:1\n\nAn amount in a currency.\n\n"
        )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_ranges_are_exact_in_every_encoding(
    workspace: Path, encoding: str
) -> None:
    drawn = "größe = 1; '🦙'; größe‸\n"
    capabilities = MARKDOWN | {"general": {"positionEncodings": [encoding]}}
    start, width = {"utf-8": (21, 7), "utf-16": (17, 5), "utf-32": (16, 5)}[encoding]
    async with working(workspace, capabilities) as editor:
        uri = editor.open(drawn, uri=pay(workspace))
        found = await hover_with(editor, uri, "größe = 1")
        assert found["range"] == {
            "start": {"line": 0, "character": start},
            "end": {"line": 0, "character": start + width},
        }


async def test_a_broken_file_is_read_as_far_as_it_goes(workspace: Path) -> None:
    async with working(workspace) as editor:
        broken = "from shop.money import Money\ndef (:\n  class\nMon‸ey((\n"
        uri = editor.open(broken, uri=pay(workspace))
        await hover_with(editor, uri, "class Money")


@pytest.mark.parametrize(
    ("drawn", "language"),
    [
        ("‸", "python"),
        ("# conv‸ert", "python"),
        ("'conv‸ert'", "python"),
        ("ret‸urn", "python"),
        ("x = 1‸", "python"),
        ("what is this‸?", "markdown"),
        ("some‸ text", "unheard-of"),
        ("\n\n‸", "python"),
    ],
)
async def test_where_nothing_is_to_be_said_there_is_nothing(
    workspace: Path, drawn: str, language: str
) -> None:
    async with working(workspace) as editor:
        uri = editor.open(PAY, uri=pay(workspace))
        await hover_with(editor, uri, "money.py")
        other = (workspace / "other.x").as_uri()
        editor.open(drawn, uri=other, language=language)
        assert await hover(editor, other) is None


async def test_without_a_grammar_a_name_with_a_form_is_found(workspace: Path) -> None:
    async with working(workspace) as editor:
        readme = (workspace / "README.md").as_uri()
        uri = editor.open("See `Money.conv‸ert`.", uri=readme, language="markdown")
        await hover_with(editor, uri, "def convert")


async def test_without_a_repository_the_document_tells(workspace: Path) -> None:
    async with launched(workspace.parent, {}, config=FRESH) as editor:
        await editor.begin(MARKDOWN)
        uri = editor.open("def f(x):\n    '''Do it.'''\n\n\nf‸(1)\n", uri="untitled:a")
        found = await hover(editor, uri)
        assert text(found).startswith(
            "```python\ndef f(x):\n```\n\nFunction: [`untitled:1`](untitled:a#L1)\n\nDo it."
        )
        assert worker_of(editor) == 0
        assert await editor.leave() == 0


async def test_without_context_the_document_tells(workspace: Path) -> None:
    async with working(workspace, context={"enabled": False}) as editor:
        uri = editor.open("def f(x):\n    pass\n\n\nf‸(1)\n", uri=pay(workspace))
        assert "def f(x):" in text(await hover(editor, uri))
        assert worker_of(editor) == 0


async def test_who_wants_no_hover_gets_none(workspace: Path) -> None:
    async with working(workspace, hover={"enabled": False}) as editor:
        uri = editor.open("def f(x):\n    pass\n\n\nf‸(1)\n", uri=pay(workspace))
        assert await hover(editor, uri) is None


async def test_a_killed_worker_costs_an_answer_and_no_more(workspace: Path) -> None:
    async with working(workspace) as editor:
        uri = editor.open(PAY, uri=pay(workspace))
        await hover_with(editor, uri, "money.py")
        before = worker_of(editor)
        os.kill(before, signal.SIGKILL)
        await hover(editor, uri)
        await eventually(lambda: worker_of(editor) not in {0, before})
        await hover_with(editor, uri, "money.py")


async def test_a_document_that_is_not_open_has_no_hover(workspace: Path) -> None:
    async with working(workspace) as editor:
        editor.hold("file:///not/open.py", "x‸")
        assert await hover(editor, "file:///not/open.py") is None


SUMMARY: Message = {
    "note_prompts": True,
    "answers": [
        {"contains": "Say in one or two", "text": "It says <b>1</b>. Always. Really."}
    ],
}
SILENT = PAY.replace("conv‸ert(größe)", "sil‸ent()")


async def test_what_nobody_documented_the_model_summarizes(workspace: Path) -> None:
    (workspace / "shop" / "money.py").write_text(MONEY.replace("1\n", "(\n1\n)\n"))
    async with working(workspace, script=SUMMARY, hover={"summaries": "on"}) as editor:
        uri = editor.open(SILENT, uri=pay(workspace))
        found = await hover_with(editor, uri, "Generated by")
        assert "**Generated by scripted:** It says \\<b\\>1\\</b\\>. Always." in text(
            found
        )
        (asked,) = [one for one in editor.journal("asked") if one["priority"] == 10]
        assert "def silent(self):" in asked["prompt"]
        assert len(editor.licences()) == 1


async def test_a_hover_waits_for_its_summary_if_it_is_told_to(workspace: Path) -> None:
    (workspace / "shop" / "money.py").write_text(MONEY.replace("1\n", "(\n1\n)\n"))
    options = {"summaries": "on", "waitMs": 10_000}
    async with working(workspace, script=SUMMARY, hover=options) as editor:
        uri = editor.open(SILENT, uri=pay(workspace))
        found = await hover_with(editor, uri, "def silent")
        assert "Generated by scripted" in text(found)


async def test_what_rules_leave_out_is_told_and_not_shown_to_a_model(
    workspace: Path,
) -> None:
    text_ = "def calc‸ulate(one):\n    other = one + 1\n    return other\n"
    (workspace / ".codellamaignore").write_text("private.py\n")
    for name in ("private.py", "public.py"):
        (workspace / name).write_text(text_.replace("‸", ""))
    options = {"summaries": "on", "waitMs": 10_000}
    async with working(workspace, script=SUMMARY, hover=options) as editor:
        private = editor.open(text_, uri=(workspace / "private.py").as_uri())
        found = await hover_with(editor, private, "def calculate")
        assert "Generated" not in text(found)
        assert editor.journal("asked") == []
        public = editor.open(text_, uri=(workspace / "public.py").as_uri())
        assert "Generated" in text(await hover_with(editor, public, "def calculate"))


async def test_the_demo_model_s_kind_makes_none_by_itself(workspace: Path) -> None:
    (workspace / "shop" / "money.py").write_text(MONEY.replace("1\n", "(\n1\n)\n"))
    options = {"waitMs": 10_000}
    async with working(workspace, script=SUMMARY, hover=options) as editor:
        uri = editor.open(SILENT, uri=pay(workspace))
        found = await hover_with(editor, uri, "def silent")
        assert "Generated" not in text(found)
        assert editor.journal("asked") == []


async def test_a_completion_ends_a_summary(workspace: Path) -> None:
    (workspace / "shop" / "money.py").write_text(MONEY.replace("1\n", "(\n1\n)\n"))
    script = SUMMARY | {"first_piece_ms": 2_000}
    async with working(workspace, script=script, hover={"summaries": "on"}) as editor:
        uri = editor.open(SILENT, uri=pay(workspace))
        await hover_with(editor, uri, "def silent")
        await eventually(lambda: editor.journal("asked"))
        editor.complete(uri)
        await eventually(lambda: editor.journal("aborted"))
