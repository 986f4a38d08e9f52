"""What the engine does while nobody waits: the next suggestion, and prompts to come.

Both end as soon as a request needs the engine (:mod:`~lsp_server.latest`), and both are
bounded: one next suggestion for each that is shown, and warm-ups in a fifth of the time.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from lsp_server.documents import edited
from lsp_server.features.inline_completion import is_off
from lsp_server.generating import Wish, planned, start
from lsp_server.ghost.extent import most_anywhere
from lsp_server.latest import Generation
from lsp_server.record import Offer, Purpose
from lsp_server.session import Session
from lsp_server.tiers import Ready
from retrieval.source import Cursor

logger = logging.getLogger(__name__)

READ_MS = 250.0
"""Who has looked at a suggestion for so long has not refused it by typing on."""

SETTLED_MS = 100.0
"""A cursor that jumped goes on to jump, often."""

_AHEAD_TOKENS = 48
"""A few lines: half of what is generated ahead is never looked at."""

_WARM_UP_TOKENS = 1
"""vLLM generates at least one."""

_COLD_TOKENS = 128
"""Fewer are computed within the time of a keystroke."""

_SHARE = 5
"""One part in so many of the time may be spent on warm-ups."""


class Background:
    """Watches one session; ``close`` ends what is due."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._timers: dict[Purpose, asyncio.TimerHandle] = {}
        self._rest_until = 0.0

    def offered(self, offer: Offer) -> None:
        """Generate what comes next, once the offer was read, or is half typed."""
        for purpose in (Purpose.WARM_UP, Purpose.AHEAD):
            self._forget(purpose)
        if offer.text:
            read = len(offer.typed) >= len(offer.text)
            run = partial(self._go_ahead, offer)
            self._later(Purpose.AHEAD, 0.0 if read else READ_MS, run)

    def moved(self, cursor: Cursor) -> None:
        """Prepare the engine for what will be asked where the cursor is now."""
        self._later(Purpose.WARM_UP, SETTLED_MS, partial(self._warm_up, cursor))

    def changed(self, uri: str) -> None:
        """Prepare it for a document that was edited, or has new context."""
        cursor = self._session.context.cursor(uri)
        if cursor is not None:
            self.moved(cursor)

    def close(self) -> None:
        for purpose in [*self._timers]:
            self._forget(purpose)

    def _later(
        self, purpose: Purpose, delay_ms: float, run: Callable[[], None]
    ) -> None:
        self._forget(purpose)
        loop = asyncio.get_running_loop()
        self._timers[purpose] = loop.call_later(delay_ms / 1000, run)

    def _forget(self, purpose: Purpose) -> None:
        timer = self._timers.pop(purpose, None)
        if timer is not None:
            timer.cancel()

    def _go_ahead(self, offer: Offer) -> None:
        session, settings = self._session, self._session.settings
        cursor = accepted(offer)
        ready = session.ready_for(cursor.document.language)
        if ready is None or not (settings.inline.ahead and settings.inline.reuse):
            return
        if session.documents.get(cursor.document.uri) is None:
            return  # closed while the suggestion was read
        if session.latest.runs_ahead(cursor):
            return  # begun anew at each key, it would never be done
        if session.memory.recall(cursor) is not None:
            return
        wish = Wish(
            purpose=Purpose.AHEAD,
            cursor=cursor,
            context=session.context.standing(cursor.document.uri),
            most_lines=most_anywhere(settings.inline.lines, settings.inline.max_lines),
            most_tokens=_AHEAD_TOKENS,
        )
        session.latest.ahead(lambda: start(session, ready, settings, wish))

    def _warm_up(self, cursor: Cursor) -> None:
        session, settings = self._session, self._session.settings
        uri = cursor.document.uri
        ready = session.ready_for(cursor.document.language)
        loop = asyncio.get_running_loop()
        if ready is None or not settings.inline.ahead or is_off(settings, cursor):
            return
        if ready.infiller.encoder.blocks:
            return  # to see whether it is warm, its endpoint would have to be asked
        if session.latest.busy or loop.time() < self._rest_until:
            self.moved(cursor)  # soon
            return
        if session.documents.get(uri) is not cursor.document:
            return
        wish = Wish(
            purpose=Purpose.WARM_UP,
            cursor=cursor,
            context=session.context.standing(uri),
            most_lines=1,
            most_tokens=_WARM_UP_TOKENS,
        )
        if self._is_warm(ready, wish):
            return
        session.latest.ahead(
            lambda: self._timed(start(session, ready, settings, wish)), serves=False
        )

    def _is_warm(self, ready: Ready, wish: Wish) -> bool:
        """Whether most of the prompt was sent lately: the engine has it, most likely."""
        session = self._session
        ids = planned(session, ready, session.settings, wish, heal=True).prompt_ids
        head = ids[: max(len(ids) - _COLD_TOKENS, 0)]
        return not head or any(
            sent[: len(head)] == head for sent in session.record.prompts()
        )

    def _timed(self, generation: Generation) -> Generation:
        loop = asyncio.get_running_loop()
        started = loop.time()

        def ended(_: asyncio.Task[None]) -> None:
            self._rest_until = loop.time() + (_SHARE - 1) * (loop.time() - started)

        generation.task.add_done_callback(ended)
        return generation


def accepted(offer: Offer) -> Cursor:
    """Return where the cursor is once the offer was accepted.

    Behind what closes the line: that is typed over, or skipped, before anything new is.
    """
    cursor = offer.cursor
    place = (cursor.line, cursor.column)
    document = edited(cursor.document, place, place, offer.text)
    line = cursor.line + offer.text.count("\n")
    last = offer.text.rpartition("\n")[2]
    column = len(last) + (cursor.column if line == cursor.line else 0)
    return Cursor(document, line, column + len(cursor.after if cursor.at_end else ""))
