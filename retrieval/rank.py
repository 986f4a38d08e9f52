"""Which snippets are worth their tokens: pure.

A snippet is worth the names it is likely to bring that the model does not see yet. Each
candidate comes with its evidence, from 0 (none) on: how likely it is to hold what the next
lines need. A name is wanted as much as the candidates that hold it have evidence together.
Then the candidates are taken one by one, each time the one that adds most for its tokens
(the greedy algorithm for budgeted maximum coverage, Khuller, Moss and Naor 1999): what is
taken has what it covers, so a second snippet that says the same is worth little.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from retrieval.source import Snippet

_OVERHEAD_TOKENS = 20
"""What a snippet costs beside its tokens: one that is a little longer breaks up less."""

ELISION = "..."
"""A line of its own, between parts of a file that do not meet."""

_ELISIONS_TOKENS = 8
"""At most what two such lines take."""

_ALL = float("inf")
_DOUBT = 1.5
"""A guess of tokens may be that much too high."""

_PER_FILE = 4
_TOKENS_PER_FILE = 512
"""Of one file there are four parts, and one more for each so many tokens of budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Some lines of a file, 0-based, both included.

    ``names`` are what it holds that the prompt has not; ``follows`` are those of them that
    stand where, seen from there, the next lines are. ``only`` are the lines it has, where
    it has not all from the first to the last. ``sure`` are those that syntax tells,
    beyond likeness: they are worth new context at once.
    """

    path: str
    first: int
    last: int
    text: str
    names: frozenset[str]
    follows: frozenset[str] = frozenset()
    evidence: float
    why: str
    only: frozenset[int] = frozenset()
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A candidate, what it costs, and what it was worth, for each token, when it was taken."""

    candidate: Candidate
    tokens: int
    worth: float


def wanted(candidates: Sequence[Candidate]) -> Mapping[str, float]:
    """Return how much each name is wanted, 1 at most."""
    want: defaultdict[str, float] = defaultdict(float)
    for candidate in candidates:
        half = candidate.evidence / 2
        for name in candidate.names:
            want[name] += half
        for name in candidate.follows:
            want[name] += half
    return {name: min(weight, 1.0) for name, weight in want.items()}


def chosen(
    candidates: Sequence[Candidate],
    want: Mapping[str, float],
    budget: int,
    cost: Callable[[str, str], int],
    guess: Callable[[str, str], int],
) -> list[Taken]:
    """Take candidates while they fit into ``budget`` tokens, the worthiest first.

    ``guess`` says quickly what ``cost`` says exactly; only what is about to be taken is
    counted. A candidate's worth only falls while others are taken, so one that is still
    the best after it was worked out anew is the best of all (Minoux 1978). But for one
    case: with the first of a file its path line is paid for, so the rest is looked at anew.
    """
    covered: set[str] = set()
    files: defaultdict[str, list[Candidate]] = defaultdict(list)
    most = _PER_FILE + budget // _TOKENS_PER_FILE

    def worth(candidate: Candidate, tokens: int) -> float:
        new = map(want.__getitem__, candidate.names - covered)
        return (candidate.evidence + sum(new)) / (tokens + _OVERHEAD_TOKENS)

    @cache
    def path_line(path: str) -> int:
        return max(0, cost(path, ELISION) - _ELISIONS_TOKENS)

    unseen = [
        (-_ALL, at, guess(one.path, one.text), False)
        for at, one in enumerate(candidates)
    ]
    heap = unseen.copy()
    taken: list[Taken] = []
    while heap:
        _, at, tokens, counted = heapq.heappop(heap)
        candidate = candidates[at]
        others = files[candidate.path]
        if len(others) >= most or any(_overlap(candidate, one) for one in others):
            continue
        # Where there are others of the file it joins them, under the same path line.
        saved = path_line(candidate.path) if others else 0
        needed = max(1, tokens - saved)
        now = worth(candidate, needed)
        if now <= 0 or needed > (budget if counted else _DOUBT * budget):
            continue
        if heap and now < -heap[0][0]:
            heapq.heappush(heap, (-now, at, tokens, counted))
        elif not counted:
            tokens = cost(candidate.path, candidate.text)
            now = worth(candidate, max(1, tokens - saved))
            heapq.heappush(heap, (-now, at, tokens, True))
        else:
            if not others:  # the rest of the file is worth more now, for its tokens
                heap += [e for e in unseen if candidates[e[1]].path == candidate.path]
                heapq.heapify(heap)
            taken.append(Taken(candidate, needed, now))
            covered |= candidate.names
            others.append(candidate)
            budget -= needed
    return taken


def joined(taken: Sequence[Taken], cost: Callable[[str, str], int]) -> list[Snippet]:
    """Return one snippet for each file, the one whose first part was taken first the first.

    A file's parts stand in its order, with an elision between those that do not meet.
    """
    files: dict[str, list[Taken]] = {}
    for one in taken:
        files.setdefault(one.candidate.path, []).append(one)
    return [_snippet(path, parts, cost) for path, parts in files.items()]


def _snippet(
    path: str, parts: Sequence[Taken], cost: Callable[[str, str], int]
) -> Snippet:
    texts: list[str] = []
    end = -1
    ordered = sorted((one.candidate for one in parts), key=lambda one: one.first)
    for candidate in ordered:
        if texts and candidate.first != end + 1:
            texts.append(ELISION)
        texts.append(candidate.text)
        end = candidate.last
    text = "\n".join(texts)
    return Snippet(
        path=path,
        start_line=min(one.candidate.first for one in parts),
        end_line=max(one.candidate.last for one in parts),
        parts=tuple((one.first, one.last) for one in ordered),
        text=text,
        tokens=cost(path, text),
        score=max(one.worth for one in parts),
        why="; ".join(dict.fromkeys(one.candidate.why for one in parts)),
    )


def _overlap(one: Candidate, other: Candidate) -> bool:
    if other.last < one.first or one.last < other.first:
        return False
    if not one.only and not other.only:
        return True
    return not _lines(one).isdisjoint(_lines(other))


def _lines(one: Candidate) -> frozenset[int]:
    return one.only or frozenset(range(one.first, one.last + 1))
