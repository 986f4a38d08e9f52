"""The smallest edits that make a document what an answer wants it to be."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lsp_server.actions.alignment import Piece, pieces
from lsp_server.actions.region import Region
from lsp_server.documents import Place, edited
from retrieval.source import Document, without_end

_TOKEN = re.compile(r"\w+|\n|[^\S\n]+|[^\w\s]")
_MOST_TOKENS = 4000
"""That are compared word by word; more are replaced as a whole."""
_GAP = 3
"""Characters that stay between two changes of a line and are not worth two edits."""
_LEAST_SAME = 0.4
"""Share of the text that stays, below which it is one change: no confetti."""


@dataclass(frozen=True, slots=True)
class Change:
    """``text``, with the document's line ends, in place of ``start`` to ``end``."""

    start: Place
    end: Place
    text: str


def smallest(
    document: Document,
    region: Region,
    new: Sequence[str],
    imports: Sequence[str] = (),
    imports_before: int = 0,
) -> tuple[Change, ...]:
    """Return the changes, in order; they never touch, and nothing outside is touched.

    ``new`` are lines without their ends, which take the place of the region's; ``imports``
    go before the line ``imports_before``, which is not within the region. Lines that stay
    keep their line ends, new ones get what most lines have, or the region.
    """
    first, after = region.first, region.first if region.insert else region.last + 1
    parts = [(first, after, [*new])]
    if imports and imports_before == first:
        parts = [(first, after, [*imports, *new])]
    elif imports and imports_before == after:
        parts = [(first, after, [*new, *imports])]
    elif imports:
        parts.append((imports_before, imports_before, [*imports]))
    end = line_end(document) or region.line_end
    found: list[Change] = []
    for start, stop, lines in sorted(parts):
        old = [without_end(line) for line in document.lines[start:stop]]
        for piece in pieces(old, lines):
            if not piece.same:
                found += _changes(document, start, piece, lines, end)
    return tuple(_apart(found))


def applied(document: Document, changes: Sequence[Change]) -> Document:
    """Return the document with all changes; their places are those of ``document``."""
    for change in sorted(changes, key=lambda one: one.start, reverse=True):
        document = edited(document, change.start, change.end, change.text)
    return document


def line_end(document: Document) -> str:
    """Return the line end that most lines have; "" where there is none."""
    ends = Counter(line[len(without_end(line)) :] for line in document.lines)
    del ends[""]
    return ends.most_common(1)[0][0] if ends else ""


def _apart(changes: Sequence[Change]) -> list[Change]:
    """Make one of two that touch: at the same place their order would be anybody's."""
    found: list[Change] = []
    for change in changes:
        if not change.text and change.start == change.end:
            continue
        if found and found[-1].end == change.start:
            before = found.pop()
            found.append(Change(before.start, change.end, before.text + change.text))
        else:
            found.append(change)
    return found


def _changes(
    document: Document, first: int, piece: Piece, lines: Sequence[str], end: str
) -> Iterator[Change]:
    """Yield what puts lines in the place of those of ``piece``, counted from ``first``."""
    start, stop = first + piece.start, first + piece.end
    new = lines[piece.new_start : piece.new_end]
    if start < stop and new:
        yield from _within(document, start, stop, new, end)
    elif stop < len(document.lines):
        yield Change((start, 0), (stop, 0), "".join(line + end for line in new))
    else:
        yield _at_the_end(document, start, new, end)


def _at_the_end(document: Document, start: int, new: Sequence[str], end: str) -> Change:
    """Put lines behind the last one, or take the last ones away: with the end above."""
    last = len(document.lines) - 1
    close = last, len(without_end(document.lines[last]))
    if start == 0:
        return Change((0, 0), close, end.join(new))
    above = document.lines[start - 1]
    column = len(without_end(above))
    own = above[column:] or end
    text = "".join(f"{own if at == 0 else end}{line}" for at, line in enumerate(new))
    return Change((start - 1, column), close, text)


def _within(
    document: Document, start: int, stop: int, new: Sequence[str], end: str
) -> Iterator[Change]:
    """Yield the changes between words of lines that have others in their place."""
    old = [without_end(line) for line in document.lines[start:stop]]
    text, wanted = "\n".join(old), "\n".join(new)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line) + 1)

    def place(at: int) -> Place:
        row = bisect_right(starts, at) - 1
        return start + row, at - starts[row]

    for low, high, put in _spans(text, wanted):
        yield Change(place(low), place(high), put.replace("\n", end))


def _spans(old: str, new: str) -> Iterator[tuple[int, int, str]]:
    """Yield from where to where of ``old`` what stands in ``new`` instead."""
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    ends, new_ends = _offsets(left), _offsets(right)
    if len(left) + len(right) > _MOST_TOKENS:
        yield _one_span(left, right)
        return
    found: list[tuple[int, int, int, int]] = []
    same = 0
    for piece in pieces(left, right):
        span = ends[piece.start], ends[piece.end]
        new_span = new_ends[piece.new_start], new_ends[piece.new_end]
        if piece.same:
            same += span[1] - span[0]
            continue
        if found and _tiny(old[found[-1][1] : span[0]]):
            before = found.pop()
            span, new_span = (before[0], span[1]), (before[2], new_span[1])
        found.append((*span, *new_span))
    if same < _LEAST_SAME * max(len(old), len(new)):
        yield _one_span(left, right)
        return
    for low, high, new_low, new_high in found:
        yield low, high, new[new_low:new_high]


def _one_span(old: Sequence[str], new: Sequence[str]) -> tuple[int, int, str]:
    """Return one change, without the words that both begin and end with."""
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] != new[at]), most)
    most -= head
    tail = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    low = sum(map(len, old[:head]))
    high = low + sum(map(len, old[head : len(old) - tail]))
    return low, high, "".join(new[head : len(new) - tail])


def _offsets(tokens: Sequence[str]) -> list[int]:
    found = [0]
    for token in tokens:
        found.append(found[-1] + len(token))
    return found


def _tiny(between: str) -> bool:
    return len(between) < _GAP and "\n" not in between
