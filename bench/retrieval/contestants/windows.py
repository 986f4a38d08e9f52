"""Windows of twenty lines over all files, and their words: what Jaccard and BM25 rank."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.retrieval.code import IDENTIFIER
from bench.retrieval.files import File
from bench.retrieval.found import Found
from bench.retrieval.places import Place

LINES = 20
STRIDE = 10


@dataclass(slots=True)
class Postings:
    """Numbers of windows, ascending, and how often each has the word."""

    windows: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def outside(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Yield (window, count) of those that are not from ``first`` to before ``last``."""
        low = bisect_left(self.windows, first)
        high = bisect_left(self.windows, last)
        yield from zip(self.windows[:low], self.counts[:low], strict=True)
        yield from zip(self.windows[high:], self.counts[high:], strict=True)


class Windows:
    """``sizes`` are the words of each window, ``distinct`` its different ones."""

    def __init__(self, files: Sequence[File]) -> None:
        self.sizes: list[int] = []
        self.distinct: list[int] = []
        self.postings: dict[str, Postings] = defaultdict(Postings)
        self._places: list[tuple[File, int]] = []
        self._of_file: dict[str, tuple[int, int]] = {}
        for file in files:
            first = len(self._places)
            for start in range(0, max(1, len(file.lines) - STRIDE), STRIDE):
                self._add(file, start)
            self._of_file[file.path] = first, len(self._places)

    def of(self, place: Place) -> tuple[int, int]:
        """Return the windows of the place's own file, from the first to before the last."""
        return self._of_file[place.file.path]

    def shown(
        self, ranked: Sequence[tuple[float, int]], *, further: int
    ) -> list[Found]:
        """Return the windows of the highest scores, each text once, ``further`` lines down."""
        seen: set[str] = set()
        found = []
        for score, window in ranked:
            file, start = self._places[window]
            end = min(start + LINES + further, len(file.lines))
            start = max(0, end - LINES)
            text = "\n".join(file.lines[start:end])
            if text not in seen:
                seen.add(text)
                why = f"{score:.3f}, lines {start + 1}-{end}"
                found.append(Found(file.path, text, why))
        return found

    def _add(self, file: File, start: int) -> None:
        number = len(self._places)
        self._places.append((file, start))
        words = Counter(
            IDENTIFIER.findall("\n".join(file.lines[start : start + LINES]))
        )
        self.sizes.append(words.total())
        self.distinct.append(len(words))
        for word, count in words.items():
            postings = self.postings[word]
            postings.windows.append(number)
            postings.counts.append(count)


def query(place: Place) -> Counter[str]:
    """Return the words of the last lines before the cursor."""
    return Counter(IDENTIFIER.findall("\n".join(place.before[-LINES:])))
