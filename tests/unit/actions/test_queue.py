"""Who waits for whom, and who takes whose place."""

import asyncio

import pytest

from lsp_server.actions.queue import Queue, Replaced


class Room:
    """A queue, and what happened in it."""

    def __init__(self) -> None:
        self.queue = Queue()
        self.told: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}

    async def ask(
        self, title: str, *, uri: str = "a", key: str = ""
    ) -> "asyncio.Task[None]":
        self._ends[title] = asyncio.Event()
        task = asyncio.create_task(self._act(title, uri, key or title))
        await asyncio.sleep(0)
        return task

    async def end(self, title: str) -> None:
        self._ends[title].set()
        await settled()

    async def _act(self, title: str, uri: str, key: str) -> None:
        def waits(other: str) -> None:
            self.told.append(f"{title} waits for {other}")

        async with self.queue.turn(uri, title, key, waits):
            self.told.append(f"{title} begins")
            await self._ends[title].wait()
        self.told.append(f"{title} ends")


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_second_action_waits_and_says_for_what() -> None:
    room = Room()
    await room.ask("fix")
    await room.ask("explain")
    assert room.told == ["fix begins", "explain waits for fix"]
    await room.end("fix")
    assert room.told[2:] == ["fix ends", "explain begins"]
    await room.end("explain")


async def test_a_third_one_waits_for_each_in_turn() -> None:
    room = Room()
    for title in ("fix", "explain", "tests"):
        await room.ask(title)
    await room.end("fix")
    await room.end("explain")
    assert [line for line in room.told if line.startswith("tests")] == [
        "tests waits for fix",
        "tests waits for explain",
        "tests begins",
    ]
    await room.end("tests")


async def test_actions_of_other_documents_run_beside() -> None:
    room = Room()
    await room.ask("fix")
    await room.ask("explain", uri="b")
    assert room.told == ["fix begins", "explain begins"]
    await room.end("fix")
    await room.end("explain")


async def test_the_same_action_takes_the_place_of_the_one_that_runs() -> None:
    room = Room()
    first = await room.ask("fix", key="fix 3")
    second = await room.ask("fix anew", key="fix 3")
    await settled()
    assert isinstance(first.exception(), Replaced)
    assert room.told[-1] == "fix anew begins"
    await room.end("fix anew")
    assert second.done()


async def test_the_same_action_takes_the_place_of_the_one_that_waits() -> None:
    room = Room()
    await room.ask("explain")
    waiting = await room.ask("fix", key="fix 3")
    await room.ask("fix anew", key="fix 3")
    await settled()
    assert isinstance(waiting.exception(), Replaced)
    await room.end("explain")
    assert room.told[-1] == "fix anew begins"
    await room.end("fix anew")


@pytest.mark.parametrize("which", ["runs", "waits"])
async def test_one_that_is_cancelled_lets_the_next_come(which: str) -> None:
    room = Room()
    runs = await room.ask("runs")
    waits = await room.ask("waits")
    await room.ask("next")
    (runs if which == "runs" else waits).cancel()
    await settled()
    await room.end("waits" if which == "runs" else "runs")
    assert room.told[-1] == "next begins"
    await room.end("next")


async def test_nothing_is_kept_of_what_is_over() -> None:
    room = Room()
    await room.ask("fix")
    await room.end("fix")
    assert room.queue._jobs == {}
