"""What a threshold would have brought."""

from bench.held_out.threshold import Pair, table, thresholds


def pair(score: float | None, without: float, with_context: float) -> Pair:
    return Pair(score=score, without=without, with_context=with_context)


PAIRS = [
    pair(0.1, 0.8, 0.2),
    pair(0.2, 0.5, 0.5),
    pair(0.3, 0.5, 0.7),
    pair(0.4, 0.1, 0.9),
    pair(None, 0.4, 0.4),
]


def test_a_threshold_leaves_places_under_it_as_they_were() -> None:
    found = {one.score: one for one in thresholds(PAIRS, 0)}
    assert [*found] == [0.1, 0.2, 0.3, 0.4]
    assert round(found[0.1].gain.mean, 6) == round((-0.6 + 0.2 + 0.8) / 5, 6)
    assert round(found[0.3].gain.mean, 6) == round((0.2 + 0.8) / 5, 6)
    assert round(found[0.3].gain_given.mean, 6) == 0.5
    assert (found[0.3].given, found[0.3].places) == (2, 5)


def test_without_context_there_is_no_threshold() -> None:
    assert thresholds([pair(None, 0.5, 0.5)], 0) == []


def test_the_table_says_where_context_is_given() -> None:
    assert "| 0.3 | 2 of 5 (40 %) | +20.0 [" in table(thresholds(PAIRS, 0))
