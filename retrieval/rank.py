"""Which snippets are worth their tokens: pure.

A snippet is worth the names it is likely to bring that the model does not see yet. Each
candidate comes with its evidence, from 0 (none) on: how likely it is to hold what the next
lines need. A name is wanted as much as it is likely to be needed, by what the candidates
that hold it tell. Then the candidates are taken one by one, each time the one that adds
most for its tokens (the greedy algorithm for budgeted maximum coverage, Khuller, Moss and
Naor 1999): what is taken has what it covers, so a second snippet that says the same is
worth little.

A window is a candidate in several lengths, each from the same line on. A longer one may
take a shorter one's place, and then costs and brings only what it has more: so a window
grows as far as it is worth it, and what is shown of it is whole lines that meet.
"""

import heapq
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import chain
from operator import attrgetter

from retrieval.source import Origin, Snippet

_OVERHEAD_TOKENS = 20
"""What a snippet costs beside its tokens: one that is a little longer breaks up less."""

ELISION = "..."
"""A line of its own, between parts of a file that do not meet."""

_ELISIONS_TOKENS = 8
"""At most what two such lines take."""

_ODDS = 0.0002
_LITTLE = 0.01
_LIKE = 0.6
_SOON = 0.3
_TOLD = 0.4
_FILES = 1.2
_KIN = 1.7
"""What makes a name's odds, see ``wanted``.

Those of a logistic regression on which names the next lines needed, at 120 places in each of
the twelve development repositories of bench.retrieval, rounded; but ``_SOON`` was tried out.
"""

_SOON_LINES = 4
"""A window's first line is like the cursor's: names in these are needed more often."""

_FORM = 0.01
_SURE = 0.1
"""Of its evidence, what a candidate is worth beside its names: lines that are like the next
ones help though all their names are known. More where syntax tells it: what a variable has
is asked for sooner than it is named. Recall is as good without both."""

_PART_OF_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_NAMES = 65_536
"""Whose parts are remembered."""

_ALL = float("inf")
_DOUBT = 1.5
"""A guess of tokens may be that much too high."""

_PER_FILE = 4
_TOKENS_PER_FILE = 512
"""Of one file there are four places, and one more for each so many tokens of budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Some lines of a file, 0-based, both included.

    ``names`` are what it holds that the prompt has not. ``window`` says that its first line
    is like the cursor's; such candidates with one first line are one place, in several
    lengths, the shortest first. ``only`` are the lines it has, where it has not all from the first to the last.
    ``sure`` are those that syntax tells, beyond likeness: they are worth new context at
    once.
    """

    path: str
    first: int
    last: int
    text: str
    names: frozenset[str]
    evidence: float
    origin: Origin
    why: str
    window: bool = False
    only: frozenset[int] = frozenset()
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A candidate, what it costs, and what it was worth, for each token, when it was taken.

    That of a window which had been taken shorter before is what it has more.
    """

    candidate: Candidate
    tokens: int
    worth: float


def wanted(
    candidates: Iterable[Candidate], terms: Mapping[str, float]
) -> Mapping[str, float]:
    """Return how likely each name is to be needed, as far as the candidates tell.

    Its odds are a product: of powers of the evidence of the best window that holds it, of the
    best that does soon after its first line, and of the best other candidate; of one of how
    many files have windows that hold it; and of its kinship, the mean weight of its parts among
    those of ``terms``, the names near the cursor, as an exponent.
    """
    like: dict[str, float] = {}
    soon: dict[str, float] = {}
    told: dict[str, float] = {}
    files: defaultdict[str, set[str]] = defaultdict(set)
    for one in sorted(candidates, key=attrgetter("evidence")):  # the best are the last
        evidence = 1 + one.evidence / _LITTLE
        if not one.window:
            told.update(dict.fromkeys(one.names, evidence**_TOLD))
            continue
        like.update(dict.fromkeys(one.names, evidence**_LIKE))
        files[one.path] |= one.names
        if one.last - one.first < _SOON_LINES:
            soon.update(dict.fromkeys(one.names, evidence**_SOON))
    holding = Counter(chain.from_iterable(files.values()))
    by_files = [_ODDS * (1 + count) ** _FILES for count in range(len(files) + 1)]
    weights = _weights_of_parts(terms)
    want = {}
    for name in like.keys() | told.keys():
        odds = by_files[holding[name]]
        odds *= like.get(name, 1.0) * soon.get(name, 1.0) * told.get(name, 1.0)
        parts = _parts(name)
        kin = [weights[part] for part in parts if part in weights]
        if kin:
            odds *= math.exp(_KIN * sum(kin) / len(parts))
        want[name] = odds / (1 + odds)
    return want


def _weights_of_parts(terms: Mapping[str, float]) -> Mapping[str, float]:
    weights: dict[str, float] = {}
    for name, weight in terms.items():
        for part in _parts(name):
            weights[part] = max(weights.get(part, 0.0), weight)
    return weights


@lru_cache(_NAMES)
def _parts(name: str) -> tuple[str, ...]:
    """Return the words that a name is made of, in lower case, each once."""
    return tuple(dict.fromkeys(map(str.lower, _PART_OF_NAME.findall(name))))


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
    case: one that is taken pays for its file's path line, and for what the longer ones of
    its place have in common with it, so those are looked at anew.
    """
    there = _There(want, cache(cost), _PER_FILE + budget // _TOKENS_PER_FILE)
    files: defaultdict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(candidates):
        files[one.path].append(at)
    tokens = [guess(one.path, one.text) for one in candidates]
    counted: set[int] = set()
    bounds = list(map(there.worth, candidates, tokens))
    heap = [(-bound, at) for at, bound in enumerate(bounds) if bound > 0]
    heapq.heapify(heap)

    def push(at: int, bound: float) -> None:
        bounds[at] = bound
        heapq.heappush(heap, (-bound, at))

    taken: list[Taken] = []
    while heap:
        bound, at = heapq.heappop(heap)
        candidate = candidates[at]
        paid = there.paid(candidate) if -bound == bounds[at] else None
        if paid is None:  # or it has another bound now
            continue
        needed = max(1, tokens[at] - paid)
        worth = there.worth(candidate, needed)
        if worth <= 0 or needed > (budget if at in counted else _DOUBT * budget):
            continue
        if heap and worth < -heap[0][0]:
            push(at, worth)
        elif at not in counted:
            tokens[at] = there.cost(candidate.path, candidate.text)
            counted.add(at)
            push(at, _ALL)
        else:
            new_file = candidate.path not in there.files
            taken.append(Taken(candidate, needed, worth))
            there.add(candidate)
            budget -= needed
            for other in files[candidate.path]:
                if new_file or _grows(candidate, candidates[other]):
                    push(other, _ALL)
    return taken


@dataclass(frozen=True, slots=True)
class _There:
    """What is taken so far: the names that it covers, and each file's places by first line."""

    want: Mapping[str, float]
    cost: Callable[[str, str], int]
    most: int
    covered: set[str] = field(default_factory=set)
    files: dict[str, dict[int, Candidate]] = field(default_factory=dict)

    def add(self, candidate: Candidate) -> None:
        self.covered.update(candidate.names)
        self.files.setdefault(candidate.path, {})[candidate.first] = candidate

    def worth(self, candidate: Candidate, tokens: int) -> float:
        """Return what it adds for each of so many tokens, 0 without evidence."""
        if not candidate.evidence:
            return 0.0
        new = sum(map(self.want.__getitem__, candidate.names - self.covered))
        own = (_SURE if candidate.sure else _FORM) * candidate.evidence
        return (own + new) / (tokens + _OVERHEAD_TOKENS)

    def paid(self, candidate: Candidate) -> int | None:
        """Return how many of its tokens are there already, None if it cannot be taken."""
        others = self.files.get(candidate.path)
        if not others:
            return 0
        shorter = others.get(candidate.first)
        if any(
            _overlap(candidate, one) for one in others.values() if one is not shorter
        ):
            return None
        if shorter is not None and _grows(shorter, candidate):
            return self.cost(shorter.path, shorter.text)
        if shorter is not None or len(others) >= self.most:
            return None
        # It joins the others of the file, under the same path line.
        return max(0, self.cost(candidate.path, ELISION) - _ELISIONS_TOKENS)


def _grows(shorter: Candidate, longer: Candidate) -> bool:
    """Tell whether one is a window that the other one is longer."""
    return (
        shorter.window
        and longer.window
        and shorter.first == longer.first
        and shorter.last < longer.last
    )


def joined(taken: Sequence[Taken], cost: Callable[[str, str], int]) -> list[Snippet]:
    """Return one snippet for each file, the one whose first part was taken first the first.

    A file's parts stand in its order, with an elision between those that do not meet. Of a
    window that has grown it is the longest, which was taken last.
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
    longest = {one.candidate.first: one.candidate for one in parts}
    ordered = [longest[first] for first in sorted(longest)]
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
        origins=tuple(dict.fromkeys(one.candidate.origin for one in parts)),
    )


def _overlap(one: Candidate, other: Candidate) -> bool:
    if other.last < one.first or one.last < other.first:
        return False
    if not one.only and not other.only:
        return True
    return not _lines(one).isdisjoint(_lines(other))


def _lines(one: Candidate) -> frozenset[int]:
    return one.only or frozenset(range(one.first, one.last + 1))
