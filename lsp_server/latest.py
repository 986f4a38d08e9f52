"""For each document the newest request, and the generation that may answer it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from lsp_server.engine.base import EngineError, Finish, Piece
from lsp_server.ghost.reuse import agrees, typed_since
from retrieval.source import Cursor

GRACE_MS = 150
"""How long a generation outlives its cancelled request. VS Code cancels the old request
before it sends the next one, which often agrees with what is being generated."""

Turn = asyncio.Future[bool]
"""One request's wait: True once its generation has ended, False when a newer request of
the document has come."""


class Generation:
    """One answer in the making: it reads the engine's stream until it is decided.

    ``decide`` is asked after each piece for the final text; None goes on. Closing the
    stream is what stops the engine.
    """

    def __init__(
        self,
        cursor: Cursor,
        pieces: AsyncGenerator[Piece],
        decide: Callable[[str], str | None],
    ) -> None:
        self.cursor = cursor
        self.text = ""
        self.ended = False
        self.error: EngineError | None = None
        self.finish: Finish | None = None
        self.prompt_tokens = 0
        self.cached_tokens: int | None = None
        self.first_piece_ms = 0.0
        self.total_ms = 0.0
        self.turn: Turn | None = None
        self._pieces = pieces
        self._decide = decide
        self.task = asyncio.create_task(self._run())

    def typed_by(self, cursor: Cursor) -> str | None:
        """Return what was typed to get to ``cursor`` if this answers there, too."""
        typed = typed_since(self.cursor, cursor)
        if typed is None or not agrees(typed, self.text, finished=self.ended):
            return None
        return typed

    async def _run(self) -> None:
        started = time.monotonic()
        try:
            async with aclosing(self._pieces) as pieces:
                async for piece in pieces:
                    if not self.first_piece_ms:
                        self.first_piece_ms = (time.monotonic() - started) * 1000
                    self.prompt_tokens = piece.prompt_tokens
                    self.cached_tokens = piece.cached_tokens
                    self.finish = piece.finish
                    self.text += piece.text
                    decided = self._decide(self.text)
                    if decided is not None:
                        self.text = decided
                        break
        except EngineError as error:
            self.error = error
        finally:
            self.total_ms = (time.monotonic() - started) * 1000
            self.ended = True
            if self.turn is not None and not self.turn.done():
                self.turn.set_result(True)


class Latest:
    """The newest request of a document wins.

    An older one is released at once, and its generation goes on only if it also answers
    the newer. ``turn`` is called when a request is dispatched, ``join`` when it runs.
    """

    def __init__(self, grace_ms: float = GRACE_MS) -> None:
        self._grace_seconds = grace_ms / 1000
        self._turns: dict[str, Turn] = {}
        self._generations: dict[str, Generation] = {}
        self._endings: dict[Generation, asyncio.TimerHandle] = {}

    def turn(self, uri: str) -> Turn:
        """Take the turn of the document; who had it before learns that it is over."""
        older = self._turns.get(uri)
        if older is not None and not older.done():
            older.set_result(False)
        turn: Turn = asyncio.get_running_loop().create_future()
        self._turns[uri] = turn
        return turn

    async def join(
        self, turn: Turn, cursor: Cursor, start: Callable[[], Generation]
    ) -> tuple[Generation, str] | None:
        """Return the generation that answers at ``cursor``, ended, and what of it is typed.

        The running one if it agrees, else the one that ``start`` begins. None if a newer
        request came. Cancelled, it leaves the generation a grace to find another asker.
        """
        if turn.done():
            return None
        uri = cursor.document.uri
        running = self._generations.get(uri)
        typed = running.typed_by(cursor) if running is not None else None
        if running is None or typed is None:
            self.forget(uri)
            running, typed = start(), ""
            self._generations[uri] = running
        if running in self._endings:
            self._endings.pop(running).cancel()
        running.turn = turn
        if running.ended:
            turn.set_result(True)
        try:
            answered = await turn
        except asyncio.CancelledError:
            if running.turn is turn and self._generations.get(uri) is running:
                self._endings[running] = asyncio.get_running_loop().call_later(
                    self._grace_seconds, self._end, uri, running
                )
            raise
        if not answered:
            return None
        self._end(uri, running)
        return running, typed

    def forget(self, uri: str) -> None:
        """End what is generated for the document: nobody will want it."""
        if uri in self._generations:
            self._end(uri, self._generations[uri])

    async def close(self) -> None:
        """End everything, and return when the engine has been told."""
        running = tuple(self._generations.values())
        for uri in tuple(self._generations):
            self.forget(uri)
        await asyncio.gather(*(one.task for one in running), return_exceptions=True)

    def _end(self, uri: str, generation: Generation) -> None:
        if self._generations.get(uri) is generation:
            del self._generations[uri]
        if generation in self._endings:
            self._endings.pop(generation).cancel()
        if not generation.ended:
            generation.task.cancel()
