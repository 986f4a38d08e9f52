"""Places that are like the one at the cursor: what followed there may be what comes next here."""

import math
import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter

from retrieval.index import Index
from retrieval.index.entry import Entry
from retrieval.near import ALIGNED_LINES, NOTHING, Near, code_names, names
from retrieval.rank import Candidate
from retrieval.source import Origin
from retrieval.store.packed import CHUNK_LINES, MAX_CHUNKS

_CHUNKS_LEAST = 120
_CHUNKS_MOST = 240
_TOKENS_PER_CHUNK = 50

_COMMON = 400
"""A name in more chunks than this tells little, and takes long."""

_NEIGHBOUR = 0.5
_MARGIN_LINES = 2
_TOLD = 3
"""Names that both have, the longest: they tell people the most."""

_LINES_AFTER = 5
_TOKENS_PER_LINE = 500
_LENGTHS = (2, 4, 7)
"""Lines that a window may have, beside all of them."""

_FURTHER = 0.7
_ALIGNED = 1.0
_SHARPNESS = 2.0
_SAME_FOLDER = 0.5
_LIKE_NAME = 0.3
_PART_OF_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")


@dataclass(frozen=True, slots=True)
class _Window:
    entry: Entry
    first: int
    last: int
    evidence: float


_Shares = Callable[[frozenset[str]], Sequence[tuple[int, float, int]]]
"""What names, which a line has of the last ones' before the cursor, say of each of these.

That is: how many lines above the cursor's it is, how many of its names they are, weighed,
and how many they are not. Told once for each set of names: there are few."""


def similar(
    index: Index,
    near: Near,
    favour: Mapping[str, float],
    *,
    budget: int,
    least: float = 0.0,
) -> list[Candidate]:
    """Return windows from the lines on that are likest to the last ones before the cursor.

    Each comes in several lengths, the shortest first, for ``rank`` to grow it.
    ``favour`` says which files count for more, and how much; less evidence than ``least``
    is none. The more tokens there are to fill, the more windows, and the longer.
    """
    after = _LINES_AFTER + budget // _TOKENS_PER_LINE
    likest = _likest(index, near, favour, _chunks(budget))
    entries = index.entries({path for _, path, _ in likest})
    last = NOTHING.union(*near.last)
    shares = _shares(near.last)
    found = []
    for chunk, path, likeness in likest:
        entry = entries.get(path)
        if entry is None or chunk * CHUNK_LINES >= len(entry.lines):
            continue
        at, aligned = _likest_line(entry, chunk, last, shares)
        evidence = (likeness * (1 + _ALIGNED * aligned)) ** _SHARPNESS
        if evidence >= least:
            found.append(_window(entry, at, after, evidence))
    found.sort(key=lambda window: window.evidence, reverse=True)
    taken: defaultdict[str, list[_Window]] = defaultdict(list)
    for window in found:
        others = taken[window.entry.path]
        if all(o.last < window.first or window.last < o.first for o in others):
            others.append(window)
    hidden = near.hidden
    return [
        candidate
        for windows in taken.values()
        for window in windows
        for candidate in _lengths(window, last, hidden)
    ]


def _chunks(budget: int) -> int:
    """Return how many chunks are looked at line by line, the likest."""
    return min(_CHUNKS_LEAST + budget // _TOKENS_PER_CHUNK, _CHUNKS_MOST)


def _likest(
    index: Index, near: Near, favour: Mapping[str, float], count: int
) -> list[tuple[int, str, float]]:
    """Return (chunk, path, likeness) of the likest chunks, likeness about 0 to 2.

    Likeness is the share of the cursor's terms that stand there, each by its rarity and
    nearness, and half of that of the chunk before.
    """
    chunks = max(1, index.chunks())
    scores: defaultdict[int, float] = defaultdict(float)
    most = 0.0
    for term, weight in near.terms.items():
        rows = index.postings(term, _COMMON)
        if not 0 < len(rows) <= _COMMON:
            continue
        value = weight * math.log(1 + chunks / len(rows))
        most += value
        for row in rows:
            scores[row] += value
    likely = sorted(scores.items(), key=itemgetter(1), reverse=True)[: 2 * count]
    kin: dict[str, float] = {}
    found = []
    for row, score in likely:
        content, chunk = divmod(row, MAX_CHUNKS)
        whole = (score + _NEIGHBOUR * scores.get(row - 1, 0.0)) / most
        paths = index.paths_of(content)
        if not paths or near.path in paths:  # gone, or this file and copies of it
            continue
        path = paths[0]
        if path not in kin:
            kin[path] = _kinship(path, near) + favour.get(path, 0.0)
        found.append((chunk, path, whole * kin[path]))
    return sorted(found, key=itemgetter(2), reverse=True)[:count]


def _kinship(path: str, near: Near) -> float:
    """Return how much more a file counts because of its name and folder."""
    kinship = 1.0
    if path.rpartition("/")[0] == near.path.rpartition("/")[0]:
        kinship += _SAME_FOLDER
    here, there = _name_parts(near.path), _name_parts(path)
    if not here.isdisjoint(there):
        kinship += _LIKE_NAME * len(here & there) / len(here | there)
    return kinship


@lru_cache(16_384)
def _name_parts(path: str) -> frozenset[str]:
    stem = posixpath.splitext(posixpath.basename(path))[0]
    return frozenset(part.lower() for part in _PART_OF_NAME.findall(stem))


def _shares(last: Sequence[frozenset[str]]) -> _Shares:
    weighed = [(wanted, _FURTHER**distance) for distance, wanted in enumerate(last)]

    @cache
    def shares(both: frozenset[str]) -> Sequence[tuple[int, float, int]]:
        return [
            (below, weight * len(wanted & both), len(wanted - both))
            for below, (wanted, weight) in enumerate(weighed)
            if not wanted.isdisjoint(both)
        ]

    return shares


def _likest_line(
    entry: Entry, chunk: int, wanted: frozenset[str], shares: _Shares
) -> tuple[int, float]:
    """Find the line of the chunk that the cursor's line is likest to, those above counting."""
    first = max(0, chunk * CHUNK_LINES - _MARGIN_LINES)
    lines = entry.lines[first : (chunk + 1) * CHUNK_LINES + _MARGIN_LINES]
    scores = [0.0] * (len(lines) + ALIGNED_LINES)
    for row, line in enumerate(lines):
        there = names(line)
        both = wanted.intersection(there)
        if both:
            size = len(there)
            for below, weight, others in shares(both):
                scores[row + below] += weight / (size + others)
    best = max(scores[: len(lines)])
    return first + scores.index(best), best


def _window(entry: Entry, like: int, after: int, evidence: float) -> _Window:
    return _Window(
        entry=entry,
        first=like,
        last=min(len(entry.lines) - 1, like + after),
        evidence=evidence,
    )


def _lengths(
    window: _Window, last: frozenset[str], hidden: frozenset[str]
) -> Iterator[Candidate]:
    """Yield the shortest, and those of the longer ones that bring more names."""
    lines = window.entry.lines[window.first : window.last + 1]
    why = _why(window, last)
    held = NOTHING
    done = 0
    for length in (*(one for one in _LENGTHS if one < len(lines)), len(lines)):
        more = NOTHING.union(*map(code_names, lines[done:length])) - hidden
        if done and more <= held:
            continue
        held |= more
        done = length
        yield Candidate(
            path=window.entry.path,
            first=window.first,
            last=window.first + length - 1,
            text="\n".join(lines[:length]),
            names=held,
            evidence=window.evidence,
            origin=Origin.SIMILAR,
            why=why,
            window=True,
        )


def _why(window: _Window, last: frozenset[str]) -> str:
    shared = last.intersection(names(window.entry.lines[window.first]))
    told = sorted(sorted(shared), key=len, reverse=True)[:_TOLD]
    return "like the lines at the cursor" + (f": {', '.join(told)}" if told else "")
