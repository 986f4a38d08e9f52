"""An answer of several lines does not end in the middle of something.

One that was cut off, by its length or by the lines that are wanted, loses what it has only
begun: of all the ways to end it earlier the one that parses best, the longest of them.
"""

from lsp_server.ghost.block import Line, lines_of
from lsp_server.ghost.lexical import Kind
from lsp_server.ghost.place import Place
from lsp_server.ghost.shape import indentation, opens_block

_MOST = 6


def apply(text: str, place: Place) -> str:
    bare = text.rstrip()
    lines = bare.split("\n")
    if len(lines) == 1 or place.code_follows or place.inside is not None:
        return text
    last = lines_of(bare, place)[-1]
    headless = place.signs.name == "python" and _header_alone(last.text, place)
    if not headless and not _begun(bare, last, place):
        return text
    if not headless and place.faults(text) <= place.faults(""):
        return text
    first = max(1, len(lines) - _MOST)
    ends = ["\n".join(lines[:end]) for end in range(len(lines) - 1, first - 1, -1)]
    kept = [end for end in ends if end.strip()]
    return place.best(kept if headless and kept else [text, *kept])


def _begun(text: str, last: Line, place: Place) -> bool:
    """Whether the answer leaves something open of its own."""
    inside = place.see(text).inside
    in_string = inside is not None and inside.kind is Kind.STRING
    return bool(last.still_opened) or in_string or opens_block(last.text, place.signs)


def _header_alone(line: str, place: Place) -> bool:
    """Whether no body stands below a header; the grammar takes an empty one for none."""
    below = place.below or ""
    return opens_block(line, place.signs) and indentation(below) <= indentation(line)
