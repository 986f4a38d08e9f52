"""Context as the session has it, with a fake worker in a process of its own."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lsp_server.context.client import NOTHING, Context
from lsp_server.context.messages import Scopes, ScopesFound, Trouble
from lsp_server.context.policy import Standing
from lsp_server.context.process import Start
from lsp_server.documents import Documents
from lsp_server.settings import ContextSettings
from retrieval.source import Cursor
from tests.processes import alive
from tests.unit.context import fake_worker

URI = "file:///project/a.py"
START = Start(model="", cache="")


class Editing:
    """A session's context, its documents, and what the user was told."""

    def __init__(self, folder: Path, mode: str, hung_s: float) -> None:
        self.folder = folder
        self.documents = Documents()
        self.told: list[str] = []
        command = (sys.executable, fake_worker.__file__, folder, mode)
        self.context = Context(self.documents, self.hear, command, hung_s=hung_s)
        self.documents.open(URI, "python", 1, "a\nb\n")
        self.context.opened(URI)

    def hear(self, news: object) -> None:
        assert isinstance(news, Trouble)
        self.told.append(news.kind)

    def write(self, text: str) -> None:
        self.documents.open(URI, "python", 2, text)
        self.context.edited(URI)

    async def at(self, line: int, column: int = 0) -> Standing:
        document = self.documents.get(URI)
        assert document is not None
        return await self.context.at(Cursor(document, line, column))

    async def until(self, look: Callable[[Standing], bool], line: int = 0) -> Standing:
        """Ask again and again, without typing, until what stands is as wanted."""
        async with asyncio.timeout(60):
            while not look(found := await self.at(line)):  # noqa: ASYNC110 - as said
                await asyncio.sleep(0.02)
        return found

    def pids(self) -> set[int]:
        return {int(file.name) for file in self.folder.iterdir()}


@asynccontextmanager
async def editing(
    folder: Path, mode: str = "answers", hung_s: float = 60
) -> AsyncIterator[Editing]:
    one = Editing(folder, mode, hung_s)
    one.context.follow(ContextSettings())
    one.context.begin(START)
    one.context.folders([folder])
    try:
        yield one
    finally:
        await one.context.close()
        assert not any(map(alive, one.pids()))


def text_of(standing: Standing) -> str:
    return standing.snippets[0].text if standing.snippets else ""


async def test_the_worker_gathers_for_the_document_as_it_is(tmp_path: Path) -> None:
    async with editing(tmp_path) as one:
        first = await one.until(lambda found: text_of(found) == "a\nb\n", line=1)
        assert (first.path, first.repository, first.line) == ("a.py", "fake", 1)
        one.write("a\nnew\nb\n")
        second = await one.until(lambda found: text_of(found) == "a\nnew\nb\n")
        assert second.snippets[0].tokens == 1  # what stood is kept in mind
        assert second.snippets[0].why == URI


async def test_typing_changes_nothing_until_it_pauses(tmp_path: Path) -> None:
    async with editing(tmp_path) as one:
        await one.until(lambda found: text_of(found) == "a\nb\n")
        for text in ("ax\nb\n", "axy\nb\n"):
            one.write(text)
            assert text_of(await one.at(0, len(text) - 3)) == "a\nb\n"
        standing = one.context._standing
        async with asyncio.timeout(60):  # the pause itself has it gathered, for its end
            while text_of(standing[URI]) != "axy\nb\n":  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.02)
        (told,) = standing[URI].snippets
        assert (told.start_line, told.end_line) == (0, 3)


async def test_where_nobody_asks_the_cursor_is_where_was_edited_last(
    tmp_path: Path,
) -> None:
    async with editing(tmp_path) as one:
        one.write("a\nb\nnew line")
        standing = one.context._standing
        async with asyncio.timeout(60):
            while URI not in standing:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.02)
        (told,) = standing[URI].snippets
        assert (told.start_line, told.end_line) == (2, 8)


async def test_a_worker_that_does_not_answer_holds_nobody_up(tmp_path: Path) -> None:
    async with editing(tmp_path, "silent") as one:
        async with asyncio.timeout(60):
            while not one.context._talk:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.02)
            assert await one.at(0) == NOTHING
            assert await one.at(1) == NOTHING


async def test_a_worker_that_dies_is_replaced_and_told_everything(
    tmp_path: Path,
) -> None:
    async with editing(tmp_path) as one:
        await one.until(lambda found: text_of(found) == "a\nb\n")
        one.write("c")
        (pid,) = one.pids()
        os.kill(pid, signal.SIGKILL)
        await one.until(lambda found: text_of(found) == "c")
        assert len(one.pids()) == 2
        assert one.told == ["worker ended"]


async def test_a_worker_that_dies_again_and_again_is_given_up(tmp_path: Path) -> None:
    async with editing(tmp_path, "dies") as one:
        async with asyncio.timeout(60):
            while "worker given up" not in one.told:
                assert await one.at(0) == NOTHING
                await asyncio.sleep(0.02)
        assert one.told == [*["worker ended"] * 3, "worker given up"]
        assert len(one.pids()) == 4


async def test_who_wants_nothing_has_no_worker(tmp_path: Path) -> None:
    async with editing(tmp_path) as one:
        await one.until(lambda found: found != NOTHING)
        one.context.follow(ContextSettings(enabled=False))
        async with asyncio.timeout(60):
            while any(map(alive, one.pids())):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.02)
        assert await one.at(0) == NOTHING
        one.context.follow(ContextSettings())
        await one.until(lambda found: found != NOTHING)
        assert len(one.pids()) == 2
        assert one.told == []


async def test_who_wants_none_in_completions_still_has_answers(tmp_path: Path) -> None:
    async with editing(tmp_path) as one:
        await one.until(lambda found: found != NOTHING)
        one.context.follow(ContextSettings(tokens=0))
        assert await one.at(0) == NOTHING
        found = await one.context.ask(Scopes(URI, 0, 0))
        assert isinstance(found, ScopesFound)
        assert [*map(alive, one.pids())] == [True]
        assert await one.at(0) == NOTHING
        one.context.follow(ContextSettings())
        await one.until(lambda found: found != NOTHING)
        assert len(one.pids()) == 1


async def test_a_closed_document_has_nothing(tmp_path: Path) -> None:
    async with editing(tmp_path) as one:
        await one.until(lambda found: found != NOTHING)
        one.context.closed(URI)
        one.documents.close(URI)
        assert one.context._standing == {}


async def test_what_was_opened_is_gathered_for_before_anybody_asks(
    tmp_path: Path,
) -> None:
    async with editing(tmp_path) as one, asyncio.timeout(60):
        while URI not in one.context._standing:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)


async def test_after_a_jump_nothing_is_kept(tmp_path: Path) -> None:
    async with editing(tmp_path) as one:
        one.write("line\n" * 100)
        await one.until(lambda found: text_of(found) != "")
        kept = await one.until(lambda found: found.snippets[0].tokens == 1)
        assert kept.line == 0
        seen: list[Standing] = []
        one.context.prepared = lambda uri: seen.append(one.context.standing(uri))
        await one.until(lambda found: found.line == 60, line=60)
        far = next(found for found in seen if found.line == 60)
        assert far.snippets[0].tokens == 0


async def test_edits_near_to_each_other_are_one(tmp_path: Path) -> None:
    async with editing(tmp_path) as one:
        for uri, line in (("b", 50), (URI, 1), ("b", 9), (URI, 8), (URI, 30), (URI, 3)):
            one.context._note_edit(uri, line)
        assert [*one.context._edits] == [(URI, 3), (URI, 30), ("b", 9), ("b", 50)]


async def test_a_worker_that_hangs_is_replaced(tmp_path: Path) -> None:
    async with editing(tmp_path, hung_s=2) as one:
        await one.until(lambda found: text_of(found) == "a\nb\n")
        (pid,) = one.pids()
        os.kill(pid, signal.SIGSTOP)
        one.write("c")
        await one.until(lambda found: text_of(found) == "c")
        assert len(one.pids()) == 2
        assert not alive(pid)
        assert one.told == ["worker ended"]


async def test_off_and_on_at_once_is_on(tmp_path: Path) -> None:
    async with editing(tmp_path) as one:
        await one.until(lambda found: found != NOTHING)
        one.context.follow(ContextSettings(enabled=False))
        one.context.follow(ContextSettings())
        await one.until(lambda found: found != NOTHING)
        assert len(one.pids()) == 2
        assert one.told == []


async def test_a_fault_in_supervising_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[object] = []
    context = Context(Documents(), told.append, ("\0",))
    context.follow(ContextSettings())
    context.begin(START)
    context.folders([tmp_path])
    async with asyncio.timeout(60):
        while not told:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)
    await context.close()
    (trouble,) = told
    assert isinstance(trouble, Trouble)
    assert trouble.kind == "worker given up"
    assert "ValueError" in caplog.text
