"""A child's hold on the process that started it: no process outlives its purpose."""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with_parent(number: signal.Signals) -> None:
    """Have the kernel send this process ``number`` when its parent ends, on Linux.

    A parent that ended before is not noticed: look at ``os.getppid`` afterwards, or at a
    pipe that the parent holds.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
