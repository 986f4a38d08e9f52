"""The seam over HTTP: a vLLM server elsewhere, one GPU of a team or a cluster."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from lsp_server.engine.base import (
    EngineDown,
    EngineError,
    GenerationRequest,
    Loaded,
    Piece,
    Report,
)
from lsp_server.engine.remote.completions import pieces, request_body
from lsp_server.engine.remote.connection import Connection, Used
from lsp_server.engine.remote.models import Served, served
from lsp_server.engine.remote.probe import Abilities, probe
from lsp_server.engine.remote.settings import RemoteSettings
from lsp_server.engine.remote.watch import POLL_SECONDS, Watch

_ASK_SECONDS = 8.0
_WARM_SECONDS = 4.0
"""Of silence, after which vllm serve is about to close a spare connection."""
_NOT_THERE = frozenset({404, 405})


class RemoteEngine:
    """One endpoint, bound to one event loop.

    A connection is kept ready beside those in use: closing a stream closes its own,
    which is how vLLM learns of it, and the next request is not to wait for a new one.
    """

    def __init__(
        self, settings: RemoteSettings, poll_seconds: float = POLL_SECONDS
    ) -> None:
        self._settings = settings
        self._poll_seconds = poll_seconds
        self._connection: Connection | None = None
        self._watch: Watch | None = None
        self._watching: asyncio.Task[EngineError] | None = None
        self._warming: asyncio.Task[None] | None = None
        self._warmed = 0.0
        self._health = ""
        self.served: Served | None = None
        self.abilities: Abilities | None = None

    async def start(self, report: Report) -> Loaded:
        """Find out what is served, and how; takes as long as a few tokens do.

        EngineDown says that it may come by itself: try again later. Any other EngineError
        needs the user.
        """
        await self.close()
        connection = Connection(self._settings)
        self._connection = connection
        where = connection.where
        self._health = f"{where.root}/health"
        report(f"asking {where.v1}")
        try:
            await connection.open()
            listed = await connection.ask(f"{where.v1}/models", _ASK_SECONDS)
            self.served = served(
                listed.json(where, self._settings), where, self._settings
            )
            report(f"trying {self.served.name}")
            self.abilities = await probe(
                connection, self.served, heals=self._settings.heals
            )
        except BaseException:
            await self.close()
            raise
        self._watch = Watch(self._alive, self._poll_seconds)
        self._watching = asyncio.create_task(self._watch.until_lost())
        return Loaded(
            model=self.served.name,
            window_tokens=self.served.window_tokens,
            device=where.v1.partition("://")[2].partition("/")[0],
        )

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Piece]:
        connection, watch = self._connection, self._watch
        if connection is None or watch is None or self.served is None:
            raise EngineDown("The engine is not running.")
        assert self.abilities is not None  # noqa: S101 - set with it
        body = request_body(self.served.name, request, self.abilities)
        used, ended = Used(), False
        parts = connection.stream(f"{connection.where.v1}/completions", body, used)
        try:
            async with aclosing(parts):
                await anext(parts)
                self._keep_warm(used)
                answer = pieces(parts, request, connection.where.v1)
                async with aclosing(answer):
                    async for piece in answer:
                        watch.used()
                        ended = piece.finish is not None
                        yield piece
        except EngineDown:
            watch.doubt()
            raise
        finally:
            if not ended:
                self._warmed = 0.0

    async def lost(self) -> EngineError:
        if self._watching is None:
            return EngineDown("The engine is not running.")
        await asyncio.wait({self._watching})
        if self._watching.cancelled():
            return EngineDown("The engine was closed.")
        return self._watching.result()

    async def close(self) -> None:
        """End the streams and the polls; ``lost`` returns, and ``start`` may follow."""
        tasks = [task for task in (self._watching, self._warming) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()

    def _keep_warm(self, used: Used) -> None:
        """Have a spare connection opened where there may be none beside this request's."""
        now = asyncio.get_running_loop().time()
        idle = self._warming is None or self._warming.done()
        if idle and (used.opened or now - self._warmed > _WARM_SECONDS):
            self._warmed = now
            self._warming = asyncio.create_task(self._warm())

    async def _warm(self) -> None:
        try:
            await self._alive()
        except EngineError:
            if self._watch is not None:
                self._watch.doubt()

    async def _alive(self) -> None:
        """Raise EngineError where the endpoint does not answer well."""
        connection = self._connection
        if connection is None:
            raise EngineDown("The engine was closed.")
        answer = await connection.ask(self._health, _ASK_SECONDS)
        if answer.status in _NOT_THERE:  # a router's, perhaps
            self._health = f"{connection.where.v1}/models"
            answer = await connection.ask(self._health, _ASK_SECONDS)
        answer.check(connection.where, self._settings)
