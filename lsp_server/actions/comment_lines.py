"""Which lines are nothing but a comment, told by their signs."""

from lsp_server.actions.statements import Span, columns
from lsp_server.ghost.lexical import Kind, signs_of
from retrieval.source import Document, without_end

_REACH_LINES = 200


def comment_at(document: Document, line: int) -> Span | None:
    """Return the first and last line of the comment that ``line`` is part of.

    One sign or many: lines of comment that stand together, equally indented, are one
    comment. None where code stands in the line.
    """
    rows = [without_end(row) for row in document.lines]
    low, high = max(0, line - _REACH_LINES), min(len(rows), line + _REACH_LINES)
    silent = _silent(document, rows[low:high])
    if not silent[line - low]:
        return None
    depth = columns(rows[line])
    first = last = line
    while first > low and silent[first - 1 - low] and _same(rows, first - 1, depth):
        first -= 1
    while last + 1 < high and silent[last + 1 - low] and _same(rows, last + 1, depth):
        last += 1
    return first, last


def _same(rows: list[str], line: int, depth: int) -> bool:
    """Whether a line goes on a comment: within /* */ lines are indented by one more."""
    return columns(rows[line]) in {depth - 1, depth, depth + 1}


def _silent(document: Document, rows: list[str]) -> list[bool]:
    """Tell of each row whether all of it that is not blank is comment."""
    text = "\n".join(rows)
    seen = signs_of(document.uri, document.language).see(text)
    covered = bytearray(len(text) + 1)
    for start, end, kind in seen.quiet:
        if kind is Kind.COMMENT:
            begin, stop = max(start, 0), min(end, len(text))
            covered[begin:stop] = b"\1" * (stop - begin)
    found, at = [], 0
    for row in rows:
        own = [covered[at + index] for index, sign in enumerate(row) if sign.strip()]
        bare = row.startswith("#!")
        found.append(bool(own) and all(own) and not bare)
        at += len(row) + 1
    return found
