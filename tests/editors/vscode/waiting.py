"""Waits for what comes: looks again and again, never for a fixed time."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_S = 120.0
"""How long something may take that will come; only a test that fails waits for it."""

_T = TypeVar("_T")


def until(
    look: Callable[[], _T | None],
    what: str,
    seen: Callable[[], object] = str,
    every_s: float = 0.02,
    patience_s: float = PATIENCE_S,
) -> _T:
    """Wait until ``look`` returns something true, and return that."""
    found = soon(look, every_s, patience_s)
    if not found:
        raise AssertionError(f"never came: {what}; there is {seen()!r}")
    return found


def soon(look: Callable[[], _T | None], every_s: float, patience_s: float) -> _T | None:
    """Return what ``look`` returns once that is true, or as time is up."""
    deadline = time.monotonic() + patience_s
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(every_s)
    return found
