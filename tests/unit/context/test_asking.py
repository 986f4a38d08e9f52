"""Questions about a document: to the worker, and beside it where there is none."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from lsp_server.context.client import Context
from lsp_server.context.messages import Answer, Facts, Relate, Scopes, ScopesFound
from lsp_server.documents import Documents
from tests.unit.context.test_client import URI, Editing, editing

CLASS = "class A:\n    def f(self):\n        pass\n"


def names(answer: Answer | None) -> list[str]:
    assert isinstance(answer, ScopesFound)
    return [one.name for one in answer.definitions]


async def talking(one: Editing) -> None:
    """Wait until the worker has answered."""
    await one.until(lambda found: found.snippets != ())


async def test_the_worker_answers_of_the_document_as_it_is(tmp_path: Path) -> None:
    async with editing(tmp_path) as one:
        await talking(one)
        assert names(await one.context.ask(Scopes(URI, 1, 1))) == ["b"]
        one.write("a\nnew\nb\n")
        assert names(await one.context.ask(Scopes(URI, 1, 1))) == ["new"]


async def test_questions_do_not_wait_for_each_other(tmp_path: Path) -> None:
    async with editing(tmp_path) as one:
        await talking(one)
        stuck = asyncio.create_task(one.context.ask(Scopes(URI, 99, 99)))
        found = await asyncio.gather(
            *(one.context.ask(Scopes(URI, line, line)) for line in (0, 1))
        )
        assert [*map(names, found)] == [["a"], ["b"]]
        assert not stuck.done()
        stuck.cancel()


async def test_a_worker_that_is_killed_answers_nothing(tmp_path: Path) -> None:
    async with editing(tmp_path) as one:
        await talking(one)
        stuck = asyncio.create_task(one.context.ask(Scopes(URI, 99, 99)))
        await one.context.ask(Scopes(URI, 0, 0))  # so the other one is on its way
        (pid,) = one.pids()
        os.kill(pid, signal.SIGKILL)
        async with asyncio.timeout(30):  # before it would be given up
            assert await stuck is None
        await one.until(lambda _: len(one.pids()) == 2)  # it is replaced


async def test_a_worker_that_owes_an_answer_is_not_waited_for(tmp_path: Path) -> None:
    async with editing(tmp_path, hung_s=1) as one:
        await talking(one)
        assert await one.context.ask(Scopes(URI, 99, 99)) is None


@pytest.mark.parametrize("uri", [URI, "untitled:a"])
async def test_without_a_worker_the_document_alone_answers(uri: str) -> None:
    documents = Documents()
    documents.open(uri, "python", 1, CLASS)
    context = Context(documents)
    found = await context.ask(Scopes(uri, 2, 2))
    assert names(found) == ["A", "f"]


async def test_a_document_that_the_worker_is_not_told_of_answers_alone(
    tmp_path: Path,
) -> None:
    async with editing(tmp_path) as one:
        await talking(one)
        one.documents.open("untitled:a", "python", 1, CLASS)
        assert names(await one.context.ask(Scopes("untitled:a", 0, 0))) == ["A"]


@pytest.mark.parametrize("question", [Scopes(URI, 0, 0), Facts(URI, 0, 0)])
async def test_a_document_that_is_not_open_has_no_answer(
    question: Scopes | Facts,
) -> None:
    assert await Context(Documents()).ask(question) is None


@pytest.mark.parametrize("text", ["", "\0\x01", "def (:\n  class\n"])
@pytest.mark.parametrize("language", ["python", "plaintext"])
async def test_any_text_and_place_has_an_answer(text: str, language: str) -> None:
    documents = Documents()
    documents.open(URI, language, 1, text)
    context = Context(documents)
    for question in (Scopes(URI, 7, 9), Facts(URI, 7, 7), Relate(URI, 5, 9, 1000)):
        assert await context.ask(question) is not None
