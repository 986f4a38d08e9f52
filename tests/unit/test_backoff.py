"""When an engine is started again."""

import pytest

from lsp_server.backoff import Backoff
from lsp_server.engine.base import (
    EngineDown,
    EngineError,
    ModelUnusable,
    NotInstalled,
    OutOfMemory,
)

DOWN = EngineDown("its core has ended")


def backoff(*, local: bool = True, windows: int = 0) -> Backoff:
    """Return one whose window can be halved so many times."""
    left = [True] * windows
    return Backoff(local=local, shrink=lambda: bool(left) and left.pop())


def waits(one: Backoff, error: EngineError, times: int) -> list[float | None]:
    return [one.after(error, served=False) for _ in range(times)]


def test_an_engine_that_never_serves_is_tried_ever_later_and_then_no_more() -> None:
    assert waits(backoff(), DOWN, 5) == [1.0, 2.0, 4.0, 8.0, None]


def test_an_endpoint_is_asked_for_ever_every_five_seconds() -> None:
    found = waits(backoff(local=False), DOWN, 40)
    assert found == [1.0, 2.0, 4.0, *[5.0] * 37]


def test_an_endpoint_that_needs_the_user_is_asked_once_a_minute() -> None:
    one = backoff(local=False)
    wrong_key = EngineError("it does not accept the API key")
    assert waits(one, wrong_key, 10) == [60.0] * 10
    assert one.after(DOWN, served=True) == 1.0


def test_one_that_has_served_is_started_again_at_once_however_often() -> None:
    one = backoff()
    waits(one, DOWN, 3)
    assert [one.after(DOWN, served=True) for _ in range(10)] == [1.0] * 10


@pytest.mark.parametrize("error", [NotInstalled("no vLLM"), ModelUnusable("no model")])
@pytest.mark.parametrize("local", [True, False])
def test_what_only_a_person_can_mend_is_not_tried_again(
    error: EngineError, *, local: bool
) -> None:
    assert backoff(local=local).after(error, served=True) is None


def test_out_of_memory_takes_a_smaller_window_as_long_as_that_makes_sense() -> None:
    assert waits(backoff(windows=2), OutOfMemory("full"), 3) == [1.0, 2.0, None]


def test_another_end_leaves_the_window_as_it_is() -> None:
    one = backoff(windows=1)
    assert waits(one, DOWN, 2) == [1.0, 2.0]
    assert waits(one, OutOfMemory("full"), 2) == [4.0, None]
