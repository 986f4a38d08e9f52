"""Hover, in the form that the client reads."""

from lsprotocol.types import (
    ClientCapabilities,
    Hover,
    MarkupContent,
    MarkupKind,
    PositionEncodingKind,
    Range,
)

from lsp_server.features.hover import HoverText
from lsp_server.wire.positions import position
from retrieval.source import Cursor


def hovered(
    cursor: Cursor,
    text: HoverText,
    encoding: PositionEncodingKind,
    capabilities: ClientCapabilities,
) -> Hover:
    """Return ``text`` for the name at the cursor, as Markdown if the client prefers that."""
    document, line = cursor.document, cursor.line
    kind = _preferred(capabilities)
    value = text.markdown if kind is MarkupKind.Markdown else text.plain
    return Hover(
        contents=MarkupContent(kind=kind, value=value),
        range=Range(
            start=position(document, line, text.start, encoding),
            end=position(document, line, text.end, encoding),
        ),
    )


def _preferred(capabilities: ClientCapabilities) -> MarkupKind:
    """Return the first form of the client's list; plain text where it has none."""
    document = capabilities.text_document
    hover = document.hover if document is not None else None
    formats = (hover.content_format if hover is not None else None) or ()
    return next(iter(formats), MarkupKind.PlainText)
