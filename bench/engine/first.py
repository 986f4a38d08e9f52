"""Time to the first token and for each further one: cold, and with the prompt cached."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.engine.asking import Asked, answered
from bench.engine.prompts import document
from bench.engine.spread import middle
from lsp_server.engine.base import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Medians:
    """Of all requests of one kind, in milliseconds and tokens."""

    first_ms: float | None
    per_token_ms: float | None
    whole_ms: float | None
    tokens: float | None
    uncached: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One engine and one length. ``cached``: the same prompt, asked once more."""

    engine: str
    prompt_tokens: int
    times: int
    cold: Medians
    cached: Medians


async def measured(
    engines: Mapping[str, Engine],
    lengths: Sequence[int],
    *,
    times: int,
    answer_tokens: int,
    vocabulary: int,
    seed: str,
    step: Callable[[], None],
) -> list[Row]:
    """Ask each engine each length ``times`` times, in turn; raises EngineError.

    Engines are given the same prompts, and take turns in who is first.
    """
    asked: dict[tuple[str, int, bool], list[Asked]] = {}
    for number in range(times):
        for length in lengths:
            prompt = document(f"{seed} {length} {number}", length, vocabulary)
            names = [*engines][:: -1 if number % 2 else 1]
            for name in names:
                for again in (False, True):
                    one = await answered(engines[name], prompt, answer_tokens)
                    asked.setdefault((name, length, again), []).append(one)
            step()
    return [
        Row(
            engine=name,
            prompt_tokens=length,
            times=times,
            cold=medians(asked[name, length, False]),
            cached=medians(asked[name, length, True]),
        )
        for length in lengths
        for name in engines
    ]


def medians(asked: Sequence[Asked]) -> Medians:
    return Medians(
        first_ms=middle(one.first_ms for one in asked),
        per_token_ms=middle(one.per_token_ms for one in asked),
        whole_ms=middle(one.whole_ms for one in asked),
        tokens=middle(one.tokens for one in asked),
        uncached=middle(one.uncached for one in asked),
    )
