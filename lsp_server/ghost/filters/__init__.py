"""What of an answer is shown: an ordered tuple of filters, one idea and one file each."""

from collections.abc import Callable

from lsp_server.ghost.filters import (
    blank,
    line_below,
    line_ends,
    suffix_overlap,
    trailing_space,
)
from retrieval.source import Cursor

Filter = Callable[[str, Cursor], str]

FILTERS: tuple[Filter, ...] = (
    line_ends.apply,  # first: the others count on LF
    trailing_space.apply,
    line_below.apply,
    suffix_overlap.apply,
    blank.apply,  # last: whatever is left may be nothing
)


def shown(text: str, cursor: Cursor) -> str:
    """Return what to show at the cursor of the answer ``text``; "" shows nothing."""
    for apply in FILTERS:
        text = apply(text, cursor)
    return text
