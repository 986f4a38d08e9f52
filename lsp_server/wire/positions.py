"""Positions to places and back, in the encoding that was agreed; edits as they come."""

from collections.abc import Sequence

from lsprotocol.types import (
    ClientCapabilities,
    Position,
    PositionEncodingKind,
    Range,
    TextDocumentContentChangeEvent,
    TextDocumentContentChangeWholeDocument,
)

from lsp_server.documents import Edit, Place, Splice, replaced, splice
from retrieval.source import Cursor, Document, without_end

UTF16 = PositionEncodingKind.Utf16
"""What LSP counts characters in where nothing else was agreed."""


def encoding_of(capabilities: ClientCapabilities) -> PositionEncodingKind:
    """Return the first encoding of the client's list that we know, else UTF-16.

    UTF-16 is what LSP prescribes where nothing was agreed. pygls announces by the same
    rule, so the two agree.
    """
    general = capabilities.general
    offered = (general.position_encodings if general else None) or ()
    known = {kind.value: kind for kind in PositionEncodingKind}
    return next((known[o] for o in offered if o in known), UTF16)


def place(
    lines: Sequence[str], position: Position, encoding: PositionEncodingKind
) -> Place:
    """Return the line and column of ``position``; past the last line is the text's end."""
    if position.line >= len(lines):
        return len(lines) - 1, len(lines[-1])
    line = lines[position.line]
    return position.line, column(line, position.character, encoding)


def cursor(
    document: Document, position: Position, encoding: PositionEncodingKind
) -> Cursor:
    """Return ``position``, clamped, in this snapshot."""
    return Cursor(document, *place(document.lines, position, encoding))


def position(
    document: Document, line: int, column: int, encoding: PositionEncodingKind
) -> Position:
    """Return LSP's position of a place in this snapshot."""
    return Position(line, units(document.lines[line], column, encoding))


def places(
    document: Document, range_: Range, encoding: PositionEncodingKind
) -> tuple[Place, Place]:
    """Return where a range starts and ends in this snapshot, clamped and in order."""
    start = place(document.lines, range_.start, encoding)
    end = place(document.lines, range_.end, encoding)
    return min(start, end), max(start, end)


def range_of(
    document: Document, start: Place, end: Place, encoding: PositionEncodingKind
) -> Range:
    """Return LSP's range from one place to another of this snapshot."""
    return Range(
        start=position(document, *start, encoding),
        end=position(document, *end, encoding),
    )


def edits(
    changes: Sequence[TextDocumentContentChangeEvent], encoding: PositionEncodingKind
) -> tuple[Edit, ...]:
    """Return the content changes of one ``didChange``, for ``Documents.change``."""
    return tuple(_edit(change, encoding) for change in changes)


def column(line: str, units: int, encoding: PositionEncodingKind) -> int:
    """Return the code-point column ``units`` code units into ``line``.

    Past the end is the end of the line's text, before its line end; inside a surrogate
    pair or a UTF-8 sequence is the start of that character.
    """
    text = without_end(line)
    last = min(units, len(text))  # no character takes less than one unit
    if encoding is PositionEncodingKind.Utf32 or text.isascii():
        return last
    first = 0
    while first < last:  # halving, and encoding only the half: a line can be a megabyte
        middle = (first + last + 1) // 2
        width = _width(text[first:middle], encoding)
        if width <= units:
            first, units = middle, units - width
        else:
            last = middle - 1
    return first


def units(line: str, column: int, encoding: PositionEncodingKind) -> int:
    """Return how many code units of ``line`` stand before the code-point ``column``."""
    return _width(line[:column], encoding)


def _edit(
    change: TextDocumentContentChangeEvent, encoding: PositionEncodingKind
) -> Edit:
    """Return one change; a range that ends before it starts is turned round."""

    def edit(lines: Sequence[str]) -> Splice:
        if isinstance(change, TextDocumentContentChangeWholeDocument):
            return replaced(lines, change.text)
        start = place(lines, change.range.start, encoding)
        end = place(lines, change.range.end, encoding)
        return splice(lines, min(start, end), max(start, end), change.text)

    return edit


def _width(text: str, encoding: PositionEncodingKind) -> int:
    """Return the length of ``text`` in code units; a lone surrogate is 1, or 3 bytes."""
    if text.isascii():
        return len(text)
    match encoding:
        case PositionEncodingKind.Utf8:
            return len(text.encode("utf-8", "surrogatepass"))
        case PositionEncodingKind.Utf16:
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
        case PositionEncodingKind.Utf32:
            return len(text)
