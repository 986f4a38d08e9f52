"""Text that says the same again and again, as small models do.

In true code, one line in two thousand equals the line above it; nearly all of those are
tables of numbers, which are let alone.
"""

import re
from collections.abc import Sequence

_PERIODS = (1, 2, 3, 4)
_UNITS = range(2, 49)
_TIMES = 4
_TIMES_WITHOUT_LETTERS = 12
"""People do write eight zeros."""

_LETTER = re.compile(r"[^\W\d_]")
_SAYS = re.compile(r"(?<![\\%])(?!0x)[^\W\d_]")
"""No escape, format or hexadecimal number: people do write those in rows."""

_DRAWN = re.compile(r"[-=*#~_+.:/\\|<>^\s]*")
"""Rules between the parts of a file."""


def said_again(
    lines: Sequence[str], before: str, above: Sequence[str] = ()
) -> int | None:
    """Return how many lines stand before the last ones say again what is above them.

    ``before`` is what stands to the left of the first line, and ``above`` the document's
    lines. Blank lines do not count, nor does what has no letter.
    """
    if not lines[-1].strip():
        return None
    reach = 2 * _PERIODS[-1]
    own: list[tuple[int, str]] = []
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at] if at else before + lines[at]
        if line.strip():
            own.insert(0, (at, line.rstrip()))
        if len(own) == reach:
            break
    over = [line.rstrip() for line in above[-2 * reach :] if line.strip()]
    whole = [*((0, line) for line in over[-reach:]), *own]
    for period in _PERIODS:
        if len(whole) < 2 * period:
            return None
        last = [line for _, line in whole[-period:]]
        if last != [line for _, line in whole[-2 * period : -period]]:
            continue
        if any(_LETTER.search(line) for line in last):
            return whole[-period][0] if len(own) >= period else 0
    return None


def loop_in_line(line: str, before: str = "") -> int | None:
    """Return where a line that ends in a loop has said it once, None without a loop.

    What stands ``before`` it counts: accepted again and again, one answer is a loop, too.
    """
    whole = before + line
    for size in _UNITS:
        unit = whole[-size:]
        loop = (unit * _times(unit)).lstrip()
        if len(loop) > len(whole) or not loop or not whole.endswith(loop):
            continue
        start = len(whole) - len(loop)
        while start and whole[start - 1] == whole[start - 1 + size]:
            start -= 1
        return max(start + size - len(before), 0)
    return None


def _times(unit: str) -> int:
    """Return how often a unit is said in a loop, 0 for what people say in rows."""
    if _SAYS.search(unit):
        return _TIMES
    return (
        0 if _LETTER.search(unit) or _DRAWN.fullmatch(unit) else _TIMES_WITHOUT_LETTERS
    )
