"""Which models are in the memory, and which of them computes: with engines of no size."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeVar

import pytest

from lsp_server.engine import frames
from lsp_server.engine.base import (
    PRIORITY_AHEAD,
    EngineDown,
    EngineError,
    GenerationRequest,
    NotAwake,
    Tier,
)
from lsp_server.engine.host import residency
from lsp_server.engine.host.residency import Residency, Stages
from lsp_server.engine.settings import ModelSettings
from tests.unit.engine.quick_host import QuickEngine, construct

SMALL = ModelSettings(folder="/small", name="small")
LARGE = ModelSettings(folder="/large", name="large", tier=Tier.ON_DEMAND)
OTHER = ModelSettings(folder="/other", name="other", tier=Tier.ON_DEMAND)
BROKEN = ModelSettings(folder="/broken", name="broken", tier=Tier.ON_DEMAND)
DYING = ModelSettings(folder="/dies", name="dying", tier=Tier.ON_DEMAND)
PATIENCE_S = 20.0
T = TypeVar("T")


class Rig:
    """A residency, what was done to its engines, and what it said."""

    def __init__(self, *models: ModelSettings, **options: Any) -> None:
        self.done: list[str] = []
        self.said: list[frames.State] = []
        self.engines: list[QuickEngine] = []
        options = {"swaps": False} | options
        self.residency = Residency(models, self._load, self.said.append, **options)

    async def _load(self, settings: ModelSettings, report: Stages) -> QuickEngine:
        construct(settings, report)
        self.engines.append(QuickEngine(settings, self.done))
        return self.engines[-1]

    async def say(self, model: int, count: int, priority: int = 0) -> str:
        request = GenerationRequest(
            prompt_ids=(count,), max_tokens=9, priority=priority
        )
        async with aclosing(self.residency.generate(model, request)) as pieces:
            return "".join([piece.text async for piece in pieces])

    def states(self, model: int) -> list[str]:
        return [
            type(state).__name__
            for state in self.said
            if state.model == model and not isinstance(state, frames.Stage)
        ]

    async def until(self, what: str) -> None:
        await until(lambda: what in self.done)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - it is said to no event
            await asyncio.sleep(0.001)


@asynccontextmanager
async def running(work: Coroutine[Any, Any, T]) -> AsyncIterator["asyncio.Task[T]"]:
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def tended(*models: ModelSettings, **options: Any) -> AsyncIterator[Rig]:
    rig = Rig(*models, **options)
    async with running(rig.residency.tend()):
        await rig.residency.ready(0)
        yield rig
    await rig.residency.close()


async def test_the_first_model_is_loaded_and_the_second_when_it_is_asked_for() -> None:
    async with tended(SMALL, LARGE) as rig:
        assert rig.done == ["small loaded"]
        assert await rig.say(0, 2) == "0 1 "
        assert await rig.say(1, 3) == "0 1 2 "
        assert rig.done[:2] == ["small loaded", "large loaded"]
        assert [rig.states(0), rig.states(1)] == [["Ready"], ["Ready"]]


async def test_who_asks_while_a_model_is_loading_waits_for_the_one_load() -> None:
    async with tended(SMALL, LARGE) as rig:
        said = await asyncio.gather(*(rig.say(1, 1) for _ in range(3)))
        assert said == ["0 "] * 3
        assert rig.done.count("large loaded") == 1


async def test_a_completion_makes_an_action_wait_and_lets_it_go_on() -> None:
    async with tended(SMALL, LARGE) as rig:
        await rig.residency.ready(1)
        async with running(rig.say(1, 50)) as action:
            await until(lambda: rig.residency.running == 1)
            assert await rig.say(0, 10) == "0 1 2 3 4 5 6 7 8 9 "
            await rig.until("large resumed")
            assert (await action).split() == [f"{n}" for n in range(50)]
        assert [what for what in rig.done if "ed" in what[-6:]].count(
            "large paused"
        ) == 1


async def test_an_action_waits_until_the_last_of_several_completions() -> None:
    async with tended(SMALL, LARGE) as rig:
        await rig.residency.ready(1)
        async with running(rig.say(1, 0)):
            await until(lambda: rig.residency.running == 1)
            await asyncio.gather(rig.say(0, 3), rig.say(0, 6), rig.say(0, 9))
            await rig.until("large resumed")
        assert rig.done.count("large paused") == rig.done.count("large resumed") == 1


async def test_what_nobody_waits_for_makes_no_action_wait() -> None:
    async with tended(SMALL, LARGE) as rig:
        await rig.residency.ready(1)
        async with running(rig.say(1, 0)):
            await until(lambda: rig.residency.running == 1)
            await rig.say(0, 5, priority=PRIORITY_AHEAD)
        assert "large paused" not in rig.done


async def test_an_action_that_comes_while_a_completion_runs_waits_as_well() -> None:
    async with tended(SMALL, LARGE) as rig:
        await rig.residency.ready(1)
        async with running(rig.say(0, 30)) as completion, running(rig.say(1, 1)):
            await rig.until("large paused")
            await completion
            await rig.until("large resumed")


async def test_an_idle_model_leaves_and_comes_back_with_the_next_request() -> None:
    idle = ModelSettings(
        folder="/large", name="large", tier=Tier.ON_DEMAND, idle_s=0.05
    )
    async with tended(SMALL, idle) as rig:
        await rig.say(1, 1)
        await rig.until("large closed")
        assert rig.said[-1] == frames.Asleep(1, "nobody used it", wakes=True)
        assert await rig.say(1, 1) == "0 "
        assert rig.done.count("large loaded") == 2


async def test_a_model_that_works_is_not_idle() -> None:
    idle = ModelSettings(
        folder="/large", name="large", tier=Tier.ON_DEMAND, idle_s=0.05
    )
    async with tended(SMALL, idle) as rig, running(rig.say(1, 0)):
        await until(lambda: rig.residency.running == 1)
        await asyncio.sleep(3 * residency._LOOK_S)
        assert "large closed" not in rig.done


async def test_an_idle_model_that_completes_answers_nothing_while_it_comes_back() -> (
    None
):
    idle = ModelSettings(folder="/small", name="small", idle_s=0.05)
    async with tended(idle) as rig:
        await rig.until("small closed")
        with pytest.raises(NotAwake, match="on its way"):
            await rig.say(0, 1)
        await until(lambda: rig.states(0)[-1] == "Ready")
        assert await rig.say(0, 1) == "0 "


async def test_what_was_freed_comes_back_only_when_somebody_asks_to_load_it() -> None:
    async with tended(SMALL, LARGE) as rig:
        await rig.residency.ready(1)
        async with running(rig.say(1, 0)) as action:
            await until(lambda: rig.residency.running == 1)
            await rig.residency.free()
            with pytest.raises(NotAwake, match="left the memory"):
                await action
        assert {"small closed", "large closed"} <= {*rig.done}
        for model in (0, 1):
            with pytest.raises(NotAwake, match="asked to leave"):
                await rig.say(model, 1)
        await rig.residency.ready(0)
        assert await rig.say(0, 1) == "0 "
        with pytest.raises(NotAwake):
            await rig.say(1, 1)


async def test_of_the_on_demand_tier_one_model_is_there_at_a_time() -> None:
    async with tended(SMALL, LARGE, OTHER) as rig:
        await rig.say(1, 1)
        await rig.say(2, 1)
        assert rig.done == [
            *("small loaded", "large loaded", "large closed", "other loaded"),
        ]
        assert rig.states(1) == ["Ready", "Asleep"]


async def test_a_model_makes_room_when_it_has_finished() -> None:
    async with tended(SMALL, LARGE, OTHER) as rig:
        await rig.residency.ready(1)
        async with running(rig.say(1, 20)) as action:
            await until(lambda: rig.residency.running == 1)
            assert await rig.say(2, 1) == "0 "
            assert len((await action).split()) == 20


async def test_where_two_do_not_fit_one_sleeps_while_the_other_works() -> None:
    async with tended(SMALL, LARGE, swaps=True) as rig:
        async with running(rig.say(1, 30)) as action:
            await until(lambda: rig.residency.running == 1)
            with pytest.raises(NotAwake, match="sleeps while another model works"):
                await rig.say(0, 1)
            await action
        with pytest.raises(NotAwake, match="on its way"):
            await rig.say(0, 1)
        await rig.until("small wakes")
        await until(lambda: rig.states(0)[-1] == "Ready")
        assert await rig.say(0, 1) == "0 "
        assert rig.done == [
            *("small loaded", "small sleeps", "large loaded"),
            *("large sleeps", "small wakes"),
        ]
        assert rig.states(0) == ["Ready", "Asleep", "Ready"]
        assert await rig.say(1, 1) == "0 "
        assert rig.done[-2:] == ["small sleeps", "large wakes"]


async def test_a_model_that_cannot_be_loaded_says_why_and_may_be_tried_again() -> None:
    async with tended(SMALL, BROKEN) as rig:
        for _ in range(2):
            with pytest.raises(EngineError, match="the folder is broken"):
                await rig.say(1, 1)
        reason = frames.NotLoaded(1, "ModelUnusable", "the folder is broken")
        assert rig.said[-1] == reason
        assert await rig.say(0, 1) == "0 "


async def test_an_action_model_that_dies_takes_nobody_with_it() -> None:
    async with tended(SMALL, DYING) as rig:
        with pytest.raises(EngineDown, match=r"dying has ended: the core died"):
            await rig.say(1, 1)
        await rig.until("dying closed")
        assert rig.states(1) == ["Ready", "NotLoaded"]
        assert await rig.say(0, 1) == "0 "
        with pytest.raises(EngineDown, match=r"dying has ended: the core died"):
            await rig.say(1, 1)


async def test_who_asks_before_a_death_is_noticed_gets_a_new_model() -> None:
    async with tended(SMALL, LARGE) as rig:
        await rig.residency.ready(1)
        rig.engines[1].dead = True
        await rig.residency.ready(1)
        assert rig.done.count("large loaded") == 2
        rig.engines[2].dead = True
        assert await rig.say(1, 1) == "0 "
        assert rig.done.count("large loaded") == 3
        assert rig.done.count("large closed") == 2
        assert rig.states(1) == ["Ready", "NotLoaded", "Ready", "NotLoaded", "Ready"]


async def test_who_asks_the_dead_model_that_completes_hears_of_it() -> None:
    async with tended(SMALL) as rig:
        rig.engines[0].dead = True
        with pytest.raises(NotAwake, match="on its way"):
            await rig.say(0, 1)
        with pytest.raises(EngineDown, match="its core has ended"):
            await rig.residency.ready(0)
        await rig.until("small closed")
        assert rig.states(0) == ["Ready", "NotLoaded"]
        assert rig.done == ["small loaded", "small closed"]


async def test_all_ends_when_the_model_that_completes_has_died() -> None:
    dying = ModelSettings(folder="/dies", name="dying")
    rig = Rig(dying)
    await rig.residency.ready(0)
    async with running(rig.residency.tend()) as tending:
        with pytest.raises(NotAwake, match="dying has ended"):
            await rig.say(0, 1)
        async with asyncio.timeout(PATIENCE_S):
            await tending
    assert rig.states(0) == ["Ready", "NotLoaded"]


async def test_a_request_that_is_left_ends_and_lets_an_action_go_on() -> None:
    async with tended(SMALL, LARGE) as rig:
        await rig.residency.ready(1)
        async with running(rig.say(1, 0)):
            await until(lambda: rig.residency.running == 1)
            async with running(rig.say(0, 0)):
                await rig.until("large paused")
            await rig.until("large resumed")


async def test_a_core_that_is_silent_is_asked_and_one_that_says_nothing_is_ended() -> (
    None
):
    async with tended(SMALL, LARGE, silence_s=0.05, answer_s=0.05) as rig:
        await rig.residency.ready(1)
        async with running(rig.say(1, 0)):
            await rig.until("large answers")
            assert "large closed" not in rig.done
            rig.engines[-1].mute = True
            await rig.until("large closed")
        await until(lambda: rig.states(1)[-1] == "NotLoaded")
