"""From which score on context helps: what a threshold would have brought at the same places."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.metrics import Difference, paired_bootstrap

_SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9)
"""Of the places with context, those that a threshold would leave without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One place, asked without and with context; ``score`` is of its best snippet, None where it has none."""

    score: float | None
    without: float
    with_context: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """Context is given where its score is ``score`` or better: at ``given`` places.

    ``gain`` is of edit similarity over all places, ``gain_given`` over those alone.
    """

    score: float
    given: int
    places: int
    gain: Difference
    gain_given: Difference


def thresholds(pairs: Sequence[Pair], seed: int) -> list[Threshold]:
    """Try the scores that leave some shares of the places without context, the lowest first."""
    scores = sorted(pair.score for pair in pairs if pair.score is not None)
    tried = dict.fromkeys(
        scores[int(share * len(scores))] for share in _SHARES if scores
    )
    return [_tried(score, pairs, seed) for score in tried]


def _tried(score: float, pairs: Sequence[Pair], seed: int) -> Threshold:
    given = [pair for pair in pairs if pair.score is not None and pair.score >= score]
    so_answered = [
        pair.with_context
        if pair.score is not None and pair.score >= score
        else pair.without
        for pair in pairs
    ]
    return Threshold(
        score=score,
        given=len(given),
        places=len(pairs),
        gain=paired_bootstrap(so_answered, [pair.without for pair in pairs], seed),
        gain_given=paired_bootstrap(
            [pair.with_context for pair in given],
            [pair.without for pair in given],
            seed,
        ),
    )


def table(found: Sequence[Threshold]) -> str:
    """Return the table in Markdown: gains of edit similarity in points."""
    lines = [
        "| context from a score of | given at | gain of similarity, 95 % | where given |",
        "|---|---|---|---|",
    ]
    for one in found:
        share = one.given / one.places * 100
        cells = (
            f"{one.score:.4g}",
            f"{one.given} of {one.places} ({share:.0f} %)",
            _points(one.gain),
            _points(one.gain_given),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _points(gain: Difference) -> str:
    low, high = gain.interval.low * 100, gain.interval.high * 100
    return f"{gain.mean * 100:+.1f} [{low:+.1f}, {high:+.1f}]"
