"""Many clients at once: each types in a document of its own, and asks at each key."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.engine.asking import Asked, answered
from bench.engine.prompts import typed
from bench.engine.spread import Spread, spread
from bench.typing.pace import Pace, interval_ms
from lsp_server.engine.base import Engine

_KEY_TOKENS = 2
_PACES = (Pace.INSIDE, Pace.WORD, Pace.SIGN)
_SHARES = (6, 2, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """What each client does: ``keys`` requests, whose last prompt has ``prompt_tokens``."""

    prompt_tokens: int
    answer_tokens: int
    keys: int
    vocabulary: int
    seed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """So many clients; ``uncached`` is the mean over requests that told.

    The next key aborts what still runs: its end, perhaps its first piece, came never.
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
    return typed(seed, how.keys + 1, how.prompt_tokens, _KEY_TOKENS, how.vocabulary)


async def _client(
    engine: Engine, prompts: Sequence[tuple[int, ...]], how: Typing, seed: str
) -> list[Asked]:
    draw = random.Random(seed)
    asked: list[Asked] = []
    for prompt in prompts:
        pause_ms = interval_ms(draw.choices(_PACES, _SHARES)[0], draw)
        one = Asked(prompt_tokens=len(prompt))
        asked.append(one)
        answer = asyncio.create_task(
            answered(engine, prompt, how.answer_tokens, asked=one)
        )
        try:
            await asyncio.sleep(pause_ms / 1000)
        finally:
            answer.cancel()
        await asyncio.wait({answer})
        if not answer.cancelled():
            answer.result()
    return asked
