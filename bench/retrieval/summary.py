"""Recall by repository and on the average, and what ours has more than the best other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench.metrics import Difference, paired_bootstrap
from bench.retrieval.measure import BUDGETS, Answer
from bench.retrieval.places import AHEAD

OURS = "ours"
AVERAGE = "average"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One repository (or the average over them) at one budget, so many lines ahead.

    ``recall`` is the mean over places, 0 to 1, and ``pooled`` the share of all their identifiers
    together, both by contestant. ``best`` is the best of the others, ``ratio`` ours by its, ``gain``
    ours less its over the same places; None where ours or others are not there.
    """

    repository: str
    budget: int
    ahead: int
    places: int
    recall: dict[str, float]
    pooled: dict[str, float]
    best: str | None = None
    ratio: float | None = None
    gain: Difference | None = None


def rows(answers: Sequence[Answer], seed: int) -> list[Row]:
    """Sum up, each repository before the average."""
    return [
        row
        for budget in BUDGETS
        for ahead in AHEAD
        for row in _rows(budget, ahead, answers, seed)
    ]


def _rows(budget: int, ahead: int, answers: Sequence[Answer], seed: int) -> list[Row]:
    asked = [one for one in answers if one.budget == budget and one.place.wanted[ahead]]
    by_repository: dict[str, dict[str, list[Answer]]] = {}
    for one in asked:
        of_it = by_repository.setdefault(one.repository, {})
        of_it.setdefault(one.contestant, []).append(one)
    plain = [
        _plain(name, budget, ahead, answers) for name, answers in by_repository.items()
    ]
    if not plain:
        return []
    weights = {row.repository: 1 / (row.places * len(plain)) for row in plain}
    names = list(plain[0].recall)
    everywhere = {
        name: [one for one in asked if one.contestant == name] for name in names
    }
    return [
        *(
            _compared(
                row,
                by_repository[row.repository],
                {row.repository: 1 / row.places},
                seed,
            )
            for row in plain
        ),
        _compared(_average(plain), everywhere, weights, seed),
    ]


def _plain(
    repository: str, budget: int, ahead: int, answers: dict[str, list[Answer]]
) -> Row:
    return Row(
        repository=repository,
        budget=budget,
        ahead=ahead,
        places=len(next(iter(answers.values()))),
        recall={name: _mean(_recalls(of, ahead)) for name, of in answers.items()},
        pooled={
            name: sum(len(one.hit & one.place.wanted[ahead]) for one in of)
            / sum(len(one.place.wanted[ahead]) for one in of)
            for name, of in answers.items()
        },
    )


def _average(plain: Sequence[Row]) -> Row:
    return replace(
        plain[0],
        repository=AVERAGE,
        places=sum(row.places for row in plain),
        recall={n: _mean([row.recall[n] for row in plain]) for n in plain[0].recall},
        pooled={n: _mean([row.pooled[n] for row in plain]) for n in plain[0].recall},
    )


def _compared(
    row: Row, answers: dict[str, list[Answer]], weights: dict[str, float], seed: int
) -> Row:
    """Fill in how ours does beside the best other.

    ``weights`` are a place's, by its repository, and make 1 together: on the average each
    repository counts the same.
    """
    others = [name for name in row.recall if name != OURS]
    if not others or OURS not in row.recall:
        return row
    best = max(others, key=row.recall.__getitem__)

    def weighted(of: Sequence[Answer]) -> list[float]:
        recalls = _recalls(of, row.ahead)
        return [
            recall * weights[one.repository] * len(of)
            for one, recall in zip(of, recalls, strict=True)
        ]

    return replace(
        row,
        best=best,
        ratio=row.recall[OURS] / row.recall[best] if row.recall[best] else None,
        gain=paired_bootstrap(weighted(answers[OURS]), weighted(answers[best]), seed),
    )


def _recalls(answers: Sequence[Answer], ahead: int) -> list[float]:
    values = [one.recall(ahead) for one in answers]
    return [value for value in values if value is not None]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
