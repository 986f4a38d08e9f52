"""No more lines than are wanted here."""

from lsp_server.ghost.place import Place


def apply(text: str, place: Place) -> str:
    return "\n".join(text.split("\n")[: place.most_lines])
