"""Answers summed up: by language and kind, without and with context."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.held_out.places import Kind
from bench.held_out.threshold import Pair
from bench.metrics import Difference, paired_bootstrap


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One answer; ``kept`` is None where nothing was shown, ``score`` where no context was given."""

    language: str
    kind: Kind
    context: bool
    file: str
    exact: bool
    similarity: float
    kept: float | None
    prompt_tokens: int
    answer: str
    truth: str
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A language and kind, without and with context; shares from 0 to 1, ``gain`` of similarity.

    ``kept`` is over the answers that show something, None where none does.
    """

    language: str
    kind: Kind
    places: int
    exact: tuple[float, float]
    similarity: tuple[float, float]
    kept: tuple[float | None, float | None]
    shown: tuple[float, float]
    gain: Difference


def rows(scored: Sequence[Scored], seed: int) -> list[Row]:
    """Sum up each language and kind, and all languages."""
    languages = [*dict.fromkeys(one.language for one in scored)]
    return [
        _row(language, kind, scored, seed)
        for kind in Kind
        for language in (*languages, "all")
        if any(_belongs(one, language, kind) for one in scored)
    ]


def pairs(scored: Sequence[Scored]) -> list[Pair]:
    """Bring together what was answered without and with context, in the order of the places."""
    return [
        Pair(
            score=with_context.score,
            without=without.similarity,
            with_context=with_context.similarity,
        )
        for without, with_context in zip(
            (one for one in scored if not one.context),
            (one for one in scored if one.context),
            strict=True,
        )
    ]


def table(found: Sequence[Row]) -> str:
    """Return the table in Markdown: without and with context, in percent."""
    lines = [
        "| | language | places | exact match | edit similarity | gain of it, 95 % | kept characters | shown |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in found:
        gain = row.gain
        between = f"[{gain.interval.low * 100:+.1f}, {gain.interval.high * 100:+.1f}]"
        cells = (
            row.kind,
            row.language,
            str(row.places),
            _pair(row.exact),
            _pair(row.similarity),
            f"{gain.mean * 100:+.1f} {between}",
            _pair(row.kept),
            _pair(row.shown),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _pair(values: tuple[float | None, float | None]) -> str:
    first, second = ("-" if v is None else f"{v * 100:.1f}" for v in values)
    return f"{first} / {second}"


def _belongs(one: Scored, language: str, kind: Kind) -> bool:
    return one.kind is kind and language in (one.language, "all")


def _row(language: str, kind: Kind, scored: Sequence[Scored], seed: int) -> Row:
    without, with_context = (
        [o for o in scored if o.context is context and _belongs(o, language, kind)]
        for context in (False, True)
    )
    both = (without, with_context)

    def each(value: Callable[[Scored], float]) -> tuple[float, float]:
        first, second = (sum(map(value, part)) / len(part) for part in both)
        return first, second

    kept = [[one.kept for one in part if one.kept is not None] for part in both]
    return Row(
        language=language,
        kind=kind,
        places=len(without),
        exact=each(lambda one: one.exact),
        similarity=each(lambda one: one.similarity),
        kept=(_mean(kept[0]), _mean(kept[1])),
        shown=each(lambda one: bool(one.answer)),
        gain=paired_bootstrap(
            [one.similarity for one in with_context],
            [one.similarity for one in without],
            seed,
        ),
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
