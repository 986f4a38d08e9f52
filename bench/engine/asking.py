"""One request, its times, and what it was made of."""

import time
from contextlib import aclosing
from dataclasses import dataclass

from lsp_server.engine.base import PRIORITY_SHOWN, Engine, GenerationRequest


@dataclass(slots=True, kw_only=True)
class Asked:
    """A request, and what has come of it so far; times are from when it was asked.

    ``uncached`` are the prompt's tokens that had to be computed, None where the engine
    has not told.
    """

    prompt_tokens: int
    first_ms: float | None = None
    first_tokens: int = 0
    whole_ms: float | None = None
    tokens: int = 0
    uncached: int | None = None

    @property
    def per_token_ms(self) -> float | None:
        """From the first piece to the end, for each token after that piece."""
        after = self.tokens - self.first_tokens
        if self.whole_ms is None or self.first_ms is None or not after:
            return None
        return (self.whole_ms - self.first_ms) / after


async def answered(
    engine: Engine,
    prompt: tuple[int, ...],
    max_tokens: int,
    *,
    priority: int = PRIORITY_SHOWN,
    asked: Asked | None = None,
) -> Asked:
    """Ask for the whole answer; ``asked`` tells meanwhile. Raises EngineError.

    Cancelling aborts the request, and leaves in ``asked`` what was there.
    """
    asked = asked or Asked(prompt_tokens=len(prompt))
    request = GenerationRequest(
        prompt_ids=prompt, max_tokens=max_tokens, priority=priority
    )
    start = time.perf_counter()
    async with aclosing(engine.stream(request)) as pieces:
        async for piece in pieces:
            asked.tokens += piece.tokens
            if asked.first_ms is None:
                asked.first_ms = _since(start)
                asked.first_tokens = piece.tokens
            if piece.cached_tokens is not None:
                asked.uncached = asked.prompt_tokens - piece.cached_tokens
    asked.whole_ms = _since(start)
    return asked


def _since(start: float) -> float:
    return (time.perf_counter() - start) * 1000
