"""What figures were measured on: they mean nothing without it."""

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """``load`` is the number of processes that wanted to run, over the last minute.

    ``scheduling`` is "usual", or "real time" where nothing else takes the processor away
    from the bench and what it starts (``chrt -f 10`` before the command, as root).
    """

    cpu: str
    cores: int
    system: str
    python: str
    load: float
    scheduling: str


def this_machine() -> Machine:
    return Machine(
        cpu=_cpu(),
        cores=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        load=round(os.getloadavg()[0], 1),
        scheduling=_scheduling(),
    )


def _scheduling() -> str:
    if sys.platform != "linux":
        return "usual"
    real_time = os.sched_getscheduler(0) in {os.SCHED_FIFO, os.SCHED_RR}
    return "real time" if real_time else "usual"


def _cpu() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or "unknown"
    names = (
        line.partition(":")[2].strip()
        for line in text.splitlines()
        if line.startswith("model name")
    )
    return next(names, platform.processor() or "unknown")
