"""Completions alone, and while an action streams beside them."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench.engine.action import Action, Asking, acting
from bench.engine.asking import Asked, answered
from bench.engine.prompts import typed
from bench.engine.spread import Spread, ratio, spread
from lsp_server.engine.base import Engine

GOAL = 1.5
"""The completions' p95 while an action streams, over that of completions alone."""
STEPS = 3
_KEY_TOKENS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Whom completions and actions ask, and with which priority."""

    name: str
    completions: Engine
    completion_priority: int
    actions: Engine
    action_priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is asked; ``completions`` are those of one phase of a round.

    One is asked each ``pace_s``, or later, if the one before still runs.
    """

    prompt_tokens: int
    answer_tokens: int
    action: Asking
    completions: int
    rounds: int
    pace_s: float
    vocabulary: int
    seed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """Completions of one kind: to the first piece and to the end."""

    first_ms: Spread
    whole_ms: Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One way. ``reading``: not all of the time the action was writing its answer.

    ``ratio_first`` and ``ratio_whole`` are the p95 of ``writing`` over that of ``alone``;
    the action's tokens are counted over all seconds, those of its prompt included.
    """

    way: str
    alone: Phase
    writing: Phase
    reading: Phase
    ratio_first: float | None
    ratio_whole: float | None
    action_alone_per_s: float
    action_beside_per_s: float


@dataclass(slots=True)
class _Found:
    """What came of one way so far: completions, and the action's tokens and seconds."""

    alone: list[Asked] = field(default_factory=list)
    writing: list[Asked] = field(default_factory=list)
    reading: list[Asked] = field(default_factory=list)
    action_alone: list[tuple[int, float]] = field(default_factory=list)
    action_beside: list[tuple[int, float]] = field(default_factory=list)


async def measured(
    ways: Sequence[Way], load: Load, step: Callable[[], None]
) -> list[Row]:
    """Alternate completions alone, the action alone, and both, for one way after the other.

    ``step`` is called ``STEPS`` times for each way and round. Raises EngineError.
    """
    found = {way.name: _Found() for way in ways}
    for number in range(load.rounds):
        for way in ways:
            seed = f"{load.seed} {way.name} {number}"
            own = found[way.name]
            own.alone += await _completions(way, load, f"{seed} alone")
            step()
            async with acting(
                way.actions, way.action_priority, load.action, f"{seed} by itself"
            ) as action:
                start, before = time.perf_counter(), action.tokens
                await asyncio.sleep(load.completions * load.pace_s)
                own.action_alone.append(_since(start, before, action))
            step()
            async with acting(
                way.actions, way.action_priority, load.action, f"{seed} beside"
            ) as action:
                start, before = time.perf_counter(), action.tokens
                await _completions(way, load, seed, action, own)
                own.action_beside.append(_since(start, before, action))
            step()
    return [
        row(
            name,
            (own.alone, own.writing, own.reading),
            (_per_second(own.action_alone), _per_second(own.action_beside)),
        )
        for name, own in found.items()
    ]


def _since(start: float, before: int, action: Action) -> tuple[int, float]:
    return action.tokens - before, time.perf_counter() - start


def _per_second(parts: Sequence[tuple[int, float]]) -> float:
    return sum(tokens for tokens, _ in parts) / sum(seconds for _, seconds in parts)


def row(
    way: str,
    asked: tuple[Sequence[Asked], Sequence[Asked], Sequence[Asked]],
    per_s: Sequence[float],
) -> Row:
    """Put the figures together, of completions alone, while writing and while reading."""
    alone, writing, reading = (
        Phase(
            first_ms=spread([one.first_ms for one in some]),
            whole_ms=spread([one.whole_ms for one in some]),
        )
        for some in asked
    )
    return Row(
        way=way,
        alone=alone,
        writing=writing,
        reading=reading,
        ratio_first=ratio(writing.first_ms.p95, alone.first_ms.p95),
        ratio_whole=ratio(writing.whole_ms.p95, alone.whole_ms.p95),
        action_alone_per_s=round(per_s[0], 1),
        action_beside_per_s=round(per_s[1], 1),
    )


async def _completions(
    way: Way,
    load: Load,
    seed: str,
    action: Action | None = None,
    found: _Found | None = None,
) -> list[Asked]:
    """Ask the prompts of a phase; the first one, which nothing caches, is not counted."""
    longest = load.prompt_tokens + load.completions * _KEY_TOKENS
    prompts = typed(seed, load.completions + 1, longest, _KEY_TOKENS, load.vocabulary)
    counted = []
    for number, prompt in enumerate(prompts):
        due = time.perf_counter() + load.pace_s
        before = _writes(action)
        one = await answered(
            way.completions,
            prompt,
            load.answer_tokens,
            priority=way.completion_priority,
        )
        if number:
            counted.append(one)
            if found is not None:
                wrote = before is not None and before == _writes(action)
                (found.writing if wrote else found.reading).append(one)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    return counted


def _writes(action: Action | None) -> int | None:
    """Return which of its answers the action writes now, None while it reads."""
    return action.answers if action is not None and action.writes else None
