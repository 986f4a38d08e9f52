"""Ghost text: ``textDocument/inlineCompletion``."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from lsp_server.engine.base import RequestRefused
from lsp_server.features.query import Query
from lsp_server.generating import Wish, start
from lsp_server.ghost.extent import most_anywhere, most_lines
from lsp_server.ghost.filters import shown
from lsp_server.ghost.memory import Recalled
from lsp_server.ghost.steady import still_shown, take_note
from lsp_server.ghost.switches import switched_off
from lsp_server.latest import Generation, Turn
from lsp_server.record import Asked, Choice, Offer, Purpose
from lsp_server.session import Session
from lsp_server.settings import Settings
from lsp_server.stats.events import Offered, Source, Unanswered
from lsp_server.tiers import Ready
from retrieval.source import Cursor

logger = logging.getLogger(__name__)

_OTHERS_S = 1.0
"""Candidates that take that much longer than the first are left out."""


class Superseded(Exception):
    """A newer request of the document came: this one's answer is of no use."""


def inline_completion(
    session: Session, query: Query
) -> Callable[[], Awaitable[Offer | None]]:
    """Return, to be called and awaited, what to offer; None where nobody was asked.

    A plain function, called when the request is dispatched: from here on every older
    request of the document is superseded, however long this one takes. What it returns
    is no coroutine yet: a request that is cancelled at once never awaits it.

    Raises EngineError where the engine fails, Superseded where a newer request came.
    """
    asker = "pop-up" if query.is_popup else "ghost text"
    turn = session.latest.turn(query.cursor.document.uri, query.cursor, asker)
    return partial(_counted, session, session.settings, query, turn)


async def _counted(
    session: Session, settings: Settings, query: Query, turn: Turn
) -> Offer | None:
    """Note it where a request gets no answer because another one came."""
    language = query.cursor.document.language
    try:
        offer = await _offer(session, settings, query, turn)
    except asyncio.CancelledError:
        session.ledger.unanswered(Unanswered.CANCELLED, language)
        raise
    if offer is None and turn.done():
        session.ledger.unanswered(Unanswered.SUPERSEDED, language)
        raise Superseded
    return offer


async def _offer(
    session: Session, settings: Settings, query: Query, turn: Turn
) -> Offer | None:
    started = time.monotonic()
    inline, cursor = settings.inline, query.cursor
    ready = session.ready_for(cursor.document.language)
    asked_for = query.invoked or inline.automatic
    if ready is None or not asked_for or is_off(settings, cursor):
        return None
    if await _excluded(session, query):
        return None
    known = session.memory.recall(cursor) if inline.reuse else None
    offer = _remembered(session, settings, ready, cursor, known)
    if offer is None:
        offer = await _generated(session, settings, ready, query, turn, started=started)
    else:
        session.context.look(cursor)
    if offer is None or (query.is_popup and _begins_below(offer.text)):
        return None
    _count_shown(session, offer)
    others: Sequence[str] = ()
    if query.invoked and inline.candidates > 1 and not query.is_popup:
        others = await _others(session, settings, ready, offer, turn)
    offer = _told(session, replace(offer, milliseconds=_since(started)), others)
    _note(session, query, offer)
    return offer


async def _excluded(session: Session, query: Query) -> bool:
    """Whether rules leave the document out; also where they cannot be read in time."""
    patience_ms = query.patience_ms
    try:
        async with asyncio.timeout(patience_ms and patience_ms / 1000):
            return await session.context.excluded(query.cursor.document.uri)
    except TimeoutError:
        return True


def _begins_below(text: str) -> bool:
    """Whether the line that is typed in gets nothing of it.

    An item of a pop-up menu has the first line as its name; and where a line is at its
    end, Enter is what is pressed next, which would take it.
    """
    return text.startswith(("\n", "\r"))


def is_off(settings: Settings, cursor: Cursor) -> bool:
    """Whether the settings want no ghost text at ``cursor``."""
    inline, document = settings.inline, cursor.document
    return not inline.enabled or switched_off(
        document.uri,
        document.language,
        inline.disabled_languages,
        inline.disabled_files,
    )


def _remembered(
    session: Session,
    settings: Settings,
    ready: Ready,
    cursor: Cursor,
    known: Recalled | None,
) -> Offer | None:
    """Return what was generated before, None where that does not say what comes here."""
    if known is None:
        return None
    inline = settings.inline
    most = most_anywhere(inline.lines, inline.max_lines)
    text = still_shown(known, cursor, most)
    if not text and (known.typed or known.rest.strip()):
        return None
    asked = session.record.get(known.answer.number)
    return _offered(ready, asked, cursor, text, (known.typed, Source.MEMORY))


async def _generated(
    session: Session,
    settings: Settings,
    ready: Ready,
    query: Query,
    turn: Turn,
    *,
    started: float,
) -> Offer | None:
    """Return what the engine says; None where a newer request came, or it refused."""
    cursor, inline = query.cursor, settings.inline
    asked_ms = _since(started)
    context = await session.context.at(cursor)
    context_ms = _since(started) - asked_ms
    wish = Wish(
        purpose=Purpose.SHOWN,
        cursor=cursor,
        context=context,
        most_lines=most_lines(cursor, inline.lines, inline.max_lines),
    )
    source, began_ms = Source.RUNNING, None

    def begin() -> Generation:
        nonlocal source, began_ms
        source, began_ms = Source.ENGINE, _since(started)
        return start(session, ready, settings, wish)

    wait_ms = 0.0
    if not query.invoked:
        starts_line = not cursor.before.strip()
        wait_ms = session.rhythm.wait_ms(inline.debounce_ms, starts_line=starts_line)
    if not inline.reuse:
        session.latest.end(cursor.document.uri)
    left_ms = None
    if query.patience_ms is not None:
        left_ms = max(0.0, query.patience_ms - _since(started))
        wait_ms = min(wait_ms, left_ms)
    joined = await session.latest.join(
        turn, cursor, begin, wait_ms=wait_ms, patience_ms=left_ms
    )
    if joined is None:
        return None
    generation, typed = joined
    if isinstance(generation.error, RequestRefused):
        logger.warning("The engine refused a request: %s", generation.error)
        return None
    if generation.error is not None:
        raise generation.error
    asked = session.record.of(generation)
    if asked is not None and asked.purpose is Purpose.AHEAD:
        source = Source.AHEAD
    anywhere = most_anywhere(inline.lines, inline.max_lines)
    most = anywhere if typed else wish.most_lines
    known = session.memory.recall(cursor)
    if asked is not None and known is not None and known.answer.number == asked.number:
        text = still_shown(known, cursor, most)
    else:
        text = shown(generation.text[len(typed) :], cursor, most)
    offer = _offered(ready, asked, cursor, text, (typed, source))
    return replace(offer, context_ms=context_ms, began_ms=began_ms)


def _since(started: float) -> float:
    return (time.monotonic() - started) * 1000


def _offered(
    ready: Ready,
    asked: Asked | None,
    cursor: Cursor,
    text: str,
    how: tuple[str, Source],
) -> Offer:
    """Return an offer; ``how`` is what of it was typed, and where it came from."""
    typed, source = how
    generation = asked.generation if asked is not None else None
    return Offer(
        id="",
        cursor=cursor,
        text=text,
        typed=typed,
        source=source,
        number=asked.number if asked is not None else 0,
        name=ready.name,
        model=ready.loaded.model,
        finish=generation.finish or "decided" if generation is not None else "",
        prompt_tokens=generation.prompt_tokens if generation is not None else 0,
        cached_tokens=generation.cached_tokens if generation is not None else None,
        first_piece_ms=generation.first_piece_ms if generation is not None else 0.0,
        total_ms=generation.total_ms if generation is not None else 0.0,
    )


async def _others(
    session: Session, settings: Settings, ready: Ready, offer: Offer, turn: Turn
) -> list[str]:
    """Return more texts for the place of ``offer``, by chance; none twice.

    Its prompt is in the engine's cache by now, so they cost their own tokens only. What
    takes much longer than the first is not waited for, nor what a newer request replaces.
    """
    cursor, inline = offer.cursor, settings.inline
    wishes = [
        Wish(
            purpose=Purpose.SHOWN,
            cursor=cursor,
            context=session.context.standing(cursor.document.uri),
            most_lines=most_lines(cursor, inline.lines, inline.max_lines),
            seed=seed,
        )
        for seed in range(1, inline.candidates)
    ]
    generations = [start(session, ready, settings, wish) for wish in wishes]
    everything: asyncio.Future[Any] = asyncio.gather(
        *(one.task for one in generations), return_exceptions=True
    )
    try:
        waited: set[asyncio.Future[Any]] = {turn, everything}
        await asyncio.wait(
            waited,
            timeout=_OTHERS_S + offer.total_ms / 1000,
            return_when=asyncio.FIRST_COMPLETED,
        )
    finally:
        for one in generations:
            one.task.cancel()
        await asyncio.gather(everything, return_exceptions=True)
    found: dict[str, None] = {}
    for one, wish in zip(generations, wishes, strict=True):
        text = shown(one.text, cursor, wish.most_lines) if one.complete else ""
        if text and text != offer.text:
            found[text] = None
    return [*found]


def _told(session: Session, offer: Offer, others: Sequence[str]) -> Offer:
    """Give out ids: what is offered now may be accepted later."""
    choices = [
        Choice(id=session.remember_offer(text), text=text) for text in others if text
    ]
    if not offer.text and choices:  # the likeliest answer was nothing to show
        first, *choices = choices
        offer = replace(offer, id=first.id, text=first.text)
    elif offer.text:
        offer = replace(offer, id=session.remember_offer(offer.text))
    return replace(offer, others=tuple(choices))


def _count_shown(session: Session, offer: Offer) -> None:
    """Take note of how much of the answer somebody has seen by now."""
    asked = session.record.get(offer.number)
    chars = len(offer.typed) + len(offer.text)
    if asked is not None and offer.text and chars > asked.shown_chars:
        asked.shown_chars = chars
        session.ledger.seen(asked.number, asked.shown_tokens)


def _keep_as_shown(session: Session, offer: Offer) -> None:
    """Remember the text as people see and type it, where filters changed how it begins."""
    known = session.memory.recall(offer.cursor)
    if known is None or not known.rest.startswith(offer.text):
        answer = session.memory.remember(offer.number, offer.cursor, offer.text)
        take_note(answer, offer.cursor, offer.text)


def _note(session: Session, query: Query, offer: Offer) -> None:
    """Keep what was offered, for those who want to see."""
    session.record.last_offer = offer
    if offer.text and not offer.typed:
        _keep_as_shown(session, offer)
    asked = session.record.get(offer.number)
    generation = asked.generation if asked is not None else None
    for number, choice in enumerate(offer.choices):
        cursor, text, over = query.goes_in(choice.text)
        tokens = 0
        if generation is not None and generation.text:
            share = min(1.0, len(choice.text) / len(generation.text))
            tokens = round(generation.tokens * share)
        session.ledger.offered(
            Offered(
                id=choice.id,
                cursor=cursor,
                text=text,
                over=over,
                answer=0 if number else offer.number,
                tokens=tokens,
                milliseconds=offer.milliseconds,
                source=offer.source,
                automatic=not query.invoked,
            )
        )
