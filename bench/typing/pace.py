"""How long people take between keys.

Dhakal, Feit, Kristensson, Oulasvirta: "Observations on Typing from 136 Million Keystrokes"
(CHI 2018) found 239 ms between keys on average over 168,000 people (deviation 112), and
log-normal intervals. Programmers are among the faster ones, so the keys inside a word
come in 140 ms here (median); with the pauses it is about the average again. The
pauses at line ends, at words and after a jump are set by hand.
"""

import math
import random
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class _Interval:
    """A log-normal interval: its median in milliseconds, and the logarithm's deviation."""

    median_ms: float
    spread: float


class Pace(Enum):
    """What a key is to the hand that presses it."""

    INSIDE = _Interval(140, 0.4)  # a word
    WORD = _Interval(210, 0.5)  # its first letter
    SIGN = _Interval(230, 0.5)
    ENTER = _Interval(280, 0.6)
    LINE = _Interval(520, 0.7)  # the first letter of one: what comes next?
    AGAIN = _Interval(110, 0.25)  # Backspace and Tab, several times
    NOTICED = _Interval(320, 0.4)  # a typing error
    JUMP = _Interval(1_300, 0.5)  # the cursor is elsewhere: where was I?
    REACTION = _Interval(380, 0.3)  # a suggestion has been seen, read and found right


_LONGEST_MS = 6_000.0
_SHORTEST_MS = 30.0


def interval_ms(pace: Pace, draw: random.Random) -> float:
    """Draw an interval."""
    interval: _Interval = pace.value
    drawn = interval.median_ms * math.exp(draw.gauss(0, interval.spread))
    return min(max(drawn, _SHORTEST_MS), _LONGEST_MS)
