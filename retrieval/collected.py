"""Snippets as they are taken for some lines: none twice, and no more than there is room for."""

from collections import defaultdict

from retrieval.index import Index
from retrieval.pieces import Cost, Piece, file_piece, snippet
from retrieval.source import Snippet

_CHARS_PER_TOKEN = 8
"""No text has more: what is longer than that fits nowhere, and is not counted."""


class Collected:
    """Within ``budget`` tokens, as ``cost`` counts; the best are taken first."""

    def __init__(self, index: Index, budget: int, cost: Cost) -> None:
        self.left = budget
        self._index = index
        self._cost = cost
        self._taken: list[Snippet] = []
        self._rows: defaultdict[str, set[int]] = defaultdict(set)

    def leave_out(self, path: str, first: int, last: int) -> None:
        """Take none of these lines: they stand elsewhere."""
        self._rows[path].update(range(first, last + 1))

    def take(self, piece: Piece, room: int) -> int:
        """Take a piece if it fits into ``room`` tokens; returns what it costs, 0 if not."""
        if min(room, self.left) <= 0:
            return 0
        found = snippet(self._index, piece, self._rows[piece.path], self._cost)
        if found is None or found.tokens > min(room, self.left):
            return 0
        self._taken.append(found)
        self._rows[piece.path].update(piece.rows)
        self.left -= found.tokens
        return found.tokens

    def take_found(self, found: Snippet) -> None:
        """Take what was gathered elsewhere, unless a part of it is here."""
        there = self._rows[found.path]
        rows = range(found.start_line, found.end_line + 1)
        if found.tokens <= self.left and there.isdisjoint(rows):
            self._taken.append(found)
            there.update(rows)
            self.left -= found.tokens

    def take_file(self, path: str, why: str) -> bool:
        """Take a whole file, in place of its snippets, if it fits."""
        freed = sum(one.tokens for one in self._taken if one.path == path)
        piece = file_piece(self._index, path, why)
        entry = self._index.entry(path)
        if piece is None or entry is None:
            return False
        room = self.left + freed
        if sum(map(len, entry.lines)) > _CHARS_PER_TOKEN * room:
            return False
        found = snippet(self._index, piece, frozenset(), self._cost)
        if found is None or found.tokens > room:
            return False
        self._taken = [one for one in self._taken if one.path != path]
        self._taken.append(found)
        self._rows[path].update(piece.rows)
        self.left += freed - found.tokens
        return True

    def best_last(self) -> tuple[Snippet, ...]:
        return tuple(reversed(self._taken))
