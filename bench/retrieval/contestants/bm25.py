"""Okapi BM25 over identifiers: windows by the words of the last twenty lines."""

import heapq
import math
from collections import defaultdict
from collections.abc import Sequence

from bench.retrieval.contestants.windows import Windows, query
from bench.retrieval.found import Found
from bench.retrieval.places import Place

_K1 = 1.2
_B = 0.75
_BEST = 300


class BM25:
    by_budget = False

    def __init__(self, windows: Windows) -> None:
        self._windows = windows
        self._mean_size = sum(windows.sizes) / len(windows.sizes)

    def found(self, place: Place, budget: int) -> Sequence[Found]:  # noqa: ARG002 - the same for all budgets
        own = self._windows.of(place)
        total = len(self._windows.sizes) - (own[1] - own[0])
        scores: defaultdict[int, float] = defaultdict(float)
        for word, repeats in query(place).items():
            if word not in self._windows.postings:
                continue
            having = list(self._windows.postings[word].outside(*own))
            rarity = math.log(1 + (total - len(having) + 0.5) / (len(having) + 0.5))
            for at, count in having:
                length = 1 - _B + _B * self._windows.sizes[at] / self._mean_size
                often = count * (_K1 + 1) / (count + _K1 * length)
                scores[at] += repeats * rarity * often
        best = heapq.nlargest(_BEST, ((score, -at) for at, score in scores.items()))
        return self._windows.shown([(score, -at) for score, at in best], further=0)

    def prepare(self, place: Place) -> None: ...
    def close(self) -> None: ...
