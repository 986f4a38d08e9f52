"""Whether an endpoint still lives: asked gently, and only while nothing else tells."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from lsp_server.engine.base import EngineError

POLL_SECONDS = 4.0
_AWAY_SECONDS = 15.0
_BUSY_FOR_SECONDS = 60.0
"""After a request: so long the polls are close, which keeps a connection open, too, as
vllm serve closes one that was silent for 5 s. Then they are rare."""
_AGAIN_SECONDS = 0.5


class Watch:
    """Asks ``alive``, which raises EngineError, until that fails twice in a row."""

    def __init__(
        self, alive: Callable[[], Awaitable[None]], every_seconds: float
    ) -> None:
        self._alive = alive
        self._every = every_seconds
        self._rare = every_seconds * _AWAY_SECONDS / POLL_SECONDS
        self._loop = asyncio.get_running_loop()
        self._heard = self._used = self._loop.time()
        self._doubt = asyncio.Event()

    def heard(self) -> None:
        """Take note that the endpoint answered."""
        self._heard = self._loop.time()

    def used(self) -> None:
        """Take note of a request, and that it was answered."""
        self._heard = self._used = self._loop.time()

    def doubt(self) -> None:
        """Have it asked at once: a request failed."""
        self._doubt.set()

    async def until_lost(self) -> EngineError:
        """Return why it is lost."""
        while True:
            await self._wait()
            try:
                await self._alive()
            except EngineError:
                await asyncio.sleep(min(_AGAIN_SECONDS, self._every))
                try:
                    await self._alive()
                except EngineError as error:
                    return error
            self.heard()

    async def _wait(self) -> None:
        """Wait until it was silent for long enough, or somebody has doubts."""
        while not self._doubt.is_set():
            now = self._loop.time()
            busy = now - self._used < _BUSY_FOR_SECONDS
            due = self._heard + (self._every if busy else self._rare)
            if due <= now:
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    await self._doubt.wait()
        self._doubt.clear()
