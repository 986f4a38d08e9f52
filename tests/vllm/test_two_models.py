"""Two models in one host, with the real engine: who waits for whom, and who dies alone."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest
import pytest_asyncio

from lsp_server.engine.base import (
    PRIORITY_ACTION,
    EngineDown,
    GenerationRequest,
    Piece,
    Tier,
)
from lsp_server.engine.local.engine import LocalEngine, LocalHost
from lsp_server.engine.models import DEMO_FOLDER
from lsp_server.engine.settings import HostSettings, ModelSettings
from lsp_server.prompt.families import Layout
from lsp_server.prompt.infill import Infiller, infill, load
from tests.processes import all_gone, command, descendants

pytestmark = [pytest.mark.vllm, pytest.mark.asyncio(loop_scope="module")]

REPEATED = "".join(f"    self.name_{n} = name_{n}\n" for n in range(20))
BEGUN = f"class Names:\n    def take(self):\n{REPEATED}\n    def again(self):\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[LocalHost]:
    small = ModelSettings(folder=str(DEMO_FOLDER), name="small", window_tokens=2048)
    large = ModelSettings(
        tier=Tier.ON_DEMAND,
        folder=str(DEMO_FOLDER),
        name="large",
        window_tokens=2048,
        speculation="ngram",
    )
    host = LocalHost(
        HostSettings(models=(small, large)), tmp_path_factory.mktemp("log")
    )
    await host.engine().start(lambda _: None)
    yield host
    await host.close()


@pytest.fixture(scope="module")
def model() -> Infiller:
    return load(DEMO_FOLDER)


def action(model: Infiller) -> GenerationRequest:
    return GenerationRequest(
        prompt_ids=infill(model, BEGUN, "\n", Layout.SPM),
        max_tokens=300,
        priority=PRIORITY_ACTION,
    )


def completion(model: Infiller) -> GenerationRequest:
    return GenerationRequest(
        prompt_ids=infill(
            model, "import os\n\n\ndef f(a):\n    return ", "\n", Layout.SPM
        ),
        max_tokens=40,
    )


async def test_an_action_is_loaded_on_first_use_and_speculates(
    host: LocalHost, model: Infiller
) -> None:
    """Guessing tokens from the prompt changes no answer."""
    stages: list[str] = []
    large = host.engine(1)
    loaded = await large.start(stages.append)
    assert loaded.model == "large"
    assert any("loading the weights" in stage for stage in stages)
    assert text(await all_(large, action(model))) == text(
        await all_(host.engine(0), action(model))
    )


async def test_an_action_waits_for_a_completion_and_says_the_same(
    host: LocalHost, model: Infiller
) -> None:
    small, large = host.engine(0), host.engine(1)
    await large.start(lambda _: None)
    alone = text(await all_(large, action(model)))
    began = asyncio.Event()

    async def acting() -> list[Piece]:
        found = []
        async with aclosing(large.stream(action(model))) as pieces:
            async for piece in pieces:
                began.set()
                found.append(piece)
        return found

    running = asyncio.create_task(acting())
    await began.wait()
    for _ in range(5):
        assert text(await all_(small, completion(model)))
    assert text(await running) == alone


async def test_an_action_model_that_is_killed_takes_no_completion_with_it(
    host: LocalHost, model: Infiller
) -> None:
    small, large = host.engine(0), host.engine(1)
    await large.start(lambda _: None)
    assert host.pid is not None
    before = {pid for pid in descendants(host.pid) if "tracker" not in command(pid)}
    assert len(before) == 2
    async with aclosing(large.stream(action(model))) as pieces:
        await anext(pieces)
        core = max(before)  # loaded last
        os.kill(core, signal.SIGKILL)
        with pytest.raises(EngineDown):
            _ = [piece async for piece in pieces]
    assert text(await all_(small, completion(model)))
    assert await all_gone({core}) == set()
    loaded = await large.start(lambda _: None)
    assert loaded.model == "large"
    assert text(await all_(large, action(model)))


def text(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


async def all_(engine: LocalEngine, request: GenerationRequest) -> list[Piece]:
    async with aclosing(engine.stream(request)) as pieces:
        return [piece async for piece in pieces]
