"""Named semaphores of vLLM's processes: what is killed cannot remove its own.

Python's resource tracker would, but it may be killed with the rest.
"""

import contextlib
import multiprocessing
import os
from pathlib import Path
from typing import Any, cast

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux keeps them


def name_semaphores() -> None:
    """Have this process, and those that it spawns, name theirs after it."""
    own = cast("Any", multiprocessing.current_process())
    own._config["semprefix"] = f"/{_prefix(os.getpid())}"  # noqa: SLF001 - no other way


def clear_semaphores(pid: int) -> None:
    """Remove those of a process that has ended, or is about to, and of what it spawned."""
    for left in _SHARED_MEMORY.glob(f"sem.{_prefix(pid)}-*"):
        with contextlib.suppress(OSError):
            left.unlink()


def _prefix(pid: int) -> str:
    return f"codellama-{pid}"
