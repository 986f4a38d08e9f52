"""Figures of runs made by hand."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.typing.journal import Asked, Seen, read, wasted_tokens
from bench.typing.keys import Key
from bench.typing.plot import drawn
from bench.typing.summary import Row, spread, summed_up
from bench.typing.table import table
from bench.typing.trace import Stroke, Told, Trace
from tests.unit.bench_typing.machine import MACHINE

STROKE = Stroke(
    key=Key.TYPED,
    at_ns=0,
    file=0,
    due=True,
    shown="",
    right=False,
    wholly=False,
    expects=True,
    answer_ms=None,
    empty=False,
)

ASKED = Asked(
    asked_ns=10,
    ended_ns=20,
    tokens=3,
    text="abcdefghij",
    file=0,
    place=100,
    max_tokens=128,
    priority=0,
    aborted=False,
)

TOLD = Told(
    number=1,
    source="engine",
    layout="psm",
    prompt_tokens=100,
    cached_tokens=90,
    generated_tokens=5,
    milliseconds=7.0,
)


def run(*strokes: Stroke, **facts: object) -> Row:
    trace = Trace(
        strokes=strokes, seen=(), asked=(), visits=(), alone=len(strokes), messages=()
    )
    return summed_up("a", replace(trace, **facts))  # type: ignore[arg-type] # a test's own


def stroke(**facts: object) -> Stroke:
    return replace(STROKE, **facts)  # type: ignore[arg-type] # as above


def test_a_key_that_the_next_one_came_before_is_longer_than_all() -> None:
    times = (1.0, 2.0, None, None)
    row = run(*(stroke(answer_ms=ms) for ms in times))
    assert (row.ghost_ms.p50, row.ghost_ms.p95) == (2.0, None)
    assert (row.answered, row.answered_ms.p95) == (50.0, 2.0)
    assert row.times_ms == times


def test_time_is_asked_of_keys_after_which_something_is_due_or_was_there() -> None:
    row = run(
        stroke(answer_ms=1.0),
        stroke(expects=False, answer_ms=2.0),
        stroke(expects=False),
        stroke(key=Key.JUMP),
    )
    assert row.times_ms == (1.0, 2.0)


def test_right_is_a_share_of_the_keys_before_which_something_was_due() -> None:
    row = run(
        stroke(right=True, wholly=True),
        stroke(right=True),
        stroke(),
        stroke(due=False),
    )
    assert (row.right, row.wholly_right, row.right_of_all) == (66.7, 33.3, 50.0)


def test_keys_are_saved_against_writing_alone() -> None:
    assert run(stroke(), stroke(key=Key.WHOLE), alone=8).saved == 75.0


def test_requests_and_warm_ups_are_counted_apart() -> None:
    row = run(
        *[STROKE] * 50,
        asked=(
            ASKED,
            replace(ASKED, max_tokens=2, tokens=1, priority=10),
            replace(ASKED, max_tokens=4),
        ),
    )
    assert (row.requests_per_100, row.warm_ups_per_100) == (4.0, 2.0)
    assert row.tokens_per_100 == 14.0


def test_what_no_journal_tells_is_not_known() -> None:
    row = run(stroke())
    assert row.requests_per_100 is row.wasted is row.uncached_per_keystroke is None
    assert row.memory_ms.count == 0


def test_from_memory_is_what_nobody_asked_the_engine_for() -> None:
    keys = [
        stroke(at_ns=ms * 1_000_000, answer_ms=float(took))
        for ms, took in ((0, 1), (5, 3), (20, 4), (40, 2))
    ]
    asked = replace(ASKED, asked_ns=6_000_000, ended_ns=21_000_000)
    ahead = replace(ASKED, asked_ns=39_000_000, ended_ns=99_000_000, priority=10)
    row = run(*keys, asked=(asked, ahead))
    assert (row.memory_ms.count, row.memory_ms.p50, row.memory_ms.p95) == (2, 1.0, 2.0)


def test_uncached_tokens_are_told_by_layout_and_after_jumps() -> None:
    before = replace(TOLD, number=1, cached_tokens=99)
    warm_up = replace(TOLD, number=2, source="warm-up", cached_tokens=0)
    first = replace(TOLD, number=3, cached_tokens=80)
    spm = replace(TOLD, number=4, layout="spm", cached_tokens=60)
    unknown = replace(TOLD, number=5, cached_tokens=None)
    row = run(*[STROKE] * 10, visits=((before,), (spm, warm_up, first, unknown)))
    assert (row.uncached.count, row.uncached.p50) == (3, 20)
    assert (row.uncached_psm.p50, row.uncached_spm.p50) == (1, 40)
    assert (row.uncached_after_jump.count, row.uncached_after_jump.p95) == (2, 20)
    assert row.warmed == 50.0
    assert row.warm_up_uncached.p50 == 100
    assert row.uncached_per_keystroke == 16.1
    assert row.requests_per_100 == 40.0


def seen(text: str, place: int | None, at_ns: int = 15, file: int = 0) -> Seen:
    return Seen(at_ns=at_ns, file=file, place=place, text=text)


@pytest.mark.parametrize(
    ("shown", "wasted"),
    [
        ([], 3),
        ([seen("abcdefghij", 100)], 0),
        ([seen("abcde", 100)], 1),
        ([seen("abcd", 100)], 2),
        ([seen("efgh", 104)], 2),  # typed through: its rest was shown
        ([seen("abXX", 100)], 2),
        ([seen("abcdefghij", 100, at_ns=5)], 3),  # before it was generated
        ([seen("abcdefghij", 100, file=1)], 3),
        ([seen("abcdefghij", 101)], 3),
        ([seen("abcdefghij", None)], 3),
        ([seen("abcd", 100), seen("ij", 108)], 1),
    ],
)
def test_tokens_are_wasted_of_which_nothing_was_on_the_screen(
    shown: list[Seen], wasted: int
) -> None:
    assert wasted_tokens([ASKED], shown) == wasted


def test_what_was_said_at_no_place_is_sought_in_its_text() -> None:
    nonsense = replace(ASKED, place=None, file=None, text="some words", tokens=3)
    assert wasted_tokens([nonsense], [seen("some", None)]) == 2
    assert wasted_tokens([nonsense], [seen("else", None)]) == 3


def test_percentiles_of_nothing_are_nothing() -> None:
    assert spread([]).p50 is None
    assert spread([3.0, None]).p50 == 3.0
    assert spread([None]).p50 is None


def test_a_journal_is_read_also_where_a_request_still_runs(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_text(
        '{"event": "asked", "request": 1, "ns": 1, "max_tokens": 9, "priority": 10}\n'
        '{"event": "asked", "request": 2, "ns": 2, "max_tokens": 1, "priority": 10}\n'
        '{"event": "aborted", "request": 1, "ns": 3, "tokens": 2, "text": "ab", '
        '"truth": 0, "place": 7, "right": 2}\n'
    )
    first, second = read(path, 99)
    assert (first.tokens, first.place, first.ended_ns, first.aborted) == (2, 7, 3, True)
    assert not first.awaited
    assert (second.ended_ns, second.warms, second.tokens) == (99, True, 0)


def test_the_table_leaves_out_what_nobody_knows() -> None:
    text = table([run(stroke(answer_ms=1.5), stroke())], MACHINE, "how")
    assert "| time to ghost text, ms |  | 2 / never / never |" in text
    assert "engine requests" not in text


def test_the_picture_has_a_line_for_each_subject(tmp_path: Path) -> None:
    row = run(stroke(answer_ms=1.5), stroke())
    drawn([row, replace(row, name="<b>")], tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text()
    assert text.count("<polyline") == 2
    assert "&lt;b&gt;" in text
