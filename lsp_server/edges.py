"""Where the prompts of the open documents begin: an edge holds still while it can."""

from dataclasses import dataclass

from lsp_server.context.difference import difference
from retrieval.source import Cursor, Document, Snippet

Snippets = tuple[Snippet, ...]


@dataclass(frozen=True, slots=True)
class _Edge:
    document: Document
    line: int
    context: Snippets


class Edges:
    """The first line of each document's last prompt.

    With other context the whole prompt is computed anyway, and the edge is chosen anew.
    """

    def __init__(self) -> None:
        self._edges: dict[str, _Edge] = {}

    def held(self, cursor: Cursor, context: Snippets) -> int | None:
        """Return where the last prompt began, as the lines are counted now."""
        edge = self._edges.get(cursor.document.uri)
        if edge is None or edge.context != context:
            return None
        splice = difference(edge.document.lines, cursor.document.lines)
        if splice is None or edge.line <= splice.first:
            return edge.line
        if edge.line < splice.last:
            return None  # it was edited away
        return edge.line + len(splice.lines) - (splice.last - splice.first)

    def hold(self, cursor: Cursor, context: Snippets, line: int) -> None:
        """Take note of the first line of a prompt."""
        self._edges[cursor.document.uri] = _Edge(cursor.document, line, context)

    def forget(self, uri: str) -> None:
        """Forget a document that was closed."""
        self._edges.pop(uri, None)
