"""Whether a program that a model wrote passes its tests, without trusting it.

Each program gets a process that may only calculate and read (:mod:`bench.confine` says how
and why), in an empty folder and an empty environment. Linux on x86-64 and Arm; elsewhere,
and where the kernel has no seccomp, nothing is run.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import sys
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from bench.confine import CONFINED, TOKEN_BYTES

_CONFINE = Path(__file__).with_name("confine.py")
_FLAGS = ("-P", "-s", "-S", "-B", "-W", "ignore", "-X", "utf8")
"""No folder, no user's and no installed packages on the path: the standard library."""

_PATIENCE = 4
"""On the clock, a program may take so many times its processor time: a machine that is
busy otherwise changes no figure."""

_ERROR_BYTES = 2**16
_ERROR_CHARACTERS = 200


class Ending(StrEnum):
    """How a run ended."""

    PASSED = "passed"
    FAILED = "failed"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"


@dataclass(frozen=True, slots=True)
class Outcome:
    """``detail`` is the last line of what went wrong, "" for what passed."""

    ending: Ending
    detail: str = ""


class SandboxUnavailable(Exception):
    """Programs cannot be confined on this machine; the words are for the user."""


async def run(program: str, timeout_s: int, memory_bytes: int) -> Outcome:
    """Run ``program`` and tell how it ended; passed is who came to its last statement.

    An ``exit(0)`` on the way there is no pass: the sign is a token that the process writes
    after the last statement. A program that looks for it in its own process can find it;
    models write no such thing by chance. ``timeout_s`` is of processor time.
    ``memory_bytes`` is address space, of which Python itself takes some 50 MB. What the
    program prints is dropped.

    Raises SandboxUnavailable. Cancelled, it leaves no process and no folder either.
    """
    token = secrets.token_bytes(TOKEN_BYTES)
    with (
        tempfile.TemporaryDirectory(prefix="codellama-run-") as folder,
        tempfile.TemporaryFile() as source,
        _Pipe() as sign,
    ):
        # lone surrogates cannot be encoded: no Python file could hold them
        source.write(token + program.encode(errors="replace"))
        source.seek(0)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *_FLAGS, str(_CONFINE)),
            *(f"{sign.write_end}", f"{timeout_s}", f"{memory_bytes}"),
            stdin=source,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            cwd=folder,
            env={"HOME": folder, "TMPDIR": folder, "PYTHONHASHSEED": "0"},
            start_new_session=True,
            pass_fds=(sign.write_end,),
        )
        ended = await _ended(process, timeout_s * _PATIENCE)
        said = sign.read(len(CONFINED) + TOKEN_BYTES)
    if not said.startswith(CONFINED):
        why = "the process did not start in time" if ended.killed else ended.error
        raise SandboxUnavailable(
            f"Programs cannot be confined on this machine, so none is run: {why}"
        )
    return _outcome(ended, timeout_s, passed=said == CONFINED + token)


@dataclass(frozen=True, slots=True)
class _Ended:
    """``code`` as in subprocess; ``killed``: by us, its time on the clock was up."""

    code: int
    error: str
    killed: bool


async def _ended(process: asyncio.subprocess.Process, seconds: float) -> _Ended:
    """Wait for the end and bring it about after ``seconds``, or when cancelled."""
    assert process.stderr is not None  # noqa: S101 - for mypy: PIPE was asked for
    printing = asyncio.create_task(_last_line(process.stderr))
    killed = False
    try:
        async with asyncio.timeout(seconds):
            await process.wait()
    except TimeoutError:
        killed = True
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # it leads its own group
        code = await process.wait()
        error = await printing
    return _Ended(code, error, killed)


def _outcome(ended: _Ended, timeout_s: int, *, passed: bool) -> Outcome:
    if ended.killed or ended.code == -signal.SIGXCPU:
        return Outcome(Ending.TIMED_OUT, f"more than {timeout_s} s")
    if passed and ended.code == 0:
        return Outcome(Ending.PASSED)
    if ended.error.startswith("MemoryError") or ended.code == -signal.SIGKILL:
        return Outcome(Ending.OUT_OF_MEMORY, ended.error or "killed by the kernel")
    if ended.code < 0:
        return Outcome(Ending.FAILED, f"ended by {signal.Signals(-ended.code).name}")
    return Outcome(
        Ending.FAILED,
        ended.error or f"left with {ended.code} before its last statement",
    )


async def _last_line(stream: asyncio.StreamReader) -> str:
    """Read to the end, keep little, and return the last line that is not blank."""
    kept = b""
    while read := await stream.read(2**16):
        kept = (kept + read)[-_ERROR_BYTES:]
    lines = kept.decode(errors="replace").rstrip().splitlines()
    return lines[-1].strip()[:_ERROR_CHARACTERS] if lines else ""


class _Pipe:
    """A pipe whose both ends are closed at last; reading never waits."""

    def __enter__(self) -> Self:
        self._read_end, self.write_end = os.pipe()
        os.set_blocking(self._read_end, False)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._read_end)
        os.close(self.write_end)

    def read(self, most: int) -> bytes:
        """Return what was written so far, at most so many bytes."""
        try:
            return os.read(self._read_end, most)
        except BlockingIOError:
            return b""
