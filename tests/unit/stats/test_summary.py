"""What rows come to."""

from pathlib import Path

import pytest

from lsp_server.stats.summary import (
    GenerationRow,
    MissedRow,
    OfferRow,
    Recorded,
    Waits,
    by_language,
    figures,
    percentile,
    read,
)


def offer(
    source: str = "engine",
    milliseconds: float = 100.0,
    *,
    accepted: bool = False,
    partly: int = 0,
    characters: int = 10,
    kept: tuple[float | None, float | None] = (None, None),
    language: str = "python",
) -> OfferRow:
    return OfferRow(
        language=language,
        characters=characters,
        lines=2,
        milliseconds=milliseconds,
        source=source,
        automatic=True,
        accepted=accepted,
        partly=partly,
        kept_30s=kept[0],
        kept_5min=kept[1],
    )


@pytest.mark.parametrize(
    ("values", "percent", "value"),
    [
        ([], 50, None),
        ([3], 50, 3),
        ([4, 1, 3, 2], 50, 2),
        ([4, 1, 3, 2], 95, 4),
        (range(1, 101), 95, 95),
    ],
)
def test_percentiles_are_by_nearest_rank(
    values: list[float], percent: int, value: float | None
) -> None:
    assert percentile(values, percent) == value


def test_nothing_is_nothing() -> None:
    none = figures(Recorded())
    assert none.offered == none.accepted == none.tokens_generated == 0
    assert none.without_engine is none.kept_30s is none.kept_5min is None
    assert none.engine == none.memory == Waits(answers=0, p50=None, p95=None)


def test_who_waited_for_the_engine_and_who_did_not() -> None:
    sources = ("engine", "running", "memory", "ahead", "memory")
    offers = [offer(source, number) for number, source in enumerate(sources, 1)]
    found = figures(Recorded(offers=offers))
    assert found.without_engine == 3 / 5
    assert found.engine == Waits(answers=2, p50=1, p95=2)
    assert found.memory == Waits(answers=3, p50=4, p95=5)


def test_a_whole_acceptance_is_none_in_part() -> None:
    offers = [offer(accepted=True, partly=5), offer(partly=3), offer(), offer()]
    found = figures(Recorded(offers=offers))
    assert (found.offered, found.accepted, found.partly_accepted) == (4, 1, 1)


def test_what_is_still_there_weighs_by_characters() -> None:
    offers = [
        offer(accepted=True, characters=30, kept=(1.0, 0.5)),
        offer(accepted=True, characters=10, kept=(0.0, None)),
        offer(accepted=True, characters=99),
    ]
    found = figures(Recorded(offers=offers))
    assert found.kept_30s == 0.75
    assert found.kept_5min == 0.5
    assert found.accepted_characters == 139
    assert (found.too_short_30s, found.too_short_5min) == (1, 2)


def test_the_rest_of_a_suggestion_is_an_answer_and_no_suggestion() -> None:
    offers = [offer("engine", 9), *[offer("memory", 1, characters=0)] * 3]
    found = figures(Recorded(offers=offers))
    assert (found.offered, found.answers, found.lines) == (1, 4, 2)
    assert found.without_engine == 3 / 4
    assert (found.engine.p50, found.memory.p50) == (9, 1)


def test_tokens_and_requests_are_counted() -> None:
    generations = [
        GenerationRow(language="go", tokens=10, shown=4),
        GenerationRow(language="", tokens=5, shown=0),
    ]
    whys = ("cancelled", "superseded", "superseded")
    missed = [MissedRow(language="go", why=why) for why in whys]
    found = figures(Recorded(generations=generations, missed=missed))
    assert (found.generations, found.tokens_generated) == (2, 15)
    assert found.tokens_never_shown == 11
    assert found.missed == {"cancelled": 1, "superseded": 2}


def test_each_language_has_its_own_the_busiest_first() -> None:
    offers = [offer(language="go"), *[offer(language="rust", accepted=True)] * 2]
    generations = [GenerationRow(language="c", tokens=7, shown=0)]
    found = by_language(Recorded(offers=offers, generations=generations))
    assert [*found] == ["rust", "go", "c"]
    assert [each.accepted for each in found.values()] == [2, 0, 0]
    assert found["c"].tokens_never_shown == 7


def test_a_file_that_is_not_there_or_empty_is_nothing(tmp_path: Path) -> None:
    file = tmp_path / "stats.sqlite3"
    assert read(file, 0) == Recorded()
    assert not file.exists()
    file.touch()
    assert read(file, 0) == Recorded()
