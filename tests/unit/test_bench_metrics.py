"""The benches' figures, against values worked out by hand or published."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.metrics import (
    Interval,
    edit_similarity,
    exact_match,
    kept_characters,
    paired_bootstrap,
    wilson,
)


@pytest.mark.parametrize(
    ("answer", "truth", "same"),
    [
        ("x = 1", "x = 1", True),
        ("x = 1  ", "x = 1", True),
        ("if x:\t\n    y \n", "if x:\n    y\n", True),
        ("x = 1\r\n", "x = 1\n", True),
        (" x = 1", "x = 1", False),
        ("x = 1\n", "x = 1", False),
        ("x =  1", "x = 1", False),
        ("", "", True),
    ],
)
def test_exact_match_sets_white_space_at_line_ends_aside(
    answer: str, truth: str, same: bool
) -> None:
    assert exact_match(answer, truth) is same


def test_edit_similarity_counts_insertions_and_deletions() -> None:
    assert edit_similarity("abcd", "abxd") == pytest.approx(1 - 2 / 8)
    assert edit_similarity("", "abc") == 0
    assert edit_similarity("", "") == 1
    assert edit_similarity("return x", "return x") == 1


def test_kept_characters_is_the_share_of_what_was_shown() -> None:
    assert kept_characters("return xs", "return x") == pytest.approx(8 / 9)
    assert kept_characters("x", "return x") == 1
    assert kept_characters("zz", "return x") == 0
    assert kept_characters("", "return x") is None


def test_wilson_gives_the_published_values() -> None:
    # Newcombe 1998 (Statistics in Medicine 17:857), table I, method 3
    for successes, count, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        found = wilson(successes, count)
        assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert wilson(20, 20).high == 1


@pytest.mark.parametrize(("successes", "count"), [(0, 0), (2, 1), (-1, 3)])
def test_wilson_refuses_what_is_no_share(successes: int, count: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(successes, count)


@given(
    st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
)
def test_wilson_holds_the_share_within_0_and_1(counted: tuple[int, int]) -> None:
    successes, count = counted
    found = wilson(successes, count)
    assert 0 <= found.low <= successes / count + 1e-12
    assert successes / count - 1e-12 <= found.high <= 1


def test_a_paired_bootstrap_is_narrow_where_both_fail_at_the_same_tasks() -> None:
    hard = [float(task % 2) for task in range(100)]
    easier = [*hard]
    easier[0] = easier[2] = 1.0
    found = paired_bootstrap(easier, hard, seed=1)
    assert found.mean == pytest.approx(0.02)
    assert found.interval.low == 0
    assert 0.02 < found.interval.high < 0.07
    # the same shares, not on the same tasks: now half of them could have gone otherwise
    shuffled = [*hard]
    random.Random(0).shuffle(shuffled)
    apart = paired_bootstrap(easier, shuffled, seed=1).interval
    assert apart.high - apart.low > 0.15


def test_the_same_seed_draws_the_same_interval() -> None:
    ours, theirs = [1.0, 0.0, 1.0, 1.0, 0.5], [0.0, 0.0, 1.0, 0.25, 0.0]
    once = paired_bootstrap(ours, theirs, seed=3)
    assert once == paired_bootstrap(ours, theirs, seed=3)
    assert once.interval.low <= once.mean <= once.interval.high
    assert (
        once.interval != paired_bootstrap(ours, theirs, seed=4, resamples=50).interval
    )
    assert paired_bootstrap([1.0], [0.0], seed=0).interval == Interval(1, 1)


@pytest.mark.parametrize(
    ("ours", "theirs"), [([], []), ([1.0], []), ([1.0], [1.0, 0.0])]
)
def test_a_bootstrap_wants_pairs(ours: list[float], theirs: list[float]) -> None:
    with pytest.raises(ValueError, match="do not pair up"):
        paired_bootstrap(ours, theirs, seed=0)
