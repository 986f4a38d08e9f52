"""Programs that nobody has read: how they end, and what they cannot do."""

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bench.sandbox import Ending, Outcome, SandboxUnavailable, run
from tests.processes import all_gone, descendants

MEMORY_BYTES = 256 * 2**20

_FORKS = """
import os, time
for _ in range(8):
    try:
        child = os.fork()
    except OSError:
        continue
    if not child:
        if os.fork():
            os._exit(0)
        os.setsid()
        time.sleep(60)
        os._exit(0)
"""


async def outcome(program: str, timeout_s: int = 5) -> Outcome:
    return await run(program, timeout_s, MEMORY_BYTES)


@pytest.mark.parametrize(
    ("program", "detail"),
    [
        ("assert 1 + 1 == 3", "AssertionError"),
        ("assert False, 'not this'", "AssertionError: not this"),
        ("def f(:", "SyntaxError: invalid syntax"),
        ("input()", "EOFError: EOF when reading a line"),
        ("import numpy", "ModuleNotFoundError: No module named 'numpy'"),
        ("import ctypes; ctypes.string_at(0)", "ended by SIGSEGV"),
        ("raise ValueError('a' * 10_000)", "ValueError: " + "a" * 188),
    ],
)
async def test_a_failure_tells_its_last_line(program: str, detail: str) -> None:
    found = await outcome(program)
    assert found.ending is Ending.FAILED
    assert found.detail.startswith(detail)
    assert len(found.detail) <= 200


@pytest.mark.parametrize(
    "leave",
    [
        "raise SystemExit(0)",
        "import sys; sys.exit()",
        "import os; os._exit(0)",
        "import os; os.write(3, b'passed'); os.closerange(3, 64)",
        "import os; [os.write(1, b'+' * 64) for _ in range(3)]; os._exit(0)",
    ],
)
async def test_leaving_early_is_no_pass(leave: str) -> None:
    assert (await outcome(leave)).ending is Ending.FAILED
    assert (await outcome("x = 1")).ending is Ending.PASSED


async def test_what_programs_compute_with_is_there() -> None:
    program = """
import collections, decimal, functools, hashlib, heapq, json, math, random, re, typing
import datetime, os, threading, time
hashlib.md5(b"x").hexdigest()
random.random(), time.sleep(0.001), datetime.datetime.now(), time.localtime()
done = []
thread = threading.Thread(target=done.append, args=(1,))
thread.start(), thread.join()
assert done == [1]
assert open(os.__file__).readline()
assert __name__ != "__main__"
"""
    assert await outcome(program) == Outcome(Ending.PASSED)


async def test_the_environment_is_empty_and_so_is_the_folder() -> None:
    program = """
import os
folder = os.getcwd()
assert os.listdir(folder) == []
assert os.environ["HOME"] == os.environ["TMPDIR"] == folder
assert {*os.environ} <= {"HOME", "TMPDIR", "PYTHONHASHSEED", "LC_CTYPE"}
assert len(os.listdir("/proc/self/fd")) <= len(["in", "out", "err", "sign", "this"])
raise SystemExit(folder)
"""
    before = _folders()
    found = await outcome(program)
    assert "codellama-run-" in found.detail, found
    assert _folders() <= before


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.socket()",
        "import socket; socket.socket(socket.AF_UNIX)",
        "os.fork()",
        "import subprocess; subprocess.run(['true'])",
        "os.execv('/bin/true', ['true'])",
        "os.kill(os.getppid(), 0)",
        "os.killpg(os.getpgid(os.getppid()), 0)",
        "import signal; signal.pidfd_send_signal(os.pidfd_open(os.getppid()), 0)",
        "os.sched_setaffinity(os.getppid(), {0})",
        "import resource; resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0))",
        "open('here', 'w')",
        "os.open('here', os.O_RDONLY | os.O_CREAT)",
        "os.open('.', os.O_TMPFILE | os.O_RDWR)",
        "os.mkdir('here')",
        "os.memfd_create('name')",
        "open(outside, 'w')",
        "open(outside, 'a')",
        "open(outside, 'r+')",
        "os.open(outside, os.O_RDONLY | os.O_TRUNC)",
        "os.truncate(outside, 0)",
        "os.unlink(outside)",
        "os.rename(outside, outside + 'x')",
        "os.chmod(outside, 0)",
        "os.fchmod(os.open(outside, os.O_RDONLY), 0)",
        "os.utime(outside)",
        "os.setxattr(outside, 'user.x', b'')",
        "os.symlink(outside, outside + 'x')",
        "import fcntl; fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid())",
        "import fcntl; fcntl.fcntl(0, 10, 9)",  # F_SETSIG
        "import fcntl; fcntl.fcntl(0, fcntl.F_SETFL, os.O_ASYNC)",
        "called(libc.ptrace(0, 0, 0, 0))",
        "called(libc.unshare(0x10000000))",
        "called(libc.mount(b'none', b'/mnt', b'tmpfs', 0, 0))",
        "called(libc.syscall(425, 1, 0))",  # io_uring_setup
        "called(libc.syscall(435, 0, 0))",  # clone3
        "called(libc.syscall(437, -100, outside.encode(), 0, 0))",  # openat2
    ],
)
async def test_it_is_refused(attempt: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("as it was")
    before = outside.stat()
    program = f"""
import ctypes, errno, os
outside = {str(outside)!r}
libc = ctypes.CDLL(None, use_errno=True)

def called(result):
    if result == -1:
        raise OSError(ctypes.get_errno(), "refused")

try:
    {attempt}
except OSError as error:
    assert error.errno in (errno.EPERM, errno.ENOSYS), error
else:
    raise SystemExit("allowed")
"""
    assert await outcome(program) == Outcome(Ending.PASSED)
    after = outside.stat()
    assert (after.st_mode, after.st_mtime_ns) == (before.st_mode, before.st_mtime_ns)
    assert outside.read_text() == "as it was"
    assert os.listdir(tmp_path) == ["outside.txt"]  # noqa: PTH208 - names to compare


async def test_forks_and_new_sessions_leave_no_process() -> None:
    assert (await outcome(_FORKS + "os._exit(0)")).ending is Ending.FAILED
    assert not await all_gone(_sleepers(), seconds=0)
    assert (await outcome(_FORKS + "while True: pass", 1)).ending is Ending.TIMED_OUT
    assert not await all_gone(_sleepers(), seconds=0)


@pytest.mark.parametrize(
    "program",
    [
        "while True: pass",
        "import time\ntime.sleep(100)",
        "import os\nos.close(2)\nwhile True: pass",
    ],
)
async def test_a_program_without_end_is_ended(program: str) -> None:
    before = descendants(os.getpid())
    found = await outcome(program, timeout_s=1)
    assert found == Outcome(Ending.TIMED_OUT, "more than 1 s")
    assert descendants(os.getpid()) <= before


@pytest.mark.parametrize(
    "program", ["x = [0] * 10**9", "x = []\nwhile True: x.append(bytearray(10**6))"]
)
async def test_memory_has_an_end(program: str) -> None:
    assert (await outcome(program)).ending is Ending.OUT_OF_MEMORY


async def test_what_it_prints_without_end_is_dropped() -> None:
    program = """
import sys
for _ in range(100):
    sys.stderr.write("x" * 10**6)
    sys.stdout.write("y" * 10**6)
raise ValueError("at last")
"""
    found = await outcome("import sys\nsys.stderr.write('x' * 10**7)")
    assert found == Outcome(Ending.PASSED)
    assert await outcome(program) == Outcome(Ending.FAILED, "ValueError: at last")


async def test_cancelling_leaves_no_process_and_no_folder() -> None:
    before, folders = descendants(os.getpid()), _folders()
    running = asyncio.create_task(outcome("while True: pass", timeout_s=60))
    while not descendants(os.getpid()) - before:  # noqa: ASYNC110 - no event tells it
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert descendants(os.getpid()) <= before
    assert _folders() <= folders


async def test_nothing_runs_where_the_process_cannot_be_confined() -> None:
    with pytest.raises(SandboxUnavailable, match="so none is run: OverflowError"):
        await run("x = 1", 5, memory_bytes=2**70)
    with pytest.raises(SandboxUnavailable, match="did not start in time"):
        await run("x = 1", timeout_s=0, memory_bytes=MEMORY_BYTES)


def test_what_is_confined_already_cannot_be_confined_anew() -> None:
    """A kernel that refuses the filter looks the same: the process ends at once."""
    twice = (
        "import bench.confine as c, resource;"
        "c.confine(5, 2**30);"
        "resource.setrlimit = lambda *_: None;"
        "c.confine(5, 2**30);"
        "print('not confined')"
    )
    ran = subprocess.run(
        [sys.executable, "-c", twice],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stderr == "prctl(1): Operation not permitted\n"
    assert not ran.stdout


def _sleepers() -> set[int]:
    """Processes that run what the sandbox runs, whoever their parent is."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if b"bench/confine.py" in command:
            found.add(int(entry.name))
    return found


def _folders() -> set[Path]:
    return {*Path(tempfile.gettempdir()).glob("codellama-run-*")}
