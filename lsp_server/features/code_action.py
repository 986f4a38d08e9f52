"""``textDocument/codeAction``: what is offered at a place, in a few milliseconds."""

import asyncio

from lsp_server.actions.offers import Offer, offered
from lsp_server.actions.situation import Finding, Situation
from lsp_server.context.messages import Scopes, ScopesFound
from lsp_server.documents import Place
from lsp_server.session import Session
from retrieval.outline import Definition
from retrieval.source import Document

PATIENCE_S = 0.05
"""A menu that opens late is worse than one without what depends on a definition."""


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
        scopes=await _scopes(session, uri, start[0], end[0]),
    )
    return offered(situation, asked=asked)


async def _scopes(
    session: Session, uri: str, first: int, last: int
) -> tuple[Definition, ...]:
    try:
        async with asyncio.timeout(PATIENCE_S):
            found = await session.context.ask(Scopes(uri, first, last))
    except TimeoutError:
        return ()
    return found.definitions if isinstance(found, ScopesFound) else ()
