"""How near an answer is to the truth, and how sure a figure is: pure functions."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

_Z_95 = 1.959963984540054
"""Of the standard normal distribution: 95 % lie within plus and minus so much."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the true value is, at 95 %; in the unit of what was measured."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """How much more the one has than the other on average over the same tasks."""

    mean: float
    interval: Interval


def exact_match(answer: str, truth: str) -> bool:
    r"""Whether both are the same, white space at the ends of their lines aside.

    Line ends themselves count: in a file, "a" where "a\n" belongs joins two lines.
    """
    return _bare(answer) == _bare(truth)


def edit_similarity(answer: str, truth: str) -> float:
    """Return 1 for equal texts, 0 where no character is common.

    One minus the insertions and deletions between them by the sum of their lengths: the
    "edit similarity" of RepoBench and CrossCodeEval (``fuzz.ratio`` by 100).
    """
    return fuzz.ratio(answer, truth) / 100


def kept_characters(shown: str, truth: str) -> float | None:
    """Return which share of the shown characters survives in the truth, 0 to 1.

    What survives is the longest common subsequence: the user deletes the rest. None where
    nothing was shown: there is nothing to keep, and a mean would praise silence.
    """
    if not shown:
        return None
    return LCSseq.similarity(shown, truth) / len(shown)


def wilson(successes: int, count: int) -> Interval:
    """Return the 95 % interval of a share, ``successes`` of ``count`` (Wilson's score).

    Unlike the normal approximation it holds for few tasks and for shares near 0 and 1.
    Raises ValueError where there were no tasks.
    """
    if not 0 <= successes <= count or not count:
        raise ValueError(f"{successes} of {count} is no share")
    share, z2 = successes / count, _Z_95**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    spread = math.sqrt(share * (1 - share) / count + z2 / (4 * count**2))
    half = _Z_95 * spread / (1 + z2 / count)
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def paired_bootstrap(
    ours: Sequence[float], theirs: Sequence[float], seed: int, resamples: int = 2_000
) -> Difference:
    """Return mean(ours) - mean(theirs), which belong to the same tasks in this order.

    The interval is of the percentiles of ``resamples`` draws of whole tasks: what is hard
    for both does not widen it. Raises ValueError unless both have the same tasks, at
    least one.
    """
    if not ours or len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} and {len(theirs)} values do not pair up")
    gains = [our - their for our, their in zip(ours, theirs, strict=True)]
    chance, count = random.Random(seed), len(gains)
    means = sorted(
        math.fsum(chance.choices(gains, k=count)) / count for _ in range(resamples)
    )
    low = means[int(0.025 * (resamples - 1))]
    high = means[math.ceil(0.975 * (resamples - 1))]
    return Difference(math.fsum(gains) / count, Interval(low, high))


def _bare(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n"))
