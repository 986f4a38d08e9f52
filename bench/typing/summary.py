"""A run's figures.

*Time to ghost text* is from just before a key's first byte is sent until the last byte of
the answer to the request that it caused, where that suggests something. It is asked of the
keys after which a suggestion is due (the cursor's line lacks something, and nothing in it
is wrong), or after which there was one. A key after which the next one came first has
no time: it counts as longer than all others, and a percentile that falls there is None. What
an editor keeps on the screen meanwhile does not count here.

*Right on screen*: of the keys before which a suggestion was due, the share that found one
there whose first line came true. Here it does count what the editor kept.

*From memory*: answers while which the engine did nothing that somebody waited for. One that
was found in a generation that ran ahead is among them. Unknown with the real engine.

*Uncached*: prompt tokens that the prefix cache had not, of requests that got that far.
After a jump, those of the first request that somebody waited for; its prompt was *warm* if
at most a tenth of it was uncached.

*Wasted*: tokens of which no character was ever on the screen as part of a suggestion.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.overhead import percentile
from bench.typing.journal import Asked, wasted_tokens
from bench.typing.keys import ACCEPTING, MOVING
from bench.typing.trace import Stroke, Told, Trace

_ENGINE = "engine"
_WARM_UP = "warm-up"
_COLD = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Percentiles of ``count`` values; None where it is not reached, or nothing was."""

    count: int
    p50: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One subject. Shares are in percent, ``..._per_100`` of keystrokes."""

    name: str
    keystrokes: int
    saved: float
    accepted_per_100: float
    ghost_ms: Spread
    answered: float
    answered_ms: Spread
    memory_ms: Spread
    right: float
    right_of_all: float
    wholly_right: float
    requests_per_100: float | None
    warm_ups_per_100: float | None
    tokens_per_100: float | None
    wasted: float | None
    uncached: Spread
    uncached_psm: Spread
    uncached_spm: Spread
    uncached_per_keystroke: float | None
    uncached_after_jump: Spread
    warmed: float | None
    warm_up_uncached: Spread
    prompt_tokens: Spread
    engine_ms: Spread
    times_ms: tuple[float | None, ...]
    messages: tuple[str, ...]


def summed_up(name: str, trace: Trace) -> Row:
    """Return what a run comes to; figures that need what was not told are None or empty."""
    strokes = trace.strokes
    keys = [stroke for stroke in strokes if stroke.key not in MOVING]
    count = max(1, len(strokes))
    times = [stroke.answer_ms for stroke in keys if stroke.expects or stroke.answer_ms]
    answered = [time for time in times if time is not None]
    due = [stroke for stroke in strokes if stroke.due]
    caching = (
        () if trace.asked else trace.told
    )  # an engine with a journal caches nothing
    engine = [told for told in caching if told.source != _WARM_UP]
    warm_ups = [told for told in caching if told.source == _WARM_UP]
    uncached = _uncached(engine)
    jumps = [told for told in _after_jumps(trace) if told.uncached_tokens is not None]
    jumps = [] if trace.asked else jumps
    work = _work(trace)
    return Row(
        name=name,
        keystrokes=len(strokes),
        saved=_percent(trace.alone - len(strokes), trace.alone),
        accepted_per_100=_percent(
            sum(stroke.key in ACCEPTING for stroke in strokes), count
        ),
        ghost_ms=spread(times),
        answered=_percent(len(answered), len(times)),
        answered_ms=spread(answered),
        memory_ms=spread(_from_memory(keys, trace)),
        right=_percent(sum(stroke.right for stroke in due), len(due)),
        right_of_all=_percent(sum(stroke.right for stroke in strokes), count),
        wholly_right=_percent(sum(stroke.wholly for stroke in due), len(due)),
        requests_per_100=_percent(work.requests, count) if work else None,
        warm_ups_per_100=_percent(work.warm_ups, count) if work else None,
        tokens_per_100=_percent(work.tokens, count) if work else None,
        wasted=(
            _percent(wasted_tokens(trace.asked, trace.seen), work.tokens)
            if work and trace.asked
            else None
        ),
        uncached=spread(uncached),
        uncached_psm=spread(_uncached(one for one in engine if one.layout == "psm")),
        uncached_spm=spread(_uncached(one for one in engine if one.layout == "spm")),
        uncached_per_keystroke=(
            round((sum(uncached) + sum(_uncached(warm_ups))) / count, 1)
            if uncached
            else None
        ),
        uncached_after_jump=spread(_uncached(jumps)),
        warmed=_percent(sum(map(_warm, jumps)), len(jumps)) if jumps else None,
        warm_up_uncached=spread(_uncached(warm_ups)),
        prompt_tokens=spread(
            [told.prompt_tokens for told in trace.told if told.source != _WARM_UP]
        ),
        engine_ms=spread(
            [told.milliseconds for told in trace.told if told.source != _WARM_UP]
        ),
        times_ms=tuple(time and round(time, 2) for time in times),
        messages=trace.messages,
    )


def spread(values: Sequence[float | None]) -> Spread:
    """Return percentiles; None is longer than everything."""
    known = [value for value in values if value is not None]
    filled = known + [float("inf")] * (len(values) - len(known))

    def at(percent: int) -> float | None:
        if not filled:
            return None
        found = percentile(filled, percent)
        return None if found == float("inf") else round(found, 2)

    return Spread(count=len(filled), p50=at(50), p95=at(95), p99=at(99))


@dataclass(frozen=True, slots=True)
class _Work:
    """What the engine did."""

    requests: int
    warm_ups: int
    tokens: int


def _work(trace: Trace) -> _Work | None:
    """Return it from the engine's journal, or else from what the server told."""
    if trace.asked:
        warm_ups = sum(asked.warms for asked in trace.asked)
        tokens = sum(asked.tokens for asked in trace.asked)
        return _Work(len(trace.asked) - warm_ups, warm_ups, tokens)
    if trace.told:
        warm_ups = sum(told.source == _WARM_UP for told in trace.told)
        tokens = sum(told.generated_tokens for told in trace.told)
        return _Work(len(trace.told) - warm_ups, warm_ups, tokens)
    return None


def _from_memory(keys: Iterable[Stroke], trace: Trace) -> list[float]:
    awaited = [asked for asked in trace.asked if asked.awaited]
    if not trace.asked:
        return []
    return [
        stroke.answer_ms
        for stroke in keys
        if stroke.answer_ms is not None and _idle(awaited, stroke)
    ]


def _idle(asked: Sequence[Asked], stroke: Stroke) -> bool:
    """Whether the engine did none of ``asked`` between the key and its answer."""
    end_ns = stroke.at_ns + (stroke.answer_ms or 0) * 1e6
    return not any(
        one.asked_ns <= end_ns and one.ended_ns >= stroke.at_ns for one in asked
    )


def _after_jumps(trace: Trace) -> list[Told]:
    """Return the first request of each visit that somebody waited for."""
    waited = (
        [told for told in visit if told.source == _ENGINE] for visit in trace.visits
    )
    return [min(visit, key=lambda told: told.number) for visit in waited if visit]


def _warm(told: Told) -> bool:
    return (told.uncached_tokens or 0) <= told.prompt_tokens * _COLD


def _uncached(told: Iterable[Told]) -> list[int]:
    """Return them of those whose engine told."""
    found = [one.uncached_tokens for one in told]
    return [tokens for tokens in found if tokens is not None]


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 1) if whole else 0.0
