"""Prompts that nobody has asked before, and prompts that are typed on."""

import random

_PLAIN_FROM = 300
"""Smaller ids are special ones and single bytes."""


def document(seed: str, tokens: int, vocabulary: int) -> tuple[int, ...]:
    """Draw so many ids: nothing of it is in any cache, and the answer means nothing."""
    draw = random.Random(seed)
    return tuple(draw.randrange(_PLAIN_FROM, vocabulary) for _ in range(tokens))


def typed(
    seed: str, keys: int, tokens: int, step: int, vocabulary: int
) -> list[tuple[int, ...]]:
    """Return the prompts of ``keys`` keys, each ``step`` ids longer than the one before.

    The longest has ``tokens``.
    """
    whole = document(seed, tokens, vocabulary)
    return [whole[: tokens - step * left] for left in reversed(range(keys))]
