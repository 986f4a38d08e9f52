"""What a killed engine leaves is removed: its processes and semaphores, and no others."""

import asyncio
import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from lsp_server.engine.local.processes import end_group, ended, until_ended
from lsp_server.engine.semaphores import clear_semaphores

_HOLDS_ONE = """
import multiprocessing, sys, time
from lsp_server.engine.semaphores import name_semaphores
name_semaphores()
held = multiprocessing.get_context("spawn").Semaphore()
print("held", flush=True)
time.sleep(60)
"""
_DESCRIPTION = """
import subprocess, sys, time
child = subprocess.Popen(
    [sys.executable, "-c", "import time; time.sleep(60)"], stdout=subprocess.DEVNULL
)
print(child.pid, flush=True)
time.sleep(60)
"""

pytestmark = pytest.mark.skipif(
    not Path("/dev/shm").is_dir(),  # noqa: S108 - where Linux keeps them
    reason="semaphores are no files here",
)


def semaphores(pid: int) -> list[Path]:
    return [*Path("/dev/shm").glob(f"sem.codellama-{pid}-*")]  # noqa: S108


def started(code: str) -> tuple["subprocess.Popen[str]", str]:
    """Start a process with its own group; return it and the first line that it says."""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_those_of_one_process_go_and_those_of_another_stay() -> None:
    (one, _), (other, _) = started(_HOLDS_ONE), started(_HOLDS_ONE)
    try:
        assert semaphores(one.pid)
        assert semaphores(other.pid)
        clear_semaphores(one.pid)
        assert not semaphores(one.pid)
        assert semaphores(other.pid)
    finally:
        for process in (one, other):
            clear_semaphores(process.pid)
            process.kill()
            process.communicate()


async def test_a_host_s_end_takes_all_that_it_started() -> None:
    host, child = started(_DESCRIPTION)
    assert not ended(int(child))
    host.kill()
    await asyncio.to_thread(host.communicate)
    assert not ended(int(child))
    await end_group(host.pid, patience_s=5)
    assert await until_ended(int(child), patience_s=5)


async def test_one_that_does_not_end_in_time_is_killed() -> None:
    host, child = started(_DESCRIPTION)
    ending = asyncio.create_task(end_group(host.pid, patience_s=0.1))
    await asyncio.to_thread(host.communicate)
    await ending
    assert host.returncode == -9
    assert await until_ended(int(child), patience_s=5)


async def test_nothing_of_it_is_left_where_nobody_can_wait_for_its_end() -> None:
    host, _ = started(_HOLDS_ONE)
    assert semaphores(host.pid)
    ending = asyncio.create_task(end_group(host.pid, patience_s=60))
    await asyncio.sleep(0)  # it has begun
    ending.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await ending
    assert not semaphores(host.pid)
    await asyncio.to_thread(host.communicate)
    assert host.returncode == -9
