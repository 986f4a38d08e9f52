"""A definition as a snippet: whole where it is short, else its head and what it has."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from retrieval.index import Alone, Index
from retrieval.meant import Found, qualified
from retrieval.outline import Definition, Kind
from retrieval.rank import ELISION
from retrieval.source import Origin, Snippet

WHOLE_LINES = 60
_HEAD_LINES = 12
_MEMBERS = 60
_MEMBER_LINES = 3
_AROUND = 12

Cost = Callable[[str, str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Rows of a file, in order, each once; ``why`` tells people."""

    path: str
    rows: tuple[int, ...]
    origin: Origin
    why: str


def definition_piece(index: Index | Alone, found: Found, why: str) -> Piece | None:
    """Return a definition: all of it, or its head with the heads of its members.

    A member comes with the first line of its class.
    """
    path, one = found
    entry = index.entry(path)
    if entry is None or one.last >= len(entry.lines):
        return None
    origin = Origin.DEFINITION
    rows = {
        each.start
        for each in entry.outline.definitions
        if each.kind is Kind.CLASS
        and one.scope == qualified(each)
        and each.start <= one.start <= each.last
    }
    if one.last - one.first < WHOLE_LINES:
        rows.update(range(one.first, one.last + 1))
        return Piece(path=path, rows=(*sorted(rows),), origin=origin, why=why)
    rows |= {*range(one.first, one.start), *_head(one, _HEAD_LINES)}
    if one.doc_first >= 0:
        rows.update(range(one.doc_first, min(one.doc_last, one.doc_first + 8) + 1))
    if one.kind in {Kind.CLASS, Kind.MODULE}:
        scope = qualified(one)
        members = [
            each
            for each in entry.outline.definitions
            if each.scope == scope and one.start <= each.start <= one.last
        ]
        for member in members[:_MEMBERS]:
            rows.update(_head(member, _MEMBER_LINES))
    return Piece(path=path, rows=(*sorted(rows),), origin=origin, why=why)


def use_piece(index: Index | Alone, path: str, line: int, why: str) -> Piece | None:
    """Return the function that a line stands in, or where that is long, what is around."""
    entry = index.entry(path)
    if entry is None or line >= len(entry.lines):
        return None
    holders = [
        one
        for one in entry.outline.definitions
        if one.kind in {Kind.FUNCTION, Kind.METHOD} and one.first <= line <= one.last
    ]
    last_line = len(entry.lines) - 1
    if not holders:
        lines = range(max(0, line - _AROUND), min(last_line, line + _AROUND) + 1)
        return Piece(path=path, rows=(*lines,), origin=Origin.OTHER, why=why)
    one = holders[0]
    if one.last - one.first < WHOLE_LINES:
        rows = (*range(one.first, one.last + 1),)
        return Piece(path=path, rows=rows, origin=Origin.OTHER, why=why)
    near = range(max(one.start, line - _AROUND), min(one.last, line + _AROUND) + 1)
    rows = (*sorted({*_head(one, _MEMBER_LINES), *near}),)
    return Piece(path=path, rows=rows, origin=Origin.OTHER, why=why)


def file_piece(index: Index | Alone, path: str, why: str) -> Piece | None:
    """Return all lines of a file."""
    entry = index.entry(path)
    if entry is None or not any(entry.lines):
        return None
    rows = (*range(len(entry.lines)),)
    return Piece(path=path, rows=rows, origin=Origin.FILE, why=why)


def snippet(
    index: Index | Alone, piece: Piece, without: AbstractSet[int], cost: Cost
) -> Snippet | None:
    """Return a piece's rows but for those ``without``, that stand elsewhere already."""
    entry = index.entry(piece.path)
    rows = [row for row in piece.rows if row not in without]
    if entry is None or not any(entry.lines[row].strip() for row in rows):
        return None
    parts = _parts(rows)
    texts = ["\n".join(entry.lines[first : last + 1]) for first, last in parts]
    text = f"\n{ELISION}\n".join(texts)
    return Snippet(
        path=piece.path,
        start_line=rows[0],
        end_line=rows[-1],
        text=text,
        tokens=cost(piece.path, text),
        score=1.0,
        why=piece.why,
        parts=tuple(parts) if len(parts) > 1 else (),
        origins=(piece.origin,),
    )


def _head(one: Definition, most: int) -> range:
    return range(one.start, min(one.header_last, one.start + most - 1) + 1)


def _parts(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first and last row of each stretch without a gap."""
    parts: list[tuple[int, int]] = []
    for row in rows:
        if parts and parts[-1][1] == row - 1:
            parts[-1] = parts[-1][0], row
        else:
            parts.append((row, row))
    return parts
