"""Lines grown to whole statements: by brackets, strings and indentation.

No tree is asked: what somebody wants to have fixed is often broken.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence

from lsp_server.ghost.lexical import PAIRS, signs_of
from retrieval.source import Document, without_end

_TAB_COLUMNS = 8
_INDENTED = frozenset({"python", "shellscript", "bash", "sh", "ruby"})
"""Language ids in which blocks have no brackets."""
_GOES_ON = re.compile(
    r"\s*(?:else|elif|except|finally|fi|done|esac|then|do|end|elsif|rescue|ensure)\b"
)

Span = tuple[int, int]
"""The first and the last line, both included."""


def grown(document: Document, lines: Span, within: Span) -> Span:
    """Return ``lines`` with all that belongs to the statements that they begin or end.

    ``within`` is looked at and not left. A bracket, or a string, that encloses the lines as
    a whole is not taken.
    """
    low, high = within
    rows = [without_end(line) for line in document.lines[low : high + 1]]
    pieces, texts = _pieces(document, rows)
    first, last = lines[0] - low, lines[1] - low
    while True:
        before = first, last
        for begin, end in pieces:
            if begin < first <= end <= last or first <= begin <= last < end:
                first, last = min(first, begin), max(last, end)
        while first > 0 and rows[first - 1].endswith("\\"):
            first -= 1
        while last < len(rows) - 1 and rows[last].endswith("\\"):
            last += 1
        if document.language in _INDENTED:
            first, last = _block(rows, texts, first, last)
        if (first, last) == before:
            return first + low, last + low


def columns(line: str) -> int:
    """Return how far a line is indented."""
    expanded = line.expandtabs(_TAB_COLUMNS)
    return len(expanded) - len(expanded.lstrip())


def _pieces(
    document: Document, rows: Sequence[str]
) -> tuple[list[Span], frozenset[int]]:
    """Return what spans several rows: a pair of brackets, a string, a comment.

    And the rows that begin within a string or comment.
    """
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row) + 1)

    def row_of(at: int) -> int:
        return min(bisect_right(starts, at) - 1, len(rows) - 1)

    seen = signs_of(document.uri, document.language).see("\n".join(rows))
    found = [(row_of(start), row_of(end - 1)) for start, end, _ in seen.quiet]
    inner = frozenset(row for begin, end in found for row in range(begin + 1, end + 1))
    opened: list[tuple[str, int]] = []
    for at, sign in seen.marks:
        if sign not in PAIRS:
            opened.append((sign, at))
        elif opened and opened[-1][0] == PAIRS[sign]:
            found.append((row_of(opened.pop()[1]), row_of(at)))
    return [(begin, end) for begin, end in found if begin < end], inner


def _block(rows: Sequence[str], texts: frozenset[int], first: int, last: int) -> Span:
    """Grow by indentation: to the header of what begins within, to the end of a body.

    ``texts`` are rows within strings, which may be indented as they like.
    """

    def depth(row: int) -> int | None:
        return columns(rows[row]) if rows[row].strip() and row not in texts else None

    depths = [depth(row) for row in range(first, last + 1)]
    least = min((one for one in depths if one is not None), default=None)
    if least is None:
        return first, last
    while first > 0 and ((own := depth(first)) is None or own > least):
        first -= 1
    for below in range(last + 1, len(rows)):
        own = depth(below)
        if own is None:
            continue
        if own < least or (own == least and not _GOES_ON.match(rows[below])):
            break
        last = below
    return first, last
