"""The line that already stands below the cursor is not said again.

While generating, :mod:`~lsp_server.ghost.stop` sees to it; a model that ends right after
that line, before the line end, is past it, and lines may come below while one types.
"""

from lsp_server.ghost.block import is_below, lines_of
from lsp_server.ghost.place import Place


def apply(text: str, place: Place) -> str:
    if place.below is None or place.below.strip() not in place.before + text:
        return text
    for number, line in enumerate(lines_of(text, place)):
        if is_below(line, place):
            cut = "\n".join(text.split("\n")[:number]).rstrip()
            return place.best([text, cut]) if place.code_follows else cut
    return text
