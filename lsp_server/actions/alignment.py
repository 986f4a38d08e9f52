"""Which parts of two sequences are the same: rapidfuzz's Indel alignment, on any values."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Indel


@dataclass(frozen=True, slots=True)
class Piece:
    """Items ``start`` up to ``end`` of the old, in whose place stand those of the new."""

    same: bool
    start: int
    end: int
    new_start: int
    new_end: int


def pieces(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[Piece]:
    """Yield all of both in order: what is the same, and what is not, in turns."""
    numbers: dict[Hashable, int] = {}
    left = [numbers.setdefault(item, len(numbers)) for item in old]
    right = [numbers.setdefault(item, len(numbers)) for item in new]
    changed: Piece | None = None
    for op in Indel.opcodes(left, right):
        found = Piece(
            op.tag == "equal", op.src_start, op.src_end, op.dest_start, op.dest_end
        )
        if not found.same:
            first = changed or found
            changed = replace(found, start=first.start, new_start=first.new_start)
            continue
        if changed is not None:
            yield changed
            changed = None
        yield found
    if changed is not None:
        yield changed
