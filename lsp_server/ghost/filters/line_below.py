"""The line that already stands below the cursor is not said again.

While generating, :mod:`~lsp_server.ghost.stop` sees to it; a model that ends right after
that line, before the line end, is past it.
"""

from lsp_server.ghost.shape import next_line
from retrieval.source import Cursor


def apply(text: str, cursor: Cursor) -> str:
    above, newline, last = text.rpartition("\n")
    repeated = newline and last.strip() and last == next_line(cursor)
    return above.rstrip() if repeated else text
