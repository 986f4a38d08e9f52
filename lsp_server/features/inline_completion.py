"""Ghost text: ``textDocument/inlineCompletion``."""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from lsp_server.context.policy import Standing
from lsp_server.engine.base import (
    Engine,
    GenerationRequest,
    Piece,
    RequestRefused,
)
from lsp_server.ghost.filters import shown
from lsp_server.ghost.stop import decided
from lsp_server.latest import Generation, Turn
from lsp_server.prompt.plan import Budget, Plan, plan
from lsp_server.prompt.snippets import Own
from lsp_server.session import Ready, Session
from lsp_server.settings import InlineSettings, Settings
from retrieval.source import Cursor

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is shown at ``cursor``, "" for nothing, and what it took.

    Milliseconds count from the engine's call; ``finish`` is "stop" or "length" where the
    engine ended, "decided" where we stopped it.
    """

    id: str
    cursor: Cursor
    text: str
    model: str
    finish: str
    prompt_tokens: int
    cached_tokens: int | None
    first_piece_ms: float
    total_ms: float


def inline_completion(
    session: Session, cursor: Cursor
) -> Callable[[], Awaitable[Offer | None]]:
    """Return, to be called and awaited, what to offer at ``cursor``; None was not asked.

    A plain function, called when the request is dispatched: from here on every older
    request of the document is superseded, however long this one takes. What it returns
    is no coroutine yet: a request that is cancelled at once never awaits it.

    Raises EngineError where the engine fails.
    """
    turn = session.latest.turn(cursor.document.uri)
    return partial(_offer, session, session.settings, cursor, turn)


async def _offer(
    session: Session, settings: Settings, cursor: Cursor, turn: Turn
) -> Offer | None:
    ready = session.ready
    if ready is None or not settings.inline.enabled:
        return None
    context = await session.context.at(cursor)

    def start() -> Generation:
        planner = partial(_planned, session, ready, settings, cursor, context)
        return _generation(ready, settings.inline, cursor, planner)

    joined = await session.latest.join(turn, cursor, start)
    if joined is None:
        return None
    generation, typed = joined
    if isinstance(generation.error, RequestRefused):
        logger.warning("The engine refused a request: %s", generation.error)
        return None
    if generation.error is not None:
        raise generation.error
    logger.debug(
        "%d prompt tokens, %s of them cached; %.0f ms to the first piece, %.0f in all",
        generation.prompt_tokens,
        generation.cached_tokens,
        generation.first_piece_ms,
        generation.total_ms,
    )
    text = shown(generation.text, generation.cursor)
    rest = text[len(typed) :] if text.startswith(typed) else ""
    return Offer(
        id=session.remember_offer(rest) if rest else "",
        cursor=cursor,
        text=rest,
        model=ready.loaded.model,
        finish=generation.finish or "decided",
        prompt_tokens=generation.prompt_tokens,
        cached_tokens=generation.cached_tokens,
        first_piece_ms=generation.first_piece_ms,
        total_ms=generation.total_ms,
    )


def _generation(
    ready: Ready, settings: InlineSettings, cursor: Cursor, planned: Callable[..., Plan]
) -> Generation:
    def request(*, heal: bool) -> GenerationRequest:
        found = planned(heal=heal)
        return GenerationRequest(
            prompt_ids=found.prompt_ids,
            begin=found.begin,
            max_tokens=found.max_tokens,
            stop_ids=found.stop_ids,
            temperature=0.0,  # the same place gives the same answer
        )

    return Generation(
        cursor,
        _pieces(ready.engine, request),
        lambda text: decided(text, cursor, settings.max_lines),
    )


def _planned(
    session: Session,
    ready: Ready,
    settings: Settings,
    cursor: Cursor,
    context: Standing,
    *,
    heal: bool,
) -> Plan:
    budget = Budget(
        window_tokens=ready.loaded.window_tokens,
        prefix_tokens=settings.inline.prefix_tokens,
        suffix_tokens=settings.inline.suffix_tokens,
        answer_tokens=settings.inline.max_tokens,
        context_tokens=settings.context.tokens,
    )
    planned = plan(
        cursor,
        ready.infiller,
        budget,
        settings.inline.layout,
        heal=heal,
        context=context.snippets,
        own=Own(path=context.path, repository=context.repository),
    )
    uri = cursor.document.uri
    session.context.shows(uri, planned.first_line, planned.last_line)
    logger.debug("%s: %s", uri, planned.why)
    return planned


async def _pieces(
    engine: Engine, request: Callable[..., GenerationRequest]
) -> AsyncGenerator[Piece]:
    """Yield the engine's pieces; one that cannot heal is asked without.

    Better an answer that may repeat half a word than none at each keystroke.
    """
    healed, refused = request(heal=True), False
    try:
        async with aclosing(engine.stream(healed)) as pieces:
            async for piece in pieces:
                yield piece
    except RequestRefused as error:
        if not healed.begin:
            raise
        logger.warning("The engine refused to heal a token: %s", error)
        refused = True
    if refused:
        async with aclosing(engine.stream(request(heal=False))) as pieces:
            async for piece in pieces:
                yield piece
