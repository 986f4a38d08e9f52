"""What the recorded figures come to: pure, but for reading them."""

import contextlib
import math
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsp_server.stats.events import WITHOUT_ENGINE
from lsp_server.stats.tables import prepare

_PERCENT = 100
_Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    """One answer as it was recorded; ``kept`` is 0 to 1, None where nobody looked.

    One without ``characters`` was the rest of a suggestion that was offered before.
    """

    language: str
    characters: int
    lines: int
    milliseconds: float
    source: str
    automatic: bool
    accepted: bool
    partly: int
    kept_30s: float | None
    kept_5min: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRow:
    """One generation as it was recorded."""

    language: str
    tokens: int
    shown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedRow:
    """One request that got no answer."""

    language: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What is in the file; ``since`` is the time of its oldest row, in seconds since 1970."""

    offers: Sequence[OfferRow] = ()
    generations: Sequence[GenerationRow] = ()
    missed: Sequence[MissedRow] = ()
    since: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Milliseconds from request to answer, by nearest rank; None where there were none."""

    answers: int
    p50: float | None
    p95: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the rows come to, all languages or one.

    ``offered`` counts each suggestion once, ``answers`` also those to keys typed along it,
    and the times and ``without_engine`` are of answers.
    ``partly_accepted`` are offers of which some went in at once and the whole did not.
    ``too_short`` are accepted ones that were not observed for so long. Shares are 0 to 1, None where there is nothing to take a share of; ``kept`` shares are
    of accepted characters. ``tokens_never_shown`` are in ``tokens_generated``.
    """

    offered: int
    by_hand: int
    lines: int
    accepted: int
    partly_accepted: int
    accepted_characters: int
    kept_30s: float | None
    kept_5min: float | None
    too_short_30s: int
    too_short_5min: int
    answers: int
    engine: Waits
    memory: Waits
    without_engine: float | None
    generations: int
    tokens_generated: int
    tokens_never_shown: int
    missed: dict[str, int]


def read(file: Path, since: float) -> Recorded:
    """Return what was recorded since then, and nothing where there is no file.

    Raises sqlite3.Error where it cannot be read (one of its kinds is OtherVersion).
    """
    if not file.exists():
        return Recorded()
    uri = f"{file.absolute().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=5.0)) as connection:
        ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_master")
        if not tables:
            return Recorded()
        prepare(connection)

        def rows(columns: str, table: str) -> list[_Row]:
            query = f"SELECT {columns} FROM {table} WHERE time >= ?"  # noqa: S608 - below
            return connection.execute(query, (int(since),)).fetchall()

        times = [
            first
            for table in ("offers", "generations", "missed")
            for (first,) in rows("min(time)", table)
            if first is not None
        ]
        return Recorded(
            offers=[_offer(row) for row in rows(_OFFER, "offers")],
            generations=[
                GenerationRow(language=language, tokens=tokens, shown=shown)
                for language, tokens, shown in rows(
                    "language, tokens, shown", "generations"
                )
            ],
            missed=[
                MissedRow(language=language, why=why)
                for language, why in rows("language, why", "missed")
            ],
            since=min(times, default=None),
        )


def figures(recorded: Recorded) -> Figures:
    """Return what all rows come to."""
    answers = recorded.offers
    offers = [each for each in answers if each.characters]
    accepted = [each for each in offers if each.accepted]
    memory = [one.milliseconds for one in answers if one.source in WITHOUT_ENGINE]
    engine = [one.milliseconds for one in answers if one.source not in WITHOUT_ENGINE]
    missed: dict[str, int] = {}
    for each in recorded.missed:
        missed[each.why] = missed.get(each.why, 0) + 1
    return Figures(
        offered=len(offers),
        by_hand=sum(not each.automatic for each in offers),
        lines=sum(each.lines for each in offers),
        accepted=len(accepted),
        partly_accepted=sum(each.partly > 0 and not each.accepted for each in offers),
        accepted_characters=sum(each.characters for each in accepted),
        kept_30s=_kept(accepted, lambda offer: offer.kept_30s),
        kept_5min=_kept(accepted, lambda offer: offer.kept_5min),
        too_short_30s=sum(each.kept_30s is None for each in accepted),
        too_short_5min=sum(each.kept_5min is None for each in accepted),
        answers=len(answers),
        engine=_waits(engine),
        memory=_waits(memory),
        without_engine=len(memory) / len(answers) if answers else None,
        generations=len(recorded.generations),
        tokens_generated=sum(each.tokens for each in recorded.generations),
        tokens_never_shown=sum(
            each.tokens - each.shown for each in recorded.generations
        ),
        missed=missed,
    )


def by_language(recorded: Recorded) -> dict[str, Figures]:
    """Return the figures of each language, the one with most offers first."""
    names = {each.language for each in recorded.offers}
    names |= {each.language for each in recorded.generations if each.language}
    found = {name: figures(_of(recorded, name)) for name in names}
    order = sorted(found, key=lambda name: (-found[name].offered, name))
    return {name: found[name] for name in order}


def percentile(values: Iterable[float], percent: int) -> float | None:
    """Return the value that so many per cent do not pass, by nearest rank."""
    ordered = sorted(values)
    if not ordered:
        return None
    rank = math.ceil(len(ordered) * percent / _PERCENT)
    return ordered[max(rank, 1) - 1]


_OFFER = (
    "language, characters, lines, milliseconds, source, automatic, accepted, partly,"
    " kept_30s, kept_5min"
)


def _offer(row: _Row) -> OfferRow:
    language, characters, lines, milliseconds, source, automatic, *rest = row
    accepted, partly, kept_30s, kept_5min = rest
    return OfferRow(
        language=language,
        characters=characters,
        lines=lines,
        milliseconds=milliseconds,
        source=source,
        automatic=bool(automatic),
        accepted=bool(accepted),
        partly=partly,
        kept_30s=kept_30s,
        kept_5min=kept_5min,
    )


def _of(recorded: Recorded, language: str) -> Recorded:
    return Recorded(
        offers=[each for each in recorded.offers if each.language == language],
        generations=[
            each for each in recorded.generations if each.language == language
        ],
        missed=[each for each in recorded.missed if each.language == language],
        since=recorded.since,
    )


def _kept(
    accepted: Iterable[OfferRow], look: Callable[[OfferRow], float | None]
) -> float | None:
    """Return the mean share, each offer weighing what it has of characters."""
    seen = [
        (share, offer.characters)
        for offer in accepted
        if (share := look(offer)) is not None
    ]
    characters = sum(weight for _, weight in seen)
    if not characters:
        return None
    return sum(share * weight for share, weight in seen) / characters


def _waits(milliseconds: Sequence[float]) -> Waits:
    return Waits(
        answers=len(milliseconds),
        p50=percentile(milliseconds, 50),
        p95=percentile(milliseconds, 95),
    )
