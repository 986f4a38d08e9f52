"""For each document the newest request, and the generation that may answer it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import partial

from lsp_server.engine.base import EngineError, Finish, Piece
from lsp_server.failures import log_if_failed
from lsp_server.ghost.reuse import Anchor, agrees, typed_since
from retrieval.source import Cursor

GRACE_MS = 150
"""How long a generation outlives its cancelled request. VS Code cancels the old request
before it sends the next one, which often agrees with what is being generated."""

Turn = asyncio.Future[None]
"""One request's turn to be answered; done as soon as it is over."""


class Generation:
    """One answer in the making: it reads the engine's stream until it is decided.

    ``decide`` is asked after each piece for the final text; None goes on. Closing the
    stream is what stops the engine. ``complete`` says that ``text`` is all of an answer;
    ``ended`` is called once it is, or never will be. ``tokens`` were generated for it, in
    milliseconds from the engine's call.
    """

    def __init__(
        self,
        cursor: Cursor,
        pieces: AsyncGenerator[Piece],
        decide: Callable[[str], str | None],
        ended: Callable[["Generation"], None] = lambda _: None,
    ) -> None:
        self.uri = cursor.document.uri
        self.text = ""
        self.complete = False
        self.error: EngineError | None = None
        self.finish: Finish | None = None
        self.prompt_tokens = 0
        self.cached_tokens: int | None = None
        self.tokens = 0
        self.first_piece_ms = 0.0
        self.total_ms = 0.0
        self._anchor = Anchor.of(cursor)
        self._typed = ""
        self._pieces = pieces
        self._decide = decide
        self._ended = ended
        self.task = asyncio.create_task(self._run())

    def serve(self, cursor: Cursor) -> bool:
        """Go on for whoever asks at ``cursor``, if this may be the answer there, too."""
        typed = self.typed_by(cursor)
        if typed is None:
            return False
        self._typed = typed
        return True

    def typed_by(self, cursor: Cursor) -> str | None:
        """Return what was typed to get to ``cursor`` if this is the answer there, too."""
        if self.task.done() and not self.complete:
            return None  # broken off
        for typed in typed_since(self._anchor, cursor):
            if agrees(typed, self.text, finished=self.complete):
                return typed
        return None

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
                    self.tokens += piece.tokens
                    self.text += piece.text
                    decided = self._decide(self.text)
                    if decided is not None:
                        self.text = decided
                        break
                    if not agrees(self._typed, self.text, finished=False):
                        return  # nobody wants this: something else was typed
            self.complete = True
        except EngineError as error:
            self.error = error
        finally:
            self.total_ms = (time.monotonic() - started) * 1000
            self._ended(self)
            # Documents are large, and whoever reads of this later wants none.
            del self._decide, self._ended, self._pieces


class Latest:
    """The newest request of a document wins.

    An older one is released at once, and its generation goes on only if it also answers
    the newer. ``turn`` is called when a request is dispatched, ``join`` when it runs.
    An editor may ask in two ways at one place (ghost text, and its pop-up menu): those
    share the generation.

    Whoever holds the document's turn owns its generation; one that nobody waits for ends
    after the grace, so that none is kept for a request that never comes.

    One generation that nobody asked for may run ``ahead``: it ends as soon as a request
    needs the engine, unless it is what that request would ask for.
    """

    def __init__(self, grace_ms: float = GRACE_MS) -> None:
        self._grace_seconds = grace_ms / 1000
        self._turns: dict[str, dict[str, tuple[Turn, Cursor | None]]] = {}
        self._waiting: dict[str, set[Turn]] = {}
        self._generations: dict[str, Generation] = {}
        self._graces: dict[str, asyncio.TimerHandle] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._ahead: Generation | None = None
        self._ahead_serves = False

    @property
    def busy(self) -> bool:
        """Whether the engine is at work for a request, also for one that was cancelled."""
        return any(not one.task.done() for one in self._generations.values())

    def ahead(self, start: Callable[[], Generation], *, serves: bool = True) -> bool:
        """Generate what nobody asked for yet; False where the engine is needed.

        ``serves`` says that it may be the answer to a request that comes.
        """
        if self.busy:
            return False
        self._end_ahead()
        self._ahead, self._ahead_serves = start(), serves
        self._ahead.task.add_done_callback(partial(log_if_failed, "what runs ahead"))
        return True

    def runs_ahead(self, cursor: Cursor) -> bool:
        """Whether what is generated ahead is for this place, and still to come."""
        one = self._ahead if self._ahead_serves else None
        return (
            one is not None
            and not one.task.done()
            and one.uri == cursor.document.uri
            and one.typed_by(cursor) == ""
        )

    def turn(self, uri: str, at: Cursor | None = None, asker: str = "") -> Turn:
        """Take the turn of the document; who had it before learns that it is over.

        Another ``asker``, at the very same place of the same snapshot, keeps it, too.
        """
        held = self._turns.setdefault(uri, {})
        for other, (turn, place) in [*held.items()]:
            if other == asker or not _same(place, at):
                del held[other]
                _end_turn(turn)
        self._leave(uri)
        turn = asyncio.get_running_loop().create_future()
        held[asker] = (turn, at)
        return turn

    async def join(
        self,
        turn: Turn,
        cursor: Cursor,
        start: Callable[[], Generation],
        *,
        wait_ms: float = 0.0,
        patience_ms: float | None = None,
    ) -> tuple[Generation, str] | None:
        """Return the generation that answers at ``cursor``, ended, and what of it is typed.

        The running one if it agrees, else (also if it does not in the end) the one that
        ``start`` begins, which comes ``wait_ms`` later: a newer request may come before.
        It is complete or has an error. None if a newer request came, or the patience is
        at its end: then it goes on, for the next request, until one disagrees. Cancelled,
        it leaves the generation a grace to find another asker.
        """
        uri = cursor.document.uri
        now = asyncio.get_running_loop().time()
        until = None if patience_ms is None else now + patience_ms / 1000
        while not turn.done():
            generation = self._serving(uri, cursor)
            if generation is None:
                self._end(uri)
                if wait_ms:
                    await asyncio.wait({turn}, timeout=wait_ms / 1000)
                    wait_ms = 0.0
                    continue
                self._end_ahead()
                generation = self._generations[uri] = start()
            self._stay(uri)
            await self._wait(turn, generation, until)
            if turn.done():
                return None
            if not generation.task.done():
                generation.task.add_done_callback(
                    partial(log_if_failed, "a generation that nobody waits for")
                )
                return None
            self._over(generation)
            if generation.task.cancelled():
                continue  # another asker at this place wanted it anew
            generation.task.result()  # a fault of ours is told to whoever asked
            typed = generation.typed_by(cursor)
            if generation.error is not None or typed is not None:
                return generation, typed or ""
        return None

    async def _wait(
        self, turn: Turn, generation: Generation, until: float | None
    ) -> None:
        """Wait for the generation, the end of the turn, or until then."""
        uri = generation.uri
        waiting = self._waiting.setdefault(uri, set())
        waiting.add(turn)
        left = None if until is None else until - asyncio.get_running_loop().time()
        try:
            await asyncio.wait(
                {turn, generation.task},
                timeout=left and max(0.0, left),
                return_when=asyncio.FIRST_COMPLETED,
            )
        except asyncio.CancelledError:
            waiting.discard(turn)
            if not turn.done():
                self._leave(uri)
            raise
        finally:
            waiting.discard(turn)
            if not waiting:
                self._waiting.pop(uri, None)

    def _over(self, generation: Generation) -> None:
        """Forget a generation that has ended; another may have taken its place."""
        if self._generations.get(generation.uri) is generation:
            self._end(generation.uri)

    def end(self, uri: str) -> None:
        """End what is generated for the document, for whomever."""
        self._end(uri)

    def forget(self, uri: str) -> None:
        """Release who waits for the document, and end what is generated for it."""
        self._release(uri)
        self._end(uri)
        if self._ahead is not None and self._ahead.uri == uri:
            self._end_ahead()

    async def close(self) -> None:
        """Release and end everything, and return when the engine has been told."""
        for uri in {*self._turns, *self._generations}:
            self.forget(uri)
        self._end_ahead()
        await asyncio.gather(*self._ending, return_exceptions=True)

    def _serving(self, uri: str, cursor: Cursor) -> Generation | None:
        """Return what already runs and may be the answer at ``cursor``."""
        generation = self._generations.get(uri)
        if generation is not None and generation.serve(cursor):
            return generation
        ahead = self._ahead if self._ahead_serves else None
        if ahead is None or ahead.uri != uri or not ahead.serve(cursor):
            return None
        self._end(uri)
        self._generations[uri], self._ahead = ahead, None
        return ahead

    def _release(self, uri: str) -> None:
        for turn, _ in self._turns.pop(uri, {}).values():
            _end_turn(turn)

    def _leave(self, uri: str) -> None:
        """End the document's generation after the grace, if nobody waits or comes."""
        if any(not turn.done() for turn in self._waiting.get(uri, ())):
            return
        if uri in self._generations and uri not in self._graces:
            loop = asyncio.get_running_loop()
            self._graces[uri] = loop.call_later(self._grace_seconds, self._end, uri)

    def _stay(self, uri: str) -> None:
        if uri in self._graces:
            self._graces.pop(uri).cancel()

    def _end(self, uri: str) -> None:
        self._stay(uri)
        self._cancel(self._generations.pop(uri, None))

    def _end_ahead(self) -> None:
        ahead, self._ahead = self._ahead, None
        self._cancel(ahead)

    def _cancel(self, generation: Generation | None) -> None:
        if generation is not None and not generation.task.done():
            self._ending.add(generation.task)
            generation.task.add_done_callback(self._ending.discard)
            generation.task.cancel()


def _same(one: Cursor | None, other: Cursor | None) -> bool:
    """Tell whether two cursors are one place of one snapshot."""
    if one is None or other is None:
        return one is other
    places = ((one.line, one.column), (other.line, other.column))
    return one.document is other.document and places[0] == places[1]


def _end_turn(turn: Turn) -> None:
    if not turn.done():
        turn.set_result(None)
