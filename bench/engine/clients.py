"""Many clients at once: each types in a document of its own, and asks now and then."""

import asyncio
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.engine.asking import Asked, answered
from bench.engine.prompts import typed
from bench.engine.spread import Spread, spread
from lsp_server.engine.base import Engine

_TYPED_TOKENS = 2
_DEVIATION = 0.7
"""Of the logarithm of a pause: about that of people's pauses between lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """What each client does: ``requests``, whose last prompt has ``prompt_tokens``.

    ``pause_ms`` is the median from one to the next; pauses are log-normal.
    """

    prompt_tokens: int
    answer_tokens: int
    requests: int
    pause_ms: float
    vocabulary: int
    seed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """So many clients; ``uncached`` is the mean over requests that told.

    The next request aborts what still runs: its end, perhaps its first piece, came never.
    """

    clients: int
    requests: int
    first_ms: Spread
    whole_ms: Spread
    answered_per_s: float
    uncached: float | None
    aborted: int


async def measured(engine: Engine, clients: int, how: Typing) -> Row:
    """Have all clients type at once; raises EngineError.

    Their documents are open before: the first prompt of each is cached, or was, where
    there is no room for so many.
    """
    typing = [_prompts(how, client, clients) for client in range(clients)]
    for prompts in typing:
        await answered(engine, prompts[0], 1)
    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_client(engine, prompts[1:], how, f"{how.seed} {number}"))
            for number, prompts in enumerate(typing)
        ]
    seconds = time.perf_counter() - start
    return row(clients, [one for task in tasks for one in task.result()], seconds)


def row(clients: int, asked: Sequence[Asked], seconds: float) -> Row:
    """Put the figures of all their requests together."""
    told = [one.uncached for one in asked if one.uncached is not None]
    whole = [one for one in asked if one.whole_ms is not None]
    return Row(
        clients=clients,
        requests=len(asked),
        first_ms=spread([one.first_ms for one in asked]),
        whole_ms=spread([one.whole_ms for one in asked]),
        answered_per_s=round(len(whole) / seconds, 2),
        uncached=round(sum(told) / len(told), 1) if told else None,
        aborted=len(asked) - len(whole),
    )


def _prompts(how: Typing, client: int, clients: int) -> list[tuple[int, ...]]:
    seed = f"{how.seed} {client} of {clients}"
    return typed(
        seed, how.requests + 1, how.prompt_tokens, _TYPED_TOKENS, how.vocabulary
    )


async def _client(
    engine: Engine, prompts: Sequence[tuple[int, ...]], how: Typing, seed: str
) -> list[Asked]:
    draw = random.Random(seed)
    asked: list[Asked] = []
    await asyncio.sleep(_pause_s(how, draw))
    for prompt in prompts:
        one = Asked(prompt_tokens=len(prompt))
        asked.append(one)
        answer = asyncio.create_task(
            answered(engine, prompt, how.answer_tokens, asked=one)
        )
        try:
            await asyncio.sleep(_pause_s(how, draw))
        finally:
            answer.cancel()
        await asyncio.wait({answer})
        if not answer.cancelled():
            answer.result()
    return asked


def _pause_s(how: Typing, draw: random.Random) -> float:
    return how.pause_ms / 1000 * math.exp(draw.gauss(0, _DEVIATION))
