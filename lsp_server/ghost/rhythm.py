"""How long a request waits before the engine is asked: learnt from whoever types.

In a burst the next key often comes before an answer could be seen; then asking at once
costs the engine a prompt at each key, for nothing. After a pause, at the start of a line, or
with an engine that is faster than the typing, there is nothing to wait for.
"""

from collections import deque
from statistics import median

_GAPS = 8
_PAUSE_MS = 400.0
"""Between two keys of a burst there is less, most of the time: for 168,000 typists 238 ms on
average (Dhakal and others, Observations on Typing from 136 Million Keystrokes, CHI 2018)."""

_SMOOTHING = 0.25


class Rhythm:
    """What was seen of one person's typing, and of the engine's answers.

    Milliseconds; ``now_ms`` counts from any fixed moment.
    """

    def __init__(self) -> None:
        self._gaps: deque[float] = deque(maxlen=_GAPS)
        self._last_key = float("-inf")
        self._latency: float | None = None

    def key(self, now_ms: float) -> None:
        """Take note of an edit."""
        gap = now_ms - self._last_key
        self._last_key = now_ms
        if gap < _PAUSE_MS:
            self._gaps.append(gap)
        else:
            self._gaps.clear()  # a burst begins, of its own speed

    def answered(self, first_piece_ms: float) -> None:
        """Take note of how long the engine took to say something that can be shown."""
        known = self._latency if self._latency is not None else first_piece_ms
        self._latency = known + _SMOOTHING * (first_piece_ms - known)

    def wait_ms(self, most_ms: float, *, starts_line: bool) -> float:
        """Return how long to wait for the next key before the engine is asked."""
        if starts_line or not self._gaps or self._latency is None:
            return 0.0
        gap = median(self._gaps)
        return 0.0 if self._latency <= gap else min(gap, most_ms)
