"""What of an answer is shown: an ordered tuple of filters, one idea and one file each."""

from collections.abc import Callable

from lsp_server.ghost.filters import (
    blank,
    closed_already,
    indentation,
    leading_space,
    line_below,
    line_ends,
    noise,
    repetition,
    secrets,
    special_pieces,
    suffix_overlap,
    too_many_lines,
    trailing_space,
    unfinished,
)
from lsp_server.ghost.place import Place, place_at
from retrieval.source import Cursor

Filter = Callable[[str, Place], str]

FILTERS: tuple[Filter, ...] = (
    line_ends.apply,  # first: the others count on LF
    special_pieces.apply,
    too_many_lines.apply,
    repetition.apply,
    line_below.apply,
    indentation.apply,
    leading_space.apply,
    closed_already.apply,
    suffix_overlap.apply,
    unfinished.apply,
    trailing_space.apply,
    noise.apply,
    secrets.apply,
    blank.apply,  # last: whatever is left may be nothing
)

_ROUNDS = 4


def shown(text: str, cursor: Cursor, most_lines: int) -> str:
    """Return what to show at the cursor of the answer ``text``; "" shows nothing.

    ``text`` may be the rest of an answer that was typed or accepted in part. The filters
    are asked again until nothing changes, so what is shown would be shown again.
    """
    place = place_at(cursor, most_lines)
    for _ in range(_ROUNDS):
        before = text
        for apply in FILTERS:
            if not text:
                return ""
            text = apply(text, place)
        if text == before:
            return text
    return text
