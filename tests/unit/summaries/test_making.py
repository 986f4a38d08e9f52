"""Summaries as they are made, with the scripted engine."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from lsp_server.context.client import Context
from lsp_server.context.messages import Facts, FactsFound
from lsp_server.documents import Documents
from lsp_server.engine.base import EngineDown
from lsp_server.settings import HoverSettings, OnDemandSettings, UserSettings
from lsp_server.settings import Summaries as When
from lsp_server.summaries.kept import Summary
from lsp_server.summaries.making import Summaries
from lsp_server.tiers import Sharing, Tiers
from retrieval.source import Cursor
from retrieval.symbol import Symbol

URI = "file:///project/a.py"
TEXT = """\
def add(one, other):
    result = one + other
    return result


def told():
    '''Is told.'''
    a = 1
    return a


def short(): return 1


def other(one):
    result = one
    return result
"""
CALLING = TEXT.replace(
    "def other(one):\n    result = one\n    return result\n",
    "def calls(one):\n    result = add(one, 1)\n    return result\n",
).replace("def short(): return 1\n\n\n", "")
CLASS = """\
class Till:
    def put(self, one):
        self.sum += one
        self.count += 1

    def take(self, one):
        self.sum -= one
        return one
"""
SAID = "It adds two numbers. It returns their sum. And that is all."
KEPT = Summary("It adds two numbers. It returns their sum.", "scripted")
ON = HoverSettings(summaries=When.ON)
WAITING = HoverSettings(summaries=When.ON, wait_ms=10_000)


class Hovering:
    """A session's summaries, and what the engine was asked."""

    def __init__(self, folder: Path, tiers: Tiers, documents: Documents) -> None:
        self.folder = folder
        self.tiers = tiers
        self.context = Context(documents)
        self.documents = documents
        self.summaries = Summaries(tiers, self.context, folder / "kept")

    async def symbol(self, line: int) -> Symbol:
        found = await self.context.ask(Facts(URI, line, 5))
        assert isinstance(found, FactsFound)
        assert found.symbol is not None
        return found.symbol

    async def of(self, line: int, settings: HoverSettings) -> Summary | None:
        symbol = await self.symbol(line)
        return await self.summaries.of(URI, "python", symbol, settings)

    def journal(self, event: str = "asked") -> list[dict[str, Any]]:
        lines = (self.folder / "journal").read_text().splitlines()
        read: list[dict[str, Any]] = [json.loads(line) for line in lines]
        return [line for line in read if line["event"] == event]


@asynccontextmanager
async def hovering(
    folder: Path, *, started: bool = True, on_demand: str | None = None, **script: Any
) -> AsyncIterator[Hovering]:
    (folder / "script").write_text(
        json.dumps({"answers": [{"text": SAID}], "note_prompts": True} | script)
    )
    user = UserSettings(
        engine="scripted",
        script=f"{folder / 'script'}",
        journal=f"{folder / 'journal'}",
        on_demand=OnDemandSettings(model=on_demand),
    )
    tiers = Tiers(user, folder, Sharing.PRIVATE)
    await tiers.find()
    if started:
        await tiers.start(lambda _: None)
    documents = Documents()
    documents.open(URI, "python", 1, TEXT)
    one = Hovering(folder, tiers, documents)
    try:
        yield one
    finally:
        await one.summaries.close()
        await tiers.close()


async def made(one: Hovering, line: int = 0) -> Summary:
    """Ask again and again until there is a summary."""
    async with asyncio.timeout(60):
        while (found := await one.of(line, ON)) is None:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
    return found


async def test_it_stands_in_the_next_hover_and_is_asked_for_once(
    tmp_path: Path,
) -> None:
    async with hovering(tmp_path) as one:
        assert await one.of(0, ON) is None
        assert await made(one) == KEPT
        assert await one.of(0, ON) == KEPT
        (asked,) = one.journal()
        assert asked["priority"] == 10
        assert "def add(one, other):" in asked["prompt"]
    async with hovering(tmp_path) as one:  # another session
        assert await one.of(0, ON) == KEPT
        assert len(one.journal()) == 1


async def test_whoever_wants_to_wait_has_it_at_once(tmp_path: Path) -> None:
    async with hovering(tmp_path) as one:
        assert await one.of(0, WAITING) == KEPT


async def test_another_text_is_another_summary(tmp_path: Path) -> None:
    async with hovering(tmp_path) as one:
        await one.of(0, WAITING)
        one.documents.open(URI, "python", 2, TEXT.replace("+", "-"))
        assert await one.of(0, WAITING) == KEPT
        assert len(one.journal()) == 2


@pytest.mark.parametrize("line", [5, 11])
async def test_what_says_enough_itself_is_not_summarized(
    tmp_path: Path, line: int
) -> None:
    async with hovering(tmp_path) as one:
        assert await one.of(line, WAITING) is None
        assert not (tmp_path / "journal").read_text()


@pytest.mark.parametrize("when", [When.OFF, When.AUTO])
async def test_none_is_made_where_it_is_off_or_the_model_was_not_made_for_it(
    tmp_path: Path, when: When
) -> None:
    async with hovering(tmp_path) as one:
        settings = HoverSettings(summaries=when, wait_ms=10_000)
        assert await one.of(0, settings) is None
        assert not (tmp_path / "journal").read_text()


async def test_no_model_is_loaded_for_it(tmp_path: Path) -> None:
    async with hovering(tmp_path, on_demand="demo") as one:
        assert await one.of(0, WAITING) is None
        await one.tiers.on_demand("python", lambda _: None)
        assert await one.of(0, WAITING) == KEPT


async def test_before_any_engine_there_is_none(tmp_path: Path) -> None:
    async with hovering(tmp_path, started=False) as one:
        assert await one.of(0, WAITING) is None


async def test_the_newest_hover_counts(tmp_path: Path) -> None:
    async with hovering(tmp_path, first_piece_ms=600_000) as one:
        await one.of(0, ON)
        async with asyncio.timeout(60):
            while not (tmp_path / "journal").read_text():  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        await one.of(14, ON)
        async with asyncio.timeout(60):
            while len(one.journal()) < 2:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
        assert [line["request"] for line in one.journal("aborted")] == [1]
        one.summaries.stop()
        async with asyncio.timeout(60):
            while len(one.journal("aborted")) < 2:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)


async def test_the_same_hover_again_goes_on(tmp_path: Path) -> None:
    async with hovering(tmp_path, first_piece_ms=300) as one:
        for _ in range(3):
            await one.of(0, ON)
        assert await made(one) == KEPT
        assert len(one.journal()) == 1


async def test_an_engine_that_fails_leaves_no_summary(tmp_path: Path) -> None:
    async with hovering(tmp_path, fail_after=2) as one:
        assert await one.of(0, WAITING) is None
        assert await one.of(0, WAITING) is None
        assert len(one.journal()) == 2


async def test_an_answer_of_no_use_is_not_kept(tmp_path: Path) -> None:
    async with hovering(tmp_path, answers=[{"text": "```\nx\n```"}]) as one:
        assert await one.of(0, WAITING) is None
        assert not (tmp_path / "kept").exists()


async def test_who_is_about_to_answer_is_told(tmp_path: Path) -> None:
    async with hovering(tmp_path) as one:
        told: list[str] = []
        one.summaries.asked = told.append
        assert await one.of(0, WAITING) == KEPT
        assert told == ["demo"]
        assert await one.of(0, WAITING) == KEPT
        assert told == ["demo"]
        document = one.documents.get(URI)
        assert document is not None
        assert await one.summaries.anew(Cursor(document, 0, 5)) == KEPT
        assert told == ["demo", "demo"]


async def test_anew_asks_again_and_loads_what_it_needs(tmp_path: Path) -> None:
    async with hovering(tmp_path, on_demand="demo") as one:
        document = one.documents.get(URI)
        assert document is not None
        assert await one.summaries.anew(Cursor(document, 0, 5)) == KEPT
        assert await one.of(0, ON) == KEPT
        assert await one.summaries.anew(Cursor(document, 0, 5)) == KEPT
        assert [line["priority"] for line in one.journal()] == [5, 5]
        assert await one.summaries.anew(Cursor(document, 3, 0)) is None


@pytest.mark.parametrize("place", [(12, 13), (13, 8), (11, 0)])
async def test_anew_is_of_what_encloses_the_cursor(
    tmp_path: Path, place: tuple[int, int]
) -> None:
    async with hovering(tmp_path) as one:
        one.documents.open(URI, "python", 2, CALLING)
        document = one.documents.get(URI)
        assert document is not None
        assert await one.summaries.anew(Cursor(document, *place)) == KEPT
        (asked,) = one.journal()
        assert "def calls(one):" in asked["prompt"]
        assert "def add(" not in asked["prompt"]


async def test_anew_of_a_selection_is_of_what_encloses_all_of_it(
    tmp_path: Path,
) -> None:
    async with hovering(tmp_path) as one:
        one.documents.open(URI, "python", 2, CLASS)
        document = one.documents.get(URI)
        assert document is not None
        assert await one.summaries.anew(Cursor(document, 2, 0), last=5) == KEPT
        (asked,) = one.journal()
        assert "class Till:" in asked["prompt"]


@pytest.mark.parametrize("line", [5, 7, 11])
async def test_anew_is_not_of_what_says_enough(tmp_path: Path, line: int) -> None:
    async with hovering(tmp_path) as one:
        document = one.documents.get(URI)
        assert document is not None
        assert await one.summaries.anew(Cursor(document, line, 5)) is None
        assert not (tmp_path / "journal").read_text()


async def test_anew_tells_why_it_cannot(tmp_path: Path) -> None:
    async with hovering(tmp_path, fail_after=0) as one:
        document = one.documents.get(URI)
        assert document is not None
        with pytest.raises(EngineDown):
            await one.summaries.anew(Cursor(document, 0, 5))
