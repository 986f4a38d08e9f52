"""Which lines are nothing but a comment, told by their signs."""

from collections.abc import Callable
from itertools import accumulate

from lsp_server.actions.statements import Span, columns
from lsp_server.ghost.lexical import Kind, signs_of
from retrieval.source import Document, without_end

_REACH_LINES = 200


def comment_at(document: Document, line: int) -> Span | None:
    """Return the first and last line of the comment that ``line`` is part of.

    One sign or many: lines of comment that stand together, equally indented, are one
    comment. None where code stands in the line.
    """
    low = max(0, line - _REACH_LINES)
    rows = [without_end(row) for row in document.lines[low : line + _REACH_LINES]]
    is_comment = _comments(document, rows)
    here = line - low
    if not is_comment(here):
        return None
    depth = columns(rows[here])
    first = last = here
    while first > 0 and _same(rows, first - 1, depth) and is_comment(first - 1):
        first -= 1
    while (
        last + 1 < len(rows) and _same(rows, last + 1, depth) and is_comment(last + 1)
    ):
        last += 1
    return first + low, last + low


def _same(rows: list[str], line: int, depth: int) -> bool:
    """Whether a line goes on a comment: within /* */ lines are indented by one more."""
    return columns(rows[line]) in {depth - 1, depth, depth + 1}


def _comments(document: Document, rows: list[str]) -> Callable[[int], bool]:
    """Return what tells of a row whether all of it that is not blank is comment."""
    text = "\n".join(rows)
    seen = signs_of(document.uri, document.language).see(text)
    covered = bytearray(len(text) + 1)
    for start, end, kind in seen.quiet:
        if kind is Kind.COMMENT:
            begin, stop = max(start, 0), min(end, len(text))
            covered[begin:stop] = b"\1" * (stop - begin)
    starts = [*accumulate((len(row) + 1 for row in rows), initial=0)]

    def is_comment(row: int) -> bool:
        own = [
            covered[starts[row] + index]
            for index, sign in enumerate(rows[row])
            if sign.strip()
        ]
        return bool(own) and all(own) and not rows[row].startswith("#!")

    return is_comment
