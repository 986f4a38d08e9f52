"""The figures as Markdown tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.engine.beside import GOAL
from bench.engine.beside import Row as BesideRow
from bench.engine.clients import Row as ClientsRow
from bench.engine.first import Medians
from bench.engine.first import Row as FirstRow
from bench.engine.spread import Spread
from bench.machine import Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured; what was not is empty, and ``notes`` say why."""

    model: str
    device: str
    window_tokens: int
    first: Sequence[FirstRow] = ()
    beside: Sequence[BesideRow] = ()
    clients: Sequence[ClientsRow] = ()
    remote: Sequence[FirstRow] = ()
    notes: Sequence[str] = ()


def tables(figures: Figures, machine: Machine, how: str) -> str:
    """Return what is printed."""
    where = f"{machine.cpu}, {machine.cores} cores, {machine.system}"
    head = (
        f"{where}, Python {machine.python}; load {machine.load} from others and this",
        f"{figures.model} on {figures.device}, window {figures.window_tokens:,} tokens",
        how,
    )
    parts: tuple[tuple[str, _Columns, Sequence[Any]], ...] = (
        (_FIRST_TITLE, _FIRST, figures.first),
        (_BESIDE_TITLE, _BESIDE, figures.beside),
        (_CLIENTS_TITLE, _CLIENTS, figures.clients),
        (_REMOTE_TITLE, _FIRST, figures.remote),
    )
    shown = [_part(title, columns, rows) for title, columns, rows in parts if rows]
    return "\n\n".join(["\n".join(head), *shown, *figures.notes])


def _part(title: str, columns: "_Columns", rows: Sequence[Any]) -> str:
    names = " | ".join(name for name, _ in columns)
    rule = "|---|" + "--:|" * (len(columns) - 1)
    cells = (" | ".join(figure(row) for _, figure in columns) for row in rows)
    lines = [f"| {each} |" for each in cells]
    return "\n".join([title, "", f"| {names} |", rule, *lines])


def _number(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def _pair(row: FirstRow, figure: Callable[[Medians], float | None]) -> str:
    """Return cold / cached."""
    return f"{_number(figure(row.cold))} / {_number(figure(row.cached))}"


def _two(values: Spread) -> str:
    """Return p50 / p95; a percentile that most requests never reached is "never"."""
    if not values.count:
        return "-"
    return " / ".join(
        "never" if value is None else f"{value:,.1f}"
        for value in (values.p50, values.p95)
    )


def _times(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


_Columns = tuple[tuple[str, Callable[[Any], str]], ...]

_FIRST_TITLE = (
    "Time to the first token and for each further one (medians, cold / cached):"
)
_REMOTE_TITLE = (
    "Embedded against vllm serve on loopback, in turn (medians, cold / cached):"
)
_FIRST: _Columns = (
    ("engine", lambda row: str(row.engine)),
    ("prompt, tokens", lambda row: f"{row.prompt_tokens:,}"),
    ("times", lambda row: str(row.times)),
    ("first token, ms", lambda row: _pair(row, lambda of: of.first_ms)),
    ("per token, ms", lambda row: _pair(row, lambda of: of.per_token_ms)),
    ("whole answer, ms", lambda row: _pair(row, lambda of: of.whole_ms)),
    ("tokens of it", lambda row: _pair(row, lambda of: of.tokens)),
    ("uncached tokens", lambda row: _pair(row, lambda of: of.uncached)),
)

_BESIDE_TITLE = (
    "Completions alone, and while an action writes its answer or reads its prompt "
    f"(ms, p50 / p95; goal: p95 while it writes under {GOAL} times alone):"
)
_BESIDE: _Columns = (
    ("completions and an action", lambda row: str(row.way)),
    ("first piece alone", lambda row: _two(row.alone.first_ms)),
    ("it writes", lambda row: _two(row.writing.first_ms)),
    ("it reads", lambda row: _two(row.reading.first_ms)),
    ("p95, times alone", lambda row: _times(row.ratio_first)),
    ("whole, alone", lambda row: _two(row.alone.whole_ms)),
    ("it writes", lambda row: _two(row.writing.whole_ms)),
    ("it reads", lambda row: _two(row.reading.whole_ms)),
    ("p95, times alone", lambda row: _times(row.ratio_whole)),
    (
        "action, tokens/s alone / beside",
        lambda row: f"{row.action_alone_per_s:,.0f} / {row.action_beside_per_s:,.0f}",
    ),
    (
        "completions: alone, it writes, it reads",
        lambda row: ", ".join(
            str(phase.first_ms.count) for phase in (row.alone, row.writing, row.reading)
        ),
    ),
)

_CLIENTS_TITLE = (
    "Clients that type at once (ms, p50 / p95 of all requests; never: the next request came "
    "first):"
)
_CLIENTS: _Columns = (
    ("clients", lambda row: str(row.clients)),
    ("requests", lambda row: f"{row.requests:,}"),
    ("first piece, ms", lambda row: _two(row.first_ms)),
    ("end, ms", lambda row: _two(row.whole_ms)),
    ("answered per s", lambda row: _number(row.answered_per_s)),
    ("uncached tokens", lambda row: _number(row.uncached)),
    ("aborted, %", lambda row: _number(100 * row.aborted / max(1, row.requests))),
)
