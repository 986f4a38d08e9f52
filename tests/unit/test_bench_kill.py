"""What counts as left behind when something was killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.kill.left import shared_memory

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux has it


@pytest.mark.skipif(not _SHARED_MEMORY.is_dir(), reason="there is no such folder here")
def test_what_nobody_has_is_left_behind_and_a_living_host_s_is_not() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    lost, held, unknown = files = [
        _SHARED_MEMORY / name
        for name in (
            f"sem.codellama-{gone.pid}-try",
            f"sem.codellama-{os.getpid()}-try",
            f"codellama-try-{os.getpid()}",
        )
    ]
    try:
        for file in files:
            file.touch()
        assert shared_memory() & {*map(str, files)} == {str(lost), str(unknown)}
        assert held.exists()
    finally:
        for file in files:
            file.unlink()
