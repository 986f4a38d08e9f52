"""Places drawn in text, as the filters get them."""

from lsp_server.ghost.place import Place, place_at
from tests.marked import at


def place(drawn: str, most_lines: int = 100, language: str = "python") -> Place:
    """Return the place that ``‸`` marks; by default many lines are wanted."""
    return place_at(at(drawn, language=language, uri="file:///a"), most_lines)
