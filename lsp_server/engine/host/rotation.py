"""A host may live for weeks: its log is kept small while it is written."""

import asyncio
import contextlib
import shutil
from pathlib import Path

_LOOK_S = 60.0
_MOST_BYTES = 2**22


async def rotate(log: Path) -> None:
    """Copy the log to ``<log>.1`` and begin it anew whenever it is long; until cancelled.

    It is open for appending in several processes, so it is emptied and not renamed.
    """
    while True:
        await asyncio.sleep(_LOOK_S)
        await asyncio.to_thread(shortened, log)


def shortened(log: Path, most_bytes: int = _MOST_BYTES) -> bool:
    """Set the log's content aside if it is longer than ``most_bytes``."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > most_bytes:
            aside = set_aside(log)
            aside.touch(mode=0o600)  # as the log: what is printed is the user's alone
            shutil.copyfile(log, aside)
            with log.open("r+b") as file:
                file.truncate(0)
            return True
    return False


def set_aside(log: Path) -> Path:
    """Return where the older part of a log is."""
    return log.with_suffix(log.suffix + ".1")
