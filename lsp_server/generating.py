"""From a cursor to a generation: the prompt, the engine's stream, and what is kept of it."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from lsp_server.context.policy import Standing
from lsp_server.engine.base import (
    PRIORITY_AHEAD,
    PRIORITY_SHOWN,
    GenerationRequest,
    Piece,
    RequestRefused,
)
from lsp_server.ghost.stop import decided
from lsp_server.latest import Generation
from lsp_server.prompt.layout import layout_for
from lsp_server.prompt.plan import Budget, Plan, plan
from lsp_server.prompt.snippets import Own
from lsp_server.record import Asked, Purpose
from lsp_server.session import Session
from lsp_server.settings import Settings
from lsp_server.stats.events import Source
from lsp_server.tiers import Ready
from retrieval.source import Cursor

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is wanted of the engine at a cursor.

    ``most_lines`` is how far the answer may go, ``most_tokens`` too, where the settings
    allow as much. ``seed`` is None for the likeliest answer,
    else a number that gives another one.
    """

    purpose: Purpose
    cursor: Cursor
    context: Standing
    most_lines: int
    most_tokens: int | None = None
    seed: int | None = None


_TEMPERATURE = 0.8
"""Of further candidates: the likeliest answer is among them already."""


def start(session: Session, ready: Ready, settings: Settings, wish: Wish) -> Generation:
    """Ask the engine. What comes is kept in the session, whoever waits for it."""
    asked = session.record.ask(wish.purpose)

    def stop(text: str) -> str | None:
        if wish.purpose is Purpose.WARM_UP:
            return ""
        return decided(text, wish.cursor, wish.most_lines)

    request = partial(_request, session, ready, settings, wish, asked)
    ended = partial(_keep, session, asked, wish)
    generation = Generation(wish.cursor, _pieces(ready, request), stop, ended)
    asked.generation = generation
    return generation


def planned(
    session: Session, ready: Ready, settings: Settings, wish: Wish, *, heal: bool
) -> Plan:
    """Return the prompt at the wish's cursor, as it would be sent now."""
    cursor, context, inline = wish.cursor, wish.context, settings.inline
    layout, because = layout_for(cursor, ready.infiller, inline.layout, heal=heal)
    budget = Budget(
        window_tokens=ready.loaded.window_tokens,
        prefix_tokens=inline.prefix_tokens,
        suffix_tokens=inline.suffix_tokens,
        answer_tokens=min(inline.max_tokens, wish.most_tokens or inline.max_tokens),
        context_tokens=settings.context.tokens,
    )
    return plan(
        cursor,
        ready.infiller,
        budget,
        layout,
        heal=heal,
        context=context.snippets,
        own=Own(path=context.path, repository=context.repository),
        held=session.edges.held(cursor, context.snippets),
        because=because,
    )


async def _request(
    session: Session,
    ready: Ready,
    settings: Settings,
    wish: Wish,
    asked: Asked,
    *,
    heal: bool,
) -> GenerationRequest:
    started = time.monotonic()
    plan = partial(planned, session, ready, settings, wish, heal=heal)
    if ready.infiller.encoder.blocks:  # it asks its endpoint
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(session.planner, plan)
    else:
        found = plan()
    asked.plan = found
    asked.planning_ms = (time.monotonic() - started) * 1000
    uri = wish.cursor.document.uri
    session.edges.hold(wish.cursor, wish.context.snippets, found.first_line)
    session.context.shows(uri, found.first_line, found.last_line)
    logger.debug("%s: %s", uri, found.why)
    return GenerationRequest(
        prompt_ids=found.prompt_ids,
        begin=found.begin if wish.purpose is not Purpose.WARM_UP else "",
        max_tokens=found.max_tokens,
        stop_ids=found.stop_ids,
        temperature=0.0 if wish.seed is None else _TEMPERATURE,
        seed=wish.seed,
        priority=PRIORITY_SHOWN if wish.purpose is Purpose.SHOWN else PRIORITY_AHEAD,
    )


def _keep(session: Session, asked: Asked, wish: Wish, generation: Generation) -> None:
    """Remember an answer, also where whoever asked for it has left."""
    session.record.ended(asked, generation)
    session.ledger.generated(
        asked.number,
        tokens=generation.tokens,
        milliseconds=generation.total_ms,
        source=Source.ENGINE if asked.purpose is Purpose.SHOWN else Source.AHEAD,
        language=wish.cursor.document.language,
    )
    logger.debug(
        "%s: %d prompt tokens, %s of them cached; %.0f ms to the first piece, %.0f in all",
        asked.purpose,
        generation.prompt_tokens,
        generation.cached_tokens,
        generation.first_piece_ms,
        generation.total_ms,
    )
    if not generation.complete or asked.purpose is Purpose.WARM_UP:
        return
    session.memory.remember(
        asked.number, wish.cursor, generation.text, behind=wish.seed is not None
    )
    if asked.purpose is Purpose.SHOWN:
        session.rhythm.answered(generation.first_piece_ms)


async def _pieces(
    ready: Ready, request: Callable[..., Awaitable[GenerationRequest]]
) -> AsyncGenerator[Piece]:
    """Yield the engine's pieces; one that cannot heal is asked without.

    Better an answer that may repeat half a word than none at each keystroke.
    """
    healed, refused = await request(heal=True), False
    try:
        async with aclosing(ready.engine.stream(healed)) as pieces:
            async for piece in pieces:
                yield piece
    except RequestRefused as error:
        if not healed.begin:
            raise
        logger.warning("The engine refused to heal a token: %s", error)
        refused = True
    if refused:
        async with aclosing(ready.engine.stream(await request(heal=False))) as pieces:
            async for piece in pieces:
                yield piece
