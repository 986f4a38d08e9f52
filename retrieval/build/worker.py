"""A process that reads and parses files, started by ``workers``: plain values in and out."""

import contextlib
import ctypes
import gc
import os
import signal
import sqlite3
import sys
from multiprocessing.connection import Connection
from pathlib import Path

from retrieval.build.reading import Outcome, outcome
from retrieval.files.walk import Found

_PR_SET_PDEATHSIG = 1
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3
_NICER = 10
_KEPT_BYTES = 16 << 20
_GARBAGE = 50_000
"""Objects made between two searches for cycles: parsing makes many, and hardly a cycle."""


def run(descriptor: int, root: str, database: str, parent: int) -> None:
    """Say None when ready, then answer batches of files until the other end is closed.

    ``database`` is asked which contents are known, "" for none.
    """
    if sys.platform == "linux":
        system = ctypes.CDLL(None)
        system.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            return
        _keep_memory(system)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(_NICER)
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    known = _Known(database)
    connection: Connection = Connection(descriptor)
    with contextlib.suppress(EOFError, OSError):
        connection.send(None)
        while True:
            batch: list[Found] = connection.recv()
            connection.send(_outcomes(Path(root), batch, known))


def _keep_memory(system: ctypes.CDLL) -> None:
    """Let the freed trees' memory stay for the next file's: the kernel's pages cost time."""
    with contextlib.suppress(AttributeError):  # not every C library has it
        system.mallopt(_M_MMAP_THRESHOLD, _KEPT_BYTES)
        system.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
        system.mallopt(_M_TOP_PAD, _KEPT_BYTES >> 4)


def _outcomes(root: Path, batch: list[Found], known: "_Known") -> list[Outcome]:
    return [outcome(root, found, known.has) for found in batch]


class _Known:
    """What the store knew when it was asked; without a store all is new."""

    def __init__(self, database: str) -> None:
        self._store: sqlite3.Connection | None = None
        if database:
            with contextlib.suppress(sqlite3.Error):
                self._store = sqlite3.connect(database, timeout=1)

    def has(self, key: bytes) -> bool:
        if self._store is None:
            return False
        try:
            query = "SELECT 1 FROM contents WHERE key = ?"
            return self._store.execute(query, (key,)).fetchone() is not None
        except sqlite3.Error:
            return False
