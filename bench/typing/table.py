"""The figures as a Markdown table: a subject a column, a goal beside each figure."""

from collections.abc import Callable, Sequence

from bench.machine import Machine
from bench.typing.summary import Row, Spread


def _number(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def _three(values: Spread, digits: int = 0) -> str:
    """Return p50 / p95 / p99; a percentile of no value is "never"."""
    if not values.count:
        return "-"
    return " / ".join(
        "never" if value is None else f"{value:,.{digits}f}"
        for value in (values.p50, values.p95, values.p99)
    )


_Figure = Callable[[Row], str]
_LINES: tuple[tuple[str, str, _Figure], ...] = (
    ("keystrokes", "", lambda row: f"{row.keystrokes:,}"),
    ("time to ghost text, ms", "", lambda row: _three(row.ghost_ms)),
    ("there before the next key, %", "", lambda row: _number(row.answered)),
    ("time of those that were, ms", "", lambda row: _three(row.answered_ms)),
    (
        "from memory, per 100 keystrokes",
        "",
        lambda row: _number(100 * row.memory_ms.count / max(1, row.keystrokes)),
    ),
    ("from memory, ms", "- / 5 / -", lambda row: _three(row.memory_ms, 1)),
    ("right on screen when due, %", "85", lambda row: _number(row.right)),
    ("right on screen, % of all keys", "", lambda row: _number(row.right_of_all)),
    ("right to the end when due, %", "", lambda row: _number(row.wholly_right)),
    (
        "engine requests per 100 keystrokes",
        "15",
        lambda row: _number(row.requests_per_100),
    ),
    (
        "warm-ups per 100 keystrokes",
        "",
        lambda row: _number(row.warm_ups_per_100),
    ),
    (
        "tokens generated per 100 keystrokes",
        "",
        lambda row: _number(row.tokens_per_100, 0),
    ),
    ("of these wasted, %", "25", lambda row: _number(row.wasted)),
    ("accepted per 100 keystrokes", "", lambda row: _number(row.accepted_per_100)),
    ("keystrokes saved, %", "", lambda row: _number(row.saved)),
    ("prompt tokens", "", lambda row: _three(row.prompt_tokens)),
    ("uncached tokens of a request", "", lambda row: _three(row.uncached)),
    ("the same, PSM", "", lambda row: _three(row.uncached_psm)),
    ("the same, SPM", "", lambda row: _three(row.uncached_spm)),
    (
        "uncached tokens per keystroke",
        "",
        lambda row: _number(row.uncached_per_keystroke),
    ),
    (
        "uncached tokens, first after a jump",
        "",
        lambda row: _three(row.uncached_after_jump),
    ),
    ("warm after a jump, %", "", lambda row: _number(row.warmed)),
    (
        "uncached tokens of a warm-up",
        "",
        lambda row: _three(row.warm_up_uncached),
    ),
    ("the engine's time, ms", "", lambda row: _three(row.engine_ms)),
)


def table(rows: Sequence[Row], machine: Machine, how: str) -> str:
    """Return what is printed; three figures are p50 / p95 / p99. Empty lines are left out.

    "never": so many keys were followed by the next one before an answer came.
    """
    where = f"{machine.cpu}, {machine.cores} cores, {machine.system}"
    text = [
        f"{where}, Python {machine.python}; load {machine.load} from others and this",
        how,
        "",
        "| | goal | " + " | ".join(row.name for row in rows) + " |",
        "|---|---|" + "--:|" * len(rows),
    ]
    for name, goal, figure in _LINES:
        cells = [figure(row) for row in rows]
        if {*cells} != {"-"}:
            text.append(f"| {name} | {goal} | {' | '.join(cells)} |")
    return "\n".join(text)
