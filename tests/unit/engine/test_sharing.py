"""One host for all windows: found, started once, replaced by a newer build, left behind."""

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from lsp_server.engine import frames
from lsp_server.engine.base import EngineDown, GenerationRequest, NotAwake, Tier
from lsp_server.engine.build import BUILD
from lsp_server.engine.local import meeting, rendezvous
from lsp_server.engine.local.engine import LocalHost
from lsp_server.engine.local.processes import ended, until_ended
from lsp_server.engine.local.rendezvous import (
    Meet,
    host_if_there,
    key_of,
    private_host,
    shared_host,
)
from lsp_server.engine.seat import holder
from lsp_server.engine.settings import HostSettings, HostStart, ModelSettings
from lsp_server.framing import read_frame
from tests.unit.engine import quick_host

REPOSITORY = Path(__file__).parents[3]
HOST = (sys.executable, quick_host.__file__)
PATIENCE_S = 30.0
SMALL = ModelSettings(folder="/small", name="small")
LARGE = ModelSettings(folder="/large", name="large", tier=Tier.ON_DEMAND)
T = TypeVar("T")


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch, short_folder: Path) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short_folder))
    return short_folder / "codellama-lsp"


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Path]:
    """Yield a folder for logs; by the end no host that wrote one is left."""
    yield tmp_path
    for log in tmp_path.glob("*.log"):
        assert "Traceback" not in log.read_text()


def settings(*models: ModelSettings, linger_s: float = 0.0) -> HostSettings:
    return HostSettings(models=models or (SMALL, LARGE), linger_s=linger_s)


@asynccontextmanager
async def window(
    logs: Path, meet: Meet = shared_host, of: HostSettings | None = None
) -> AsyncIterator[LocalHost]:
    host = LocalHost(of or settings(), logs, meet=meet, command=HOST)
    try:
        yield host
    finally:
        await host.close()


async def soon(awaited: Awaitable[T]) -> T:
    async with asyncio.timeout(PATIENCE_S):
        return await awaited


async def started(host: LocalHost, model: int = 0) -> int:
    """Start one of its models; returns the host's process."""
    await soon(host.ready(model, lambda _: None))
    assert host.pid is not None
    return host.pid


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - it is of another process
            await asyncio.sleep(0.01)


async def say(host: LocalHost, count: int, model: int = 0) -> str:
    request = GenerationRequest(prompt_ids=(count,), max_tokens=9)
    async with (
        asyncio.timeout(PATIENCE_S),
        aclosing(host.stream(model, request)) as pieces,
    ):
        return "".join([piece.text async for piece in pieces])


async def gone(pid: int, runtime: Path) -> None:
    """Wait until a host has ended, and see that it left only its locks behind."""
    assert await until_ended(pid, PATIENCE_S)
    assert {path.suffix for path in runtime.iterdir()} <= {".lock", ".seat"}


async def test_a_second_window_uses_the_host_of_the_first(
    logs: Path, runtime: Path
) -> None:
    async with window(logs) as one, window(logs) as other:
        pid = await started(one)
        assert await started(other) == pid
        said = await asyncio.gather(say(one, 2), say(other, 3))
        assert [*said] == ["0 1 ", "0 1 2 "]
    await gone(pid, runtime)


async def test_windows_that_come_at_once_start_one_host(
    logs: Path, runtime: Path
) -> None:
    async with (
        window(logs) as a,
        window(logs) as b,
        window(logs) as c,
        window(logs) as d,
    ):
        pids = await asyncio.gather(*map(started, (a, b, c, d)))
        assert len({*pids}) == 1
    await gone(pids[0], runtime)


async def test_other_settings_are_another_host(logs: Path) -> None:
    async with window(logs) as one, window(logs, of=settings(SMALL)) as other:
        assert await started(one) != await started(other)


async def test_a_host_outlives_the_window_that_started_it(
    logs: Path, runtime: Path
) -> None:
    async with window(logs) as other:
        async with window(logs) as first:
            pid = await started(first)
            await started(other)
        assert await say(other, 1) == "0 "
        assert not ended(pid)
    await gone(pid, runtime)


async def test_a_host_lingers_for_the_next_window(logs: Path) -> None:
    lasting = settings(linger_s=600.0)
    async with window(logs, of=lasting) as first:
        pid = await started(first)
    try:
        async with window(logs, of=lasting) as second:
            assert await started(second) == pid
    finally:
        os.kill(pid, signal.SIGTERM)
        assert await until_ended(pid, PATIENCE_S)


async def test_a_private_host_is_not_shared_and_ends_with_its_window(
    logs: Path, runtime: Path
) -> None:
    async with window(logs) as shared, window(logs, private_host) as own:
        theirs, ours = await started(shared), await started(own)
        assert theirs != ours
        await own.close()
        assert ended(ours)
        assert await say(shared, 1) == "0 "
    await gone(theirs, runtime)


async def test_a_command_uses_the_windows_host_but_starts_none(
    logs: Path, runtime: Path
) -> None:
    async with window(logs, host_if_there) as alone:
        own = await started(alone)
    assert ended(own)
    async with window(logs) as editor, window(logs, host_if_there) as command:
        pid = await started(editor)
        assert await started(command) == pid
        await command.close()
        assert await say(editor, 1) == "0 "
    await gone(pid, runtime)


async def test_a_killed_host_is_told_to_every_window_and_one_new_one_comes(
    logs: Path, runtime: Path
) -> None:
    async with window(logs) as one, window(logs) as other:
        pid = await started(one)
        await started(other)
        waiting = asyncio.create_task(say(one, 0))
        await asyncio.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
        for host in (one, other):
            assert isinstance(await soon(host.lost()), EngineDown)
        with pytest.raises(EngineDown):
            await waiting
        again = await asyncio.gather(started(one), started(other))
        assert len({*again}) == 1
        assert again[0] != pid
    await gone(again[0], runtime)


async def test_a_host_that_hangs_is_ended_and_told(logs: Path, runtime: Path) -> None:
    host = LocalHost(
        settings(), logs, meet=shared_host, command=HOST, silence_s=0.2, ping_s=0.05
    )
    pid = await started(host)
    waiting = asyncio.create_task(say(host, 0))
    await asyncio.sleep(1.0)
    assert not waiting.done(), "a host that answers pings lives"
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(EngineDown):
        await waiting
    await host.close()
    assert await until_ended(pid, PATIENCE_S)
    async with window(logs) as other:
        new = await started(other)
    await gone(new, runtime)


async def test_what_one_window_frees_is_asleep_for_all_until_it_is_asked_for(
    logs: Path,
) -> None:
    async with window(logs) as one, window(logs) as other:
        heard: list[frames.State] = []
        other.hear = heard.append
        await started(one)
        await started(other)
        one.free()
        async with asyncio.timeout(PATIENCE_S):
            while not any(isinstance(state, frames.Asleep) for state in heard):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        with pytest.raises(NotAwake):
            await say(other, 1)
        await started(other)
        assert await say(one, 1) == "0 "


async def test_a_second_model_is_loaded_by_the_window_that_asks_for_it(
    logs: Path,
) -> None:
    async with window(logs) as one:
        await started(one)
        stages: list[str] = []
        loaded = await soon(one.ready(1, stages.append))
        assert loaded.model == "large"
        assert stages == ["starting (0%)", "thinking of numbers (50%)"]
        assert await say(one, 2, model=1) == "0 1 "


# Builds


OLDER = msgspec.structs.replace(BUILD, stamp=BUILD.stamp - 1)
NEWER = msgspec.structs.replace(BUILD, stamp=BUILD.stamp + 1)
FOREIGN = msgspec.structs.replace(NEWER, protocol=BUILD.protocol + 1)


@asynccontextmanager
async def other_build(
    runtime: Path, build: object, heard: list[frames.FromServer]
) -> AsyncIterator[list[asyncio.StreamWriter]]:
    """Serve as a host of another build, which leaves when it is asked to.

    Yielded are those who are connected.
    """
    stand_in = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE
    )

    served: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello = frames.Hello(build, stand_in.pid, "", 0)  # type: ignore[arg-type]
        served.append(writer)
        writer.write(frames.frame(hello))
        while (body := await read_frame(reader)) is not None:
            heard.append(frames.from_server.decode(body))
            if isinstance(heard[-1], frames.Drain):
                stand_in.kill()
                stand_in.wait()
                break
        writer.close()

    runtime.mkdir(mode=0o700, exist_ok=True)
    path = runtime / f"{key_of(settings())}.sock"
    try:
        async with await asyncio.start_unix_server(serve, path):
            yield served
    finally:
        for writer in served:
            writer.close()
            await writer.wait_closed()
        stand_in.kill()
        stand_in.communicate()
        path.unlink(missing_ok=True)


async def test_an_older_build_is_asked_to_leave_before_ours_starts(
    logs: Path, runtime: Path
) -> None:
    heard: list[frames.FromServer] = []
    async with other_build(runtime, OLDER, heard), window(logs) as one:
        pid = await started(one)
        assert [type(one) for one in heard] == [frames.Drain]
        assert await say(one, 1) == "0 "
    assert await until_ended(pid, PATIENCE_S)


async def test_a_newer_build_that_speaks_as_we_do_is_used(
    logs: Path, runtime: Path
) -> None:
    heard: list[frames.FromServer] = []
    async with other_build(runtime, NEWER, heard) as served, window(logs) as one:
        starting = asyncio.create_task(one.ready(0, lambda _: None))
        await asyncio.sleep(0.3)
        assert len(served) == 1
        assert one.pid is None, "it is not the process that it says it is"
        assert not starting.done()
        starting.cancel()
    assert heard == []


async def test_a_newer_build_that_speaks_otherwise_is_left_alone_with_a_message(
    logs: Path, runtime: Path
) -> None:
    heard: list[frames.FromServer] = []
    async with other_build(runtime, FOREIGN, heard), window(logs) as one:
        with pytest.raises(
            EngineDown, match=r"newer codellama-lsp.*restart this editor"
        ):
            await started(one)
    assert heard == []


async def test_a_host_that_drains_answers_what_was_asked_before(
    logs: Path, runtime: Path
) -> None:
    async with window(logs) as one:
        pid = await started(one)
        asked = asyncio.create_task(say(one, 30))
        await asyncio.sleep(0.05)
        one.send(frames.Drain("It is time."))
        assert len((await asked).split()) == 30
    await gone(pid, runtime)


# Seats


async def test_a_window_that_comes_while_the_model_is_asleep_wakes_it(
    logs: Path,
) -> None:
    idle = settings(msgspec.structs.replace(SMALL, idle_s=0.2))
    heard: list[frames.State] = []
    async with window(logs, of=idle) as one, window(logs, of=idle) as other:
        one.hear = heard.append
        pid = await started(one)
        await until(lambda: any(isinstance(s, frames.Asleep) for s in heard))
        assert await started(other) == pid
        assert await say(other, 1) == "0 "


async def test_what_was_given_back_stays_so_for_a_new_window_until_somebody_asks(
    logs: Path,
) -> None:
    async with window(logs) as one, window(logs) as other:
        heard: list[frames.State] = []
        one.hear = heard.append
        await started(one)
        one.free()
        await until(lambda: any(isinstance(s, frames.Asleep) for s in heard))
        told: list[frames.State] = []
        other.hear = told.append
        starting = asyncio.create_task(other.ready(0, lambda _: None))
        await until(lambda: bool(told))
        await asyncio.sleep(0.1)
        assert [type(state) for state in told if state.model == 0] == [frames.Asleep]
        assert not starting.done()
        async with window(logs, host_if_there) as command:
            await started(command)
            one.free()
            await until(lambda: isinstance(told[-1], frames.Asleep))
        await started(other)  # by hand
        await soon(starting)
        assert await say(one, 1) == "0 "


async def test_a_window_that_leaves_while_its_host_starts_leaves_one_host(
    logs: Path, runtime: Path
) -> None:
    hasty = asyncio.create_task(
        LocalHost(settings(), logs, meet=shared_host, command=HOST).ready(0, print)
    )
    await until((runtime / f"{key_of(settings())}.lock").exists)
    hasty.cancel()
    await asyncio.wait({hasty})
    async with window(logs) as one, window(logs) as other:
        pid = await started(one)
        assert await started(other) == pid
        assert holder(runtime / f"{key_of(settings())}.sock") == pid
    await gone(pid, runtime)


async def test_a_host_that_hangs_while_nobody_waits_is_ended_by_who_comes(
    logs: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meeting, "HELLO_S", 0.5)
    lasting = settings(linger_s=600.0)
    async with window(logs, of=lasting) as one:
        pid = await started(one)
        os.kill(pid, signal.SIGSTOP)
        async with window(logs, of=lasting) as other:
            new = await started(other)
            assert new != pid
            assert ended(pid)
    os.kill(new, signal.SIGTERM)
    await gone(new, runtime)


async def test_a_host_that_has_its_seat_and_cannot_be_called_is_ended(
    logs: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendezvous, "STUCK_S", 0.5)
    lasting = settings(linger_s=600.0)
    async with window(logs, of=lasting) as one:
        pid = await started(one)
        (runtime / f"{key_of(lasting)}.sock").unlink()
        async with window(logs, of=lasting) as other:
            assert await started(other) != pid
            assert ended(pid)
            new = other.pid
    assert new is not None
    os.kill(new, signal.SIGTERM)
    await gone(new, runtime)


async def test_a_host_of_other_models_leaves_if_nobody_uses_it(logs: Path) -> None:
    lasting = settings(SMALL, linger_s=600.0)
    async with window(logs, of=lasting) as first:
        unused = await started(first)
    async with window(logs) as second:
        used = await started(second)
        assert ended(unused)
        async with window(logs, of=settings(LARGE)) as third:
            other = await started(third)
            assert not ended(used), "it is used"
        assert await until_ended(other, PATIENCE_S)
        assert await say(second, 1) == "0 "


async def test_a_host_that_is_renewed_tells_every_window_so(logs: Path) -> None:
    async with window(logs) as one, window(logs) as other:
        pid = await started(one)
        await started(other)
        lost = asyncio.create_task(other.lost())
        await soon(one.renew())
        assert "restarted from one of your windows" in str(await soon(lost))
        assert await started(one) != pid


async def test_a_model_that_is_not_there_is_asked_for_in_vain(logs: Path) -> None:
    async with window(logs) as one:
        await started(one)
        one.send(frames.Load(7))
        with pytest.raises(NotAwake):
            await say(one, 1, model=7)
        assert await say(one, 1) == "0 "


# Who may connect


async def test_a_file_in_the_folders_place_is_told(logs: Path, runtime: Path) -> None:
    runtime.touch()
    async with window(logs) as one:
        with pytest.raises(EngineDown, match="is not a folder of yours"):
            await started(one)


async def test_a_folder_that_cannot_be_made_is_told(
    logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/proc")
    async with window(logs) as one:
        with pytest.raises(EngineDown, match="set XDG_RUNTIME_DIR"):
            await started(one)


async def test_the_folder_is_the_users_alone(logs: Path, runtime: Path) -> None:
    runtime.mkdir(mode=0o777)
    async with window(logs) as one:
        await started(one)
        assert stat.S_IMODE(runtime.stat().st_mode) == 0o700


async def test_a_link_in_the_folders_place_is_refused(
    logs: Path, runtime: Path, tmp_path: Path
) -> None:
    runtime.symlink_to(tmp_path, target_is_directory=True)
    async with window(logs) as one:
        with pytest.raises(EngineDown, match="is not a folder of yours"):
            await started(one)


async def test_what_a_dead_host_left_is_cleared_away(logs: Path, runtime: Path) -> None:
    runtime.mkdir(mode=0o700)
    key = key_of(settings())
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(runtime / f"{key}.sock"))
    (runtime / f"{key}-left").mkdir()
    (runtime / f"{key}-left" / "core.sock").touch()
    async with window(logs) as one:
        pid = await started(one)
        assert not (runtime / f"{key}-left").exists()
    await gone(pid, runtime)


async def test_a_host_that_nobody_connects_to_ends(
    runtime: Path,
) -> None:
    runtime.mkdir(mode=0o700)
    start = HostStart(
        settings=settings(),
        socket=str(runtime / "x.sock"),
        log="",
        log_start=0,
        shared=True,
        first_client_s=0.2,
    )
    host = await asyncio.create_subprocess_exec(*HOST, msgspec.json.encode(start))
    assert await soon(host.wait()) == 0
