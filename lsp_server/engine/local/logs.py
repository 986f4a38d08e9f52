"""The files that take what hosts and vLLM print: in the user's state folder, never many."""

import contextlib
import logging
import os
import time
from pathlib import Path
from typing import BinaryIO

logger = logging.getLogger(__name__)

_LONGEST = 2**20
"""Bytes; what is longer is set aside as ``<log>.1`` when the next host starts."""
_KEPT_S = 14 * 86_400


def opened(path: Path) -> BinaryIO:
    """Open the log to be written on; without a place for it, the engine does without."""
    try:
        return _appended(path)
    except OSError as error:
        logger.warning("The engine's log %s cannot be written: %s", path, error)
        return Path(os.devnull).open("ab")


def _appended(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in path.parent.glob("engine*.log*"):
        with contextlib.suppress(OSError):
            if time.time() - old.stat().st_mtime > _KEPT_S:
                old.unlink()
    if path.exists() and path.stat().st_size > _LONGEST:
        path.replace(path.with_suffix(path.suffix + ".1"))
    path.touch(mode=0o600)
    log = path.open("ab")
    log.seek(0, os.SEEK_END)
    return log
