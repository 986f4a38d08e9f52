"""Backticks around text, more than any that stand in it."""

import re

_LEAST = 3


def fence(text: str) -> str:
    """Return a fence that nothing in the text can close."""
    return "`" * max(_LEAST, longest_run(text) + 1)


def longest_run(text: str) -> int:
    """Return how many backticks stand side by side, at most."""
    return max(map(len, re.findall("`+", text)), default=0)
