"""``textDocument/codeAction``: what is offered at a place, in a few milliseconds."""

import asyncio
import contextlib

from lsp_server.actions.offers import Offer, offered
from lsp_server.actions.situation import Finding, Situation, last_line
from lsp_server.context.answering import answered_alone
from lsp_server.context.messages import Answer, Scopes, ScopesFound
from lsp_server.documents import Place
from lsp_server.session import Session
from lsp_server.settings import Summaries
from lsp_server.summaries.making import worth_summarizing
from retrieval.outline import Definition
from retrieval.source import Document

PATIENCE_S = 0.05
"""A menu that opens late is worse than one without what depends on a definition."""

ASKED_PATIENCE_S = 1.0
"""Who opened it will not understand what is missing: a worker that is only being started
is not waited for, and the one document is read here."""


async def code_action(
    session: Session,
    document: Document,
    place: tuple[Place, Place],
    findings: tuple[Finding, ...],
    *,
    asked: bool,
) -> tuple[Offer, ...]:
    """Return what can be done from one place to another of this snapshot.

    ``findings`` are the diagnostics there. ``asked``: the user opened the menu.
    """
    uri, (start, end) = document.uri, place
    if not session.settings.actions.enabled or await session.context.excluded(uri):
        return ()
    situation = Situation(
        document=document,
        start=start,
        end=end,
        findings=findings,
        scopes=await _scopes(
            session, document, (start[0], last_line(start, end)), asked=asked
        ),
    )
    hover = session.settings.hover
    summaries = hover.enabled and hover.summaries is not Summaries.OFF
    return offered(
        situation,
        asked=asked,
        summarizable=lambda one: summaries and worth_summarizing(one),
    )


async def _scopes(
    session: Session, document: Document, lines: tuple[int, int], *, asked: bool
) -> tuple[Definition, ...]:
    question = Scopes(document.uri, *lines)
    found: Answer | None = None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            found = await session.context.ask(question)
    if found is None and asked:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ASKED_PATIENCE_S):
                found = await asyncio.to_thread(answered_alone, question, document)
    return found.definitions if isinstance(found, ScopesFound) else ()
