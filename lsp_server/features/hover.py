"""``textDocument/hover``: what a name is, from the repository at once.

Nothing here waits for a model, unless the user wants it to: a summary that is not made yet
stands in the next hover.
"""

from dataclasses import dataclass

from lsp_server.context.messages import Facts, FactsFound
from lsp_server.features.hover_text import said
from lsp_server.features.markup import MARKDOWN, PLAIN
from lsp_server.session import Session
from retrieval.source import Cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class HoverText:
    """The same in both forms, for the columns ``start`` to ``end`` of the cursor's line."""

    markdown: str
    plain: str
    start: int
    end: int


async def hover(session: Session, cursor: Cursor) -> HoverText | None:
    """Return what the name at the cursor is; None for nothing, or a cursor of before."""
    uri = cursor.document.uri
    if not session.settings.hover.enabled or _is_old(session, cursor):
        return None
    facts = await session.context.ask(Facts(uri, cursor.line, cursor.column))
    if not isinstance(facts, FactsFound) or facts.symbol is None:
        return None
    symbol = facts.symbol
    summary = await session.summaries.of(
        uri, cursor.document.language, symbol, session.settings.hover
    )
    if _is_old(session, cursor):
        return None
    return HoverText(
        markdown=said(facts, symbol, uri, summary, MARKDOWN),
        plain=said(facts, symbol, uri, summary, PLAIN),
        start=symbol.start,
        end=symbol.end,
    )


def _is_old(session: Session, cursor: Cursor) -> bool:
    return session.documents.get(cursor.document.uri) is not cursor.document
