"""The server's side of the seam, with a host that has no engine."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from lsp_server.engine.base import (
    EngineDown,
    EngineError,
    GenerationRequest,
    Loaded,
    NotInstalled,
    OutOfMemory,
    RequestRefused,
)
from lsp_server.engine.local.engine import LocalEngine, LocalHost
from lsp_server.engine.local.processes import ended
from lsp_server.engine.settings import HostSettings, ModelSettings
from tests.unit.engine import fake_host
from tests.unit.engine.fake_host import Ask

MODEL = ModelSettings(folder="/models/fake", name="fake/model", window_tokens=512)
SETTINGS = HostSettings(models=(MODEL,))
REPOSITORY = Path(__file__).parents[3]
PATIENCE_S = 30.0

Make = Callable[[str], LocalEngine]
_T = TypeVar("_T")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "state" / f"engine-{os.getpid()}.log"


@pytest.fixture
async def make(log: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Make]:
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    made: list[LocalEngine] = []

    def make(mode: str) -> LocalEngine:
        host = (sys.executable, fake_host.__file__, mode)
        made.append(LocalHost(SETTINGS, log.parent, command=host).engine())
        return made[-1]

    yield make
    for engine in made:
        await engine.close()


@pytest.fixture
async def engine(make: Make) -> LocalEngine:
    engine = make("serves")
    await soon(engine.start(ignore))
    return engine


def ignore(_stage: str) -> None: ...


async def soon(awaited: Awaitable[_T]) -> _T:
    async with asyncio.timeout(PATIENCE_S):
        return await awaited


def request(ask: Ask) -> GenerationRequest:
    return GenerationRequest(prompt_ids=(ask,), max_tokens=8)


async def answer(engine: LocalEngine, ask: Ask) -> str:
    async with (
        asyncio.timeout(PATIENCE_S),
        aclosing(engine.stream(request(ask))) as all_,
    ):
        return "".join([piece.text async for piece in all_])


async def half(engine: LocalEngine) -> AsyncGenerator[object]:
    """Return a stream that has begun and will not end by itself."""
    stream = engine.stream(request(Ask.HALF))
    assert (await soon(anext(stream))).text == "half an ans"
    return stream


# Starting


async def test_a_start_tells_its_stages_and_what_was_loaded(make: Make) -> None:
    stages: list[str] = []
    loaded = await soon(make("serves").start(stages.append))
    assert loaded == Loaded(model="fake", window_tokens=512, device="none")
    assert stages == ["waking up (50%)"]


async def test_the_host_gets_the_settings(engine: LocalEngine) -> None:
    said = await answer(engine, Ask.SETTINGS)
    assert msgspec.json.decode(said, type=HostSettings) == SETTINGS


@pytest.mark.parametrize(
    ("mode", "kind", "says"),
    [
        (
            "dies at once",
            EngineDown,
            (
                "The engine host ended at once: ValueError: no such model. "
                "The engine's log: LOG"
            ),
        ),
        (
            "cannot be called",
            EngineDown,
            "The engine host ended at once: no reason given. The engine's log: LOG",
        ),
        (
            "dies while starting",
            OutOfMemory,
            (
                "fake/model does not fit into the free memory "
                "(torch.OutOfMemoryError: CUDA out of memory). Choose a smaller model, or a "
                "smaller window_tokens. The engine's log: LOG"
            ),
        ),
        (
            "fails",
            EngineDown,
            "The engine did not start: no reason to start. The engine's log: LOG",
        ),
        (
            "babbles",
            EngineDown,
            ("The engine host ended at once: no reason given. The engine's log: LOG"),
        ),
    ],
)
async def test_a_failed_start_says_why_and_leaves_nothing(
    make: Make, log: Path, mode: str, kind: type[EngineError], says: str
) -> None:
    engine = make(mode)
    with pytest.raises(kind) as raised:
        await soon(engine.start(ignore))
    assert str(raised.value) == says.replace("LOG", str(log))
    assert type(raised.value) is kind
    assert engine.host.pid is None


async def test_a_start_that_is_cancelled_ends_the_host(make: Make) -> None:
    engine = make("is never ready")
    waking = asyncio.Event()
    start = asyncio.create_task(engine.start(lambda _stage: waking.set()))
    await soon(waking.wait())
    assert engine.host.pid is not None
    pid = engine.host.pid
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await soon(start)
    assert ended(pid)


async def test_without_vllm_nothing_is_started(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vllm", None)  # "not installed" to import
    with pytest.raises(NotInstalled, match="make install"):
        await LocalHost(SETTINGS, log.parent).engine().start(ignore)


async def test_the_log_is_the_users_alone(engine: LocalEngine, log: Path) -> None:
    assert engine.host.pid is not None
    assert [mode(log), mode(log.parent)] == [0o600, 0o700]


async def test_an_older_death_in_the_log_is_not_the_cause(
    make: Make, log: Path
) -> None:
    write(log, fake_host.TRACEBACKS)
    with pytest.raises(EngineDown, match="ValueError: no such model"):
        await soon(make("dies at once").start(ignore))
    assert read(log).startswith(fake_host.TRACEBACKS)


async def test_a_long_log_is_set_aside(make: Make, log: Path) -> None:
    long = "x" * (2**20 + 1)
    write(log, long)
    with pytest.raises(EngineDown):
        await soon(make("dies at once").start(ignore))
    assert read(log.with_name(f"{log.name}.1")) == long
    assert read(log) == "ValueError: no such model.\n"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def read(path: Path) -> str:
    return path.read_text()


def write(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)


# Streams


async def test_requests_are_answered_side_by_side(engine: LocalEngine) -> None:
    running = await half(engine)
    settings = msgspec.json.encode(SETTINGS).decode()
    both = asyncio.gather(*(answer(engine, Ask.SETTINGS) for _ in range(2)))
    assert await soon(both) == [settings, settings]
    await running.aclose()


async def test_a_stream_that_is_closed_early_is_aborted_in_the_engine(
    engine: LocalEngine,
) -> None:
    await answer(engine, Ask.SETTINGS)
    first, second = await half(engine), await half(engine)
    await second.aclose()
    assert await answer(engine, Ask.ABORTED) == "[3]"
    await first.aclose()
    assert await answer(engine, Ask.ABORTED) == "[3, 2]"


async def test_a_stream_that_ended_is_not_aborted(engine: LocalEngine) -> None:
    await answer(engine, Ask.SETTINGS)
    with pytest.raises(RequestRefused):
        await answer(engine, Ask.REFUSED)
    assert await answer(engine, Ask.ABORTED) == "[]"


async def test_a_refused_request_says_why(engine: LocalEngine) -> None:
    with pytest.raises(RequestRefused, match=r"^too long$"):
        await answer(engine, Ask.REFUSED)


async def test_a_failure_of_an_unknown_kind_is_the_engines(engine: LocalEngine) -> None:
    with pytest.raises(EngineDown, match=r"^oh no$"):
        await answer(engine, Ask.ODD)


# The end of a host


async def test_a_host_that_dies_ends_every_stream(
    engine: LocalEngine, log: Path
) -> None:
    running = await half(engine)
    lost = asyncio.create_task(engine.lost())
    says = (
        "The engine ended unexpectedly: RuntimeError: the core died. "
        f"The engine's log: {log}"
    )
    for broken in (answer(engine, Ask.DEATH), soon(anext(running))):
        with pytest.raises(EngineDown) as raised:
            await broken
        assert str(raised.value) == says
    assert str(await soon(lost)) == says
    with pytest.raises(EngineDown):
        await answer(engine, Ask.SETTINGS)


async def test_a_host_that_babbles_has_ended(engine: LocalEngine) -> None:
    running = await half(engine)
    for broken in (answer(engine, Ask.BABBLE), soon(anext(running))):
        with pytest.raises(EngineDown, match="ended unexpectedly"):
            await broken
    assert isinstance(await soon(engine.lost()), EngineDown)
    assert engine.host.pid is not None
    assert ended(engine.host.pid)


async def test_closing_ends_streams_and_the_host(engine: LocalEngine) -> None:
    running = await half(engine)
    lost = asyncio.create_task(engine.lost())
    waiting = asyncio.create_task(answer(engine, Ask.HALF))
    await soon(asyncio.wait({waiting}, timeout=0))
    assert engine.host.pid is not None
    pid = engine.host.pid
    await soon(engine.close())
    with pytest.raises(EngineDown, match="closed"):
        await soon(anext(running))
    with pytest.raises(EngineDown, match="closed"):
        await soon(waiting)
    assert "closed" in str(await soon(lost))
    assert ended(pid)


async def test_a_stream_may_be_closed_after_the_engine(engine: LocalEngine) -> None:
    running = await half(engine)
    await soon(engine.close())
    await running.aclose()


async def test_closing_twice_is_closing_once(engine: LocalEngine) -> None:
    await soon(engine.close())
    await soon(engine.close())
    with pytest.raises(EngineDown, match="not running"):
        await answer(engine, Ask.SETTINGS)


async def test_closing_after_the_host_has_died_is_quiet(engine: LocalEngine) -> None:
    with pytest.raises(EngineDown):
        await answer(engine, Ask.DEATH)
    await soon(engine.close())


async def test_an_engine_that_was_not_started_is_down(make: Make) -> None:
    engine = make("serves")
    await engine.close()
    assert "not running" in str(await engine.lost())
    with pytest.raises(EngineDown, match="not running"):
        await answer(engine, Ask.SETTINGS)
