"""What a process and its children hold: the sum of their proportional set sizes.

Pages that several share are counted once, each process its share (``Pss`` of Linux'
``/proc/PID/smaps_rollup``); pages of files in the cache of the system that are mapped
count, those only read do not.
"""

import contextlib
import re
import threading
from pathlib import Path
from typing import Self

_EVERY_S = 0.05
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


class Peak:
    """The largest sum of a process and its children, sampled every 50 ms."""

    def __init__(self, pid: int) -> None:
        self.bytes = 0
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _sample(self) -> None:
        while True:
            self.bytes = max(self.bytes, held(self._pid))
            if self._ended.wait(_EVERY_S):
                return


def held(pid: int) -> int:
    """Return the bytes that a process and its children hold now, 0 where it is gone."""
    return held_alone(pid) + sum(map(held, _children(pid)))


def held_alone(pid: int) -> int:
    """Return the bytes that one process holds now, 0 where it is gone."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    except OSError:
        return 0
    return sum(int(kib) << 10 for kib in _PSS.findall(text))


def _children(pid: int) -> list[int]:
    found: set[int] = set()
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found |= {int(each) for each in file.read_text(encoding="utf-8").split()}
    return sorted(found)
