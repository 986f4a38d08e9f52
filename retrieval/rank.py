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

from retrieval.source import Snippet

_OVERHEAD_TOKENS = 20
"""What a snippet costs beside its tokens: one that is a little longer breaks up less."""

ELISION = "..."
"""A line of its own, between parts of a file that do not meet."""

_ELISION_TOKENS = 4
"""At least what such a line takes."""

_PER_FILE = 4
_TOKENS_PER_FILE = 512
"""Of one file there are four parts, and one more for each so many tokens of budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Some lines of a file, 0-based, both included.

    ``names`` are what it holds that the prompt has not; ``follows`` are those of them that
    stand where, seen from there, the next lines are.
    """

    path: str
    first: int
    last: int
    text: str
    names: frozenset[str]
    follows: frozenset[str] = frozenset()
    evidence: float
    why: str


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
    the best after it was worked out anew is the best of all (Minoux 1978).
    """
    covered: set[str] = set()
    files: defaultdict[str, list[Candidate]] = defaultdict(list)
    most = _PER_FILE + budget // _TOKENS_PER_FILE

    def worth(candidate: Candidate, tokens: int) -> float:
        new = map(want.__getitem__, candidate.names - covered)
        return (candidate.evidence + sum(new)) / (tokens + _OVERHEAD_TOKENS)

    heap = []
    for at, candidate in enumerate(candidates):
        tokens = guess(candidate.path, candidate.text)
        heap.append((-worth(candidate, tokens), at, tokens, False))
    heapq.heapify(heap)
    taken: list[Taken] = []
    while heap:
        _, at, tokens, counted = heapq.heappop(heap)
        candidate = candidates[at]
        others = files[candidate.path]
        if len(others) >= most or any(_overlap(candidate, one) for one in others):
            continue
        if not counted:
            tokens = cost(candidate.path, candidate.text)
        # Where there are others of the file it joins them, under the same path line.
        path_line = cost(candidate.path, ELISION) - _ELISION_TOKENS if others else 0
        now = worth(candidate, tokens - path_line)
        if tokens - path_line > budget or now <= 0:
            continue
        if heap and now < -heap[0][0]:
            heapq.heappush(heap, (-now, at, tokens, True))
            continue
        taken.append(Taken(candidate, tokens - path_line, now))
        covered |= candidate.names
        others.append(candidate)
        budget -= tokens - path_line
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
    for candidate in sorted((one.candidate for one in parts), key=lambda c: c.first):
        if texts and candidate.first > end + 1:
            texts.append(ELISION)
        texts.append(candidate.text)
        end = candidate.last
    text = "\n".join(texts)
    return Snippet(
        path=path,
        start_line=min(one.candidate.first for one in parts),
        end_line=max(one.candidate.last for one in parts),
        text=text,
        tokens=cost(path, text),
        score=max(one.worth for one in parts),
        why="; ".join(dict.fromkeys(one.candidate.why for one in parts)),
    )


def _overlap(one: Candidate, other: Candidate) -> bool:
    return other.first <= one.last and one.first <= other.last
