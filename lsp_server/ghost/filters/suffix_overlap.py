"""What already stands to the right of the cursor is not said again: quotes and code.

Brackets are :mod:`~lsp_server.ghost.filters.closed_already`'s.
"""

from lsp_server.ghost.lexical import PAIRS
from lsp_server.ghost.place import Place

_QUOTES = ("'", '"', "`")


def apply(text: str, place: Place) -> str:
    after = place.after.strip()
    if not after:
        return text
    if after[0] in _QUOTES and place.in_string:
        while (cut := _within_quotes(text, after[0], place)) != text:
            text = cut  # which may end with a quote as well
        return text
    cut = text
    while (end := _overlap(cut, after)) is not None:
        cut = cut[:end].rstrip(" \t") if place.after[0].isspace() else cut[:end]
    return text if cut == text else place.best([cut, text])


def _within_quotes(text: str, quote: str, place: Place) -> str:
    """Cut before a quote that closes the string the cursor is in: the best such place."""
    seen = place.see(text)
    if seen.inside is not None and seen.inside == place.inside:
        return text  # it closes and opens again, or does neither
    line = text.partition("\n")[0]
    ends = [at for at, sign in enumerate(line) if sign == quote]
    if not ends:
        return text
    return place.best([*(text[:at] for at in (ends[-1], ends[0])), text])


def _overlap(text: str, after: str) -> int | None:
    """Return where the text begins to say what stands to the right."""
    for length in range(min(len(text), len(after)), 0, -1):
        tail = after[:length]
        # A word that begins like the one to the right is no overlap: ``i‸in items``.
        said_again = length == len(after) or not any(map(str.isalnum, tail))
        if said_again and text.endswith(tail) and _closes_too_much(text, tail):
            end = len(text) - length
            in_word = text[max(end - 1, 0) : end].isalnum() and tail[0].isalnum()
            return None if in_word else end
    return None


def _closes_too_much(text: str, tail: str) -> bool:
    """Whether the tail closes what the text did not open; other tails are just equal."""
    closing = [close for close in PAIRS if tail.count(close) > tail.count(PAIRS[close])]
    return not closing or any(
        text.count(close) > text.count(PAIRS[close]) for close in closing
    )
