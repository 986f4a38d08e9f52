"""RG-1 of RepoCoder (arXiv 2303.12570): windows by Jaccard's likeness to the last twenty lines.

As there, of a window that is like them the twenty lines are shown that begin at its middle: what
follows on likeness is worth more than likeness.
"""

import heapq
from collections import Counter
from collections.abc import Sequence

from bench.retrieval.contestants.windows import STRIDE, Windows, query
from bench.retrieval.found import Found
from bench.retrieval.places import Place

_BEST = 300


class Jaccard:
    by_budget = False

    def __init__(self, windows: Windows, *, further: int = STRIDE) -> None:
        self._windows = windows
        self._further = further

    def found(self, place: Place, budget: int) -> Sequence[Found]:  # noqa: ARG002 - the same for all budgets
        wanted = query(place)
        common: Counter[int] = Counter()
        for word in wanted.keys() & self._windows.postings.keys():
            postings = self._windows.postings[word]
            common.update(at for at, _ in postings.outside(*self._windows.of(place)))
        distinct = self._windows.distinct
        best = heapq.nlargest(
            _BEST,
            (
                (both / (len(wanted) + distinct[at] - both), -at)
                for at, both in common.items()
            ),
        )
        ranked = [(score, -at) for score, at in best]
        return self._windows.shown(ranked, further=self._further)

    def prepare(self, place: Place) -> None: ...
    def close(self) -> None: ...
