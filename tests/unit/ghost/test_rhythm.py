"""When the engine is asked at once, and when a moment later."""

import pytest

from lsp_server.ghost.rhythm import Rhythm

MOST_MS = 75.0


def typed(*gaps_ms: float, latency_ms: float | None = 500.0) -> Rhythm:
    rhythm, now = Rhythm(), 1_000.0
    rhythm.key(now)
    for gap in gaps_ms:
        now += gap
        rhythm.key(now)
    if latency_ms is not None:
        rhythm.answered(latency_ms)
    return rhythm


@pytest.mark.parametrize(
    ("rhythm", "wait_ms"),
    [
        pytest.param(typed(), 0, id="the first key"),
        pytest.param(typed(50, 50, 50), 50, id="in a quick burst, the next key's time"),
        pytest.param(typed(200, 200), MOST_MS, id="in a slow one, the setting"),
        pytest.param(typed(50, 50, 900), 0, id="after a pause"),
        pytest.param(typed(50, 900, 60), 60, id="a burst has a speed of its own"),
        pytest.param(typed(50, latency_ms=None), 0, id="the engine's first answer"),
        pytest.param(typed(90, 90, latency_ms=80), 0, id="a quick engine"),
    ],
)
def test_a_request_waits_only_where_the_next_key_comes_before_its_answer(
    rhythm: Rhythm, wait_ms: float
) -> None:
    assert rhythm.wait_ms(MOST_MS, starts_line=False) == wait_ms


def test_at_the_start_of_a_line_nothing_waits() -> None:
    assert typed(50, 50).wait_ms(MOST_MS, starts_line=True) == 0


def test_the_setting_can_turn_it_off() -> None:
    assert typed(50, 50).wait_ms(0, starts_line=False) == 0


def test_the_engine_is_learnt_slowly() -> None:
    rhythm = typed(100, 100, latency_ms=80)
    rhythm.answered(90)
    assert rhythm.wait_ms(MOST_MS, starts_line=False) == 0
    for _ in range(20):
        rhythm.answered(400)
    assert rhythm.wait_ms(MOST_MS, starts_line=False) == MOST_MS
