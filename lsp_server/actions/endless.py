"""Answers that say the same again and again, as small models do, until they are stopped."""

import re

_PERIODS = range(1, 9)
_TIMES = 8
_LEAST_LINES = 32
"""People do write a dozen equal lines: tables in tests."""

TAIL_LINES = max(_TIMES * max(_PERIODS), _LEAST_LINES)
"""As many lines tell, of however long a text."""

_LONGEST_UNIT = 48
_LEAST_CHARS = 1_000
_LETTER = re.compile(r"[^\W\d_]")


def says_again(text: str) -> bool:
    """Whether the text ends in a loop, of lines or within its last line."""
    *lines, last = text.rsplit("\n", TAIL_LINES + 1)
    return _loop_of_lines(lines) or _loop_in_line(last)


def _loop_of_lines(lines: list[str]) -> bool:
    for period in _PERIODS:
        times = max(_TIMES, -(-_LEAST_LINES // period))
        unit = lines[-period:]
        if lines[-period * times :] == unit * times and _LETTER.search("".join(unit)):
            return True
    return False


def _loop_in_line(line: str) -> bool:
    end = line[-_LEAST_CHARS:]
    if len(end) < _LEAST_CHARS:
        return False
    return any(
        _LETTER.search(end[-size:])
        and (end[-size:] * (_LEAST_CHARS // size + 1)).endswith(end)
        for size in range(1, _LONGEST_UNIT + 1)
    )
