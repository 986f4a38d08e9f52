"""The seam with the real engine behind it: vLLM and the demo model, on CPU."""

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from lsp_server.engine.base import (
    EngineDown,
    Finish,
    GenerationRequest,
    Piece,
    RequestRefused,
)
from lsp_server.engine.local.engine import LocalEngine, LocalHost
from lsp_server.engine.models import DEMO_FOLDER
from lsp_server.engine.settings import HostSettings, HostStart, ModelSettings
from lsp_server.prompt.families import Layout
from lsp_server.prompt.infill import Infiller, infill, load
from tests.processes import all_gone, command, descendants, processor_ticks

pytestmark = [pytest.mark.vllm, pytest.mark.asyncio(loop_scope="module")]

PREFIX = "import os\n\n\ndef read(path):\n    with open(path) as file:\n        return "
SUFFIX = "\n\n\ndef write(path, text):\n    pass\n"
BLOCK_TOKENS = 32
STEP_TOKENS = 1_024
LONG = 16_000
STARTED_TICKS = 20
"""Clock ticks of the core: it has begun to compute, a step or two."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[LocalEngine]:
    local = LocalHost(_settings(), tmp_path_factory.mktemp("log")).engine()
    stages: list[str] = []
    loaded = await local.start(stages.append)
    assert loaded.window_tokens == 2048
    assert loaded.device == "cpu"
    assert any("loading the weights" in stage for stage in stages)
    yield local
    await local.close()


@pytest.fixture(scope="module")
def model() -> Infiller:
    return load(DEMO_FOLDER)


async def test_the_space_before_the_first_word_is_kept(
    engine: LocalEngine, model: Infiller
) -> None:
    texts = []
    for begun in ("import", "for line", "return", "x =", "def f(a,", "if a is not"):
        prompt = infill(model, PREFIX + begun, "\n", Layout.SPM)
        pieces = await _all(engine, GenerationRequest(prompt_ids=prompt, max_tokens=2))
        assert pieces[-1].finish is Finish.LENGTH
        assert all(piece.finish is None for piece in pieces[:-1])
        texts.append(_text(pieces))
    assert any(text.startswith(" ") for text in texts), texts


async def test_the_same_prompt_gives_the_same_answer_from_the_cache(
    engine: LocalEngine, model: Infiller
) -> None:
    first = await _all(engine, _request(model, max_tokens=16))
    again = await _all(engine, _request(model, max_tokens=16))
    assert _text(again) == _text(first)  # how it is cut into pieces depends on the load
    cached = again[0].cached_tokens
    whole_blocks = again[0].prompt_tokens // BLOCK_TOKENS * BLOCK_TOKENS
    assert cached is not None
    assert whole_blocks - BLOCK_TOKENS <= cached <= whole_blocks
    assert cached > 0


async def test_a_stop_id_ends_the_answer_and_is_not_in_it(
    engine: LocalEngine, model: Infiller
) -> None:
    free = await _all(engine, _request(model, max_tokens=16))
    text = _text(free)
    stop_id = model.encoder.encode_infilling(text)[3]
    request = _request(model, max_tokens=16, stop_ids=(stop_id,))
    stopped = _text(await _all(engine, request))
    assert text.startswith(stopped)
    assert len(stopped) < len(text)


async def test_closing_the_stream_stops_the_engine(
    engine: LocalEngine, model: Infiller
) -> None:
    core = _core(engine)
    # No stop ids and no end: 300 tokens tell what a token costs on this machine.
    before = processor_ticks(core)
    whole = await _all(engine, _request(model, max_tokens=300, stop_ids=()))
    tokens = sum(piece.tokens for piece in whole)
    cost = (processor_ticks(core) - before) / tokens

    before = processor_ticks(core)
    async with aclosing(
        engine.stream(_request(model, max_tokens=1900, stop_ids=()))
    ) as pieces:
        await anext(pieces)
    await _idle(core)
    assert processor_ticks(core) - before < cost * 1900 / 4


async def test_closing_the_stream_stops_the_engine_in_the_middle_of_a_prompt(
    tmp_path: Path,
) -> None:
    """What was computed until then is in the cache: a step or a few, not the prompt."""
    local = LocalHost(_settings(LONG + 64), tmp_path).engine()
    await local.start(lambda _: None)
    try:
        core = _core(local)
        request = GenerationRequest(
            prompt_ids=tuple(5 + at % 4000 for at in range(LONG)), max_tokens=1
        )
        asking = asyncio.create_task(_all(local, request))
        idle = processor_ticks(core)
        while processor_ticks(core) < idle + STARTED_TICKS:  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.01)
        asking.cancel()
        await _idle(core)
        (piece, *_) = await _all(local, request)
        assert piece.cached_tokens is not None
        assert 0 < piece.cached_tokens < LONG - 4 * STEP_TOKENS
        (piece, *_) = await _all(local, request)
        assert piece.cached_tokens == (LONG - 1) // BLOCK_TOKENS * BLOCK_TOKENS
    finally:
        await local.close()


async def test_a_prompt_longer_than_the_window_is_refused_and_the_next_is_served(
    engine: LocalEngine, model: Infiller
) -> None:
    too_long = GenerationRequest(prompt_ids=(5,) * 3000, max_tokens=4)
    with pytest.raises(RequestRefused, match="2048"):
        await _all(engine, too_long)
    assert await _all(engine, _request(model, max_tokens=2))


async def test_streams_run_side_by_side(engine: LocalEngine, model: Infiller) -> None:
    requests = [_request(model, max_tokens=count) for count in (3, 9, 27)]
    answers = await asyncio.gather(*(_all(engine, request) for request in requests))
    texts = [_text(answer) for answer in answers]
    assert texts[2].startswith(texts[1])
    assert texts[1].startswith(texts[0])


async def test_killed_host_ends_streams_with_one_error_and_leaves_nothing(
    tmp_path: Path, model: Infiller
) -> None:
    local = LocalHost(_settings(), tmp_path).engine()
    await local.start(lambda _stage: None)
    host, core = _host(local), _core(local)
    family = {host, *descendants(host)}
    assert core in family
    request = _request(model, max_tokens=1900, stop_ids=())
    async with aclosing(local.stream(request)) as pieces:
        await anext(pieces)
        os.kill(host, signal.SIGKILL)
        with pytest.raises(EngineDown):
            _ = [piece async for piece in pieces]
    assert isinstance(await local.lost(), EngineDown)
    assert await all_gone(family) == set()
    await local.close()


async def test_a_core_does_not_outlive_a_host_that_nobody_watches(
    tmp_path: Path,
) -> None:
    start = HostStart(
        settings=_settings(),
        socket=str(tmp_path / "socket"),
        log="",
        log_start=0,
        shared=False,
    )
    host = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "lsp_server.engine.host.process",
        msgspec.json.encode(start).decode(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    while not (cores := [p for p in descendants(host.pid) if _is_core(p)]):
        assert host.returncode is None
        await asyncio.sleep(0.1)
    host.kill()
    await host.wait()
    assert await all_gone({*cores}) == set()


async def test_closing_while_it_loads_leaves_nothing(tmp_path: Path) -> None:
    local = LocalHost(_settings(), tmp_path).engine()
    loading = asyncio.Event()

    def report(stage: str) -> None:
        if "loading the weights" in stage:
            loading.set()

    start = asyncio.create_task(local.start(report))
    await loading.wait()
    family = {_host(local), *descendants(_host(local))}
    start.cancel()
    await asyncio.gather(start, return_exceptions=True)
    assert await all_gone(family) == set()


async def test_weights_of_another_shape_are_one_clear_message(tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(DEMO_FOLDER, folder)
    config = json.loads((folder / "config.json").read_text())
    config["intermediate_size"] *= 2
    (folder / "config.json").write_text(json.dumps(config))
    broken = ModelSettings(folder=str(folder), name="broken", window_tokens=2048)
    local = LocalHost(HostSettings(models=(broken,)), tmp_path).engine()
    with pytest.raises(EngineDown) as raised:
        await local.start(lambda _stage: None)
    message = str(raised.value)
    assert message.startswith("The engine did not start: ")
    assert "see root cause above" not in message.lower()
    assert str(tmp_path / f"engine-{os.getpid()}.log") in message


def _settings(window_tokens: int = 2048) -> HostSettings:
    model = ModelSettings(
        folder=str(DEMO_FOLDER), name="demo", window_tokens=window_tokens, heals=True
    )
    return HostSettings(models=(model,))


def _request(
    model: Infiller, *, max_tokens: int, stop_ids: tuple[int, ...] | None = None
) -> GenerationRequest:
    return GenerationRequest(
        prompt_ids=infill(model, PREFIX, SUFFIX, Layout.PSM),
        max_tokens=max_tokens,
        stop_ids=model.stop_ids if stop_ids is None else stop_ids,
    )


def _text(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


async def _all(engine: LocalEngine, request: GenerationRequest) -> list[Piece]:
    async with aclosing(engine.stream(request)) as pieces:
        return [piece async for piece in pieces]


def _host(engine: LocalEngine) -> int:
    assert engine.host.pid is not None
    return engine.host.pid


def _is_core(pid: int) -> bool:
    """Whether vLLM has named the process: it is past its preparation."""
    return command(pid).startswith("VLLM")


def _core(engine: LocalEngine) -> int:
    """Return the process that computes: the host's child that is not a tracker."""
    (core,) = (
        pid
        for pid in descendants(_host(engine))
        if "resource_tracker" not in command(pid)
    )
    return core


async def _idle(pid: int) -> None:
    """Return once the process has spent no processor time for half a second."""
    last = -1
    while (now := processor_ticks(pid)) != last:
        last = now
        await asyncio.sleep(0.5)
