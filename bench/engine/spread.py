"""Figures of many requests: medians, and percentiles that know "never"."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.overhead import percentile


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Milliseconds over ``count`` requests; None: so many had no answer, or none asked."""

    count: int
    p50: float | None
    p95: float | None


def spread(values: Sequence[float | None]) -> Spread:
    """Return the percentiles (nearest rank); None is a request that was never answered."""
    known = [math.inf if value is None else value for value in values]

    def at(percent: int) -> float | None:
        found = percentile(known, percent) if known else math.inf
        return None if math.isinf(found) else round(found, 3)

    return Spread(count=len(known), p50=at(50), p95=at(95))


def middle(values: Iterable[float | None]) -> float | None:
    """Return the median of what is known."""
    known = [value for value in values if value is not None]
    return round(median(known), 3) if known else None


def ratio(value: float | None, base: float | None) -> float | None:
    """Return how many times ``base`` it is, None where one of them is not known."""
    return None if value is None or not base else round(value / base, 3)
