"""The thread that writes figures: the event loop hands events over and never waits for disk."""

import asyncio
import logging
import threading
from collections.abc import Sequence
from queue import SimpleQueue
from typing import Protocol

from lsp_server.stats.events import Event

logger = logging.getLogger(__name__)

_GATHER_S = 2.0
"""Events of so many seconds are one transaction: a disk may sleep, and a laptop, too."""

_MOST = 10_000
"""That wait for the disk; more are dropped."""

_PATIENCE_S = 5.0
"""How long the server's end waits for the last figures; a network's disk may never come."""


class Sink(Protocol):
    """Writes, in the writer's thread, and raises nothing that is the disk's fault."""

    def write(self, events: Sequence[Event]) -> None: ...

    def close(self) -> None: ...


class Writer:
    """Hands events to a sink in a thread of its own, begun with the first of them."""

    def __init__(
        self,
        sink: Sink,
        *,
        gather_s: float = _GATHER_S,
        most: int = _MOST,
        patience_s: float = _PATIENCE_S,
    ) -> None:
        self._sink = sink
        self._gather_s = gather_s
        self._most = most
        self._patience_s = patience_s
        self._queue: SimpleQueue[Event | None] = SimpleQueue()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._told = False

    def put(self, event: Event) -> None:
        """Have the event written soon; only one thread calls it. After ``close`` nothing is."""
        if self._closing.is_set():
            return
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._run, name="figures of use", daemon=True
            )
            self._thread.start()
        if self._queue.qsize() < self._most:
            self._queue.put(event)
        elif not self._told:
            self._told = True
            logger.warning("Figures of use are dropped: the disk does not keep up")

    async def close(self) -> None:
        """Return when all is written, or cannot be within the patience; also twice."""
        first = not self._closing.is_set()
        self._closing.set()
        if self._thread is not None:
            if first:
                self._queue.put(None)
            await asyncio.to_thread(self._thread.join, self._patience_s)

    def _run(self) -> None:
        ending = False
        while not ending:
            events = [self._queue.get()]
            ending = self._closing.wait(self._gather_s)
            events += [self._queue.get() for _ in range(self._queue.qsize())]
            self._sink.write([event for event in events if event is not None])
        self._sink.close()
