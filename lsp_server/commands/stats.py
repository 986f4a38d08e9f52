"""``codellama-lsp stats``: what came of the suggestions on this machine."""

import json
import sqlite3
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from lsp_server.settings import APPLICATION, state_path
from lsp_server.stats.events import Unanswered
from lsp_server.stats.store import FILE, clear
from lsp_server.stats.summary import (
    Figures,
    Recorded,
    Waits,
    by_language,
    figures,
    read,
)

_DAY_S = 86_400.0
_NONE = "-"
_SLOW_MS = 10
_NOTE = (
    "(1) By word or line, as far as can be told: inferred from changes that bring whole\n"
    "words at once. Of an editor that sends several keys in one change none is counted."
)
_OFF = (
    "Kept on this machine only, without any of your code, and sent to nobody.\n"
    "The setting codellama.stats.enabled (false) turns it off; "
    f"{APPLICATION} stats --clear removes what is there."
)


def stats(*, days: int, as_json: bool, clear_all: bool) -> int:
    """Print the figures of so many days, or remove all; 1 where the file refuses."""
    file = state_path() / FILE
    try:
        if clear_all:
            return _clear(file)
        recorded = read(file, time.time() - days * _DAY_S)
    except (sqlite3.Error, OSError) as error:
        print(f"{APPLICATION}: {file}: {error}", file=sys.stderr)
        return 1
    if as_json:
        print(json.dumps(_facts(recorded, days), indent=2))
    elif recorded.since is None:
        print(f"There is nothing yet of the last {_days(days)}.\n{_OFF}")
    else:
        print(page(recorded, days))
    return 0


def page(recorded: Recorded, days: int) -> str:
    """Return the figures in words and tables, for a terminal."""
    whole = figures(recorded)
    first = time.strftime("%Y-%m-%d", time.localtime(recorded.since))
    parts = [
        f"The last {_days(days)}, figures since {first}",
        _table(_offers(whole), left=1),
        _table(
            [
                ("From request to answer", "answers", "p50", "p95"),
                _wait("  from the engine", whole.engine),
                _wait("  from memory or generated ahead", whole.memory),
            ],
            left=1,
        ),
        _table(_tokens(whole), left=1),
        _table([_LANGUAGES, *map(_language, by_language(recorded).items())], left=1),
        _NOTE,
        _OFF,
    ]
    return "\n\n".join(parts)


def _offers(whole: Figures) -> list[tuple[str, ...]]:
    def of_offered(number: int) -> str:
        return _share(number / whole.offered if whole.offered else None)

    return [
        ("Suggestions offered", f"{whole.offered:,}", ""),
        ("  accepted", f"{whole.accepted:,}", of_offered(whole.accepted)),
        (
            "  accepted in part (1)",
            f"{whole.partly_accepted:,}",
            of_offered(whole.partly_accepted),
        ),
        ("Accepted characters", f"{whole.accepted_characters:,}", ""),
        ("  still there after 30 seconds", "", _share(whole.kept_30s)),
        ("    not observed for so long", f"{whole.too_short_30s:,}", ""),
        ("  still there after 5 minutes", "", _share(whole.kept_5min)),
        ("    not observed for so long", f"{whole.too_short_5min:,}", ""),
        ("Answers, also to keys typed along", f"{whole.answers:,}", ""),
        ("  without the engine", "", _share(whole.without_engine)),
    ]


def _tokens(whole: Figures) -> list[tuple[str, ...]]:
    never = whole.tokens_never_shown
    share = never / whole.tokens_generated if whole.tokens_generated else None
    return [
        ("Tokens generated", f"{whole.tokens_generated:,}", ""),
        ("  never shown", f"{never:,}", _share(share)),
        ("Requests without an answer", f"{sum(whole.missed.values()):,}", ""),
        *(
            (f"  {says}", f"{whole.missed.get(why, 0):,}", "")
            for why, says in (
                (Unanswered.SUPERSEDED, "a newer one came"),
                (Unanswered.CANCELLED, "the editor cancelled"),
            )
        ),
    ]


_LANGUAGES = (
    "language",
    "offered",
    "accepted",
    "in part",
    "30 s",
    "5 min",
    "engine p50",
    "p95",
    "memory p50",
    "p95",
    "no engine",
    "tokens",
    "never shown",
)


def _language(named: tuple[str, Figures]) -> tuple[str, ...]:
    name, found = named
    return (
        name or "(none)",
        f"{found.offered:,}",
        f"{found.accepted:,}",
        f"{found.partly_accepted:,}",
        _share(found.kept_30s),
        _share(found.kept_5min),
        _milliseconds(found.engine.p50),
        _milliseconds(found.engine.p95),
        _milliseconds(found.memory.p50),
        _milliseconds(found.memory.p95),
        _share(found.without_engine),
        f"{found.tokens_generated:,}",
        f"{found.tokens_never_shown:,}",
    )


def _wait(name: str, waits: Waits) -> tuple[str, ...]:
    return (
        name,
        f"{waits.answers:,}",
        _milliseconds(waits.p50),
        _milliseconds(waits.p95),
    )


def _share(share: float | None) -> str:
    return _NONE if share is None else f"{share:.1%}"


def _milliseconds(value: float | None) -> str:
    if value is None:
        return _NONE
    return f"{value:,.0f} ms" if value >= _SLOW_MS else f"{value:.1f} ms"


def _days(days: int) -> str:
    return "day" if days == 1 else f"{days} days"


def _table(rows: Sequence[tuple[str, ...]], left: int) -> str:
    """Return the rows with their columns aligned, the first ``left`` to the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if number < left else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _facts(recorded: Recorded, days: int) -> dict[str, object]:
    languages = by_language(recorded)
    return {
        "days": days,
        "since": recorded.since,
        **asdict(figures(recorded)),
        "languages": {name: asdict(found) for name, found in languages.items()},
    }


def _clear(file: Path) -> int:
    there = file.exists()
    offers = clear(file)
    suggestions = "1 suggestion" if offers == 1 else f"{offers:,} suggestions"
    print(f"removed the figures of {suggestions}" if there else "There is nothing yet.")
    return 0
