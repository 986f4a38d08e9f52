"""The figures as a Markdown table: a repository a column, a goal beside each figure."""

from collections.abc import Callable, Sequence

from bench.indexing.measure import Row, Spread
from bench.machine import Machine


def _three(spread: Spread) -> str:
    return f"{spread.p50:.1f} / {spread.p95:.1f} / {spread.p99:.1f}"


_LINES: tuple[tuple[str, str, Callable[[Row], str]], ...] = (
    ("files indexed", "", lambda row: f"{row.files:,}"),
    ("source, MB", "", lambda row: f"{row.source_mb:,.1f}"),
    ("first build, s", "", lambda row: f"{row.build_s:,.1f}"),
    ("first build, MB/s", "4 on two cores", lambda row: f"{row.mb_per_s:.1f}"),
    ("first answer in a build, ms", "1,000", lambda row: f"{row.first_ms:,.0f}"),
    ("reopened: first answer, ms", "", lambda row: f"{row.listed_ms:,.0f}"),
    (
        "reopened: all compared, ms",
        "500 at 5,000",
        lambda row: f"{row.reopen_ms:,.0f}",
    ),
    ("a saved file, ms", "50", lambda row: _three(row.saved)),
    ("gather after a jump, ms", "- / 15 / 30 at 5,000", lambda row: _three(row.jumped)),
    ("gather after a key, ms", "- / 15 / 30 at 5,000", lambda row: _three(row.typed)),
    ("peak memory, build, MB", "300 at 5,000", lambda row: f"{row.build_peak_mb:.0f}"),
    ("peak memory, use, MB", "300 at 5,000", lambda row: f"{row.use_peak_mb:.0f}"),
    ("store, MB", "", lambda row: f"{row.store_mb:,.1f}"),
)


def table(rows: Sequence[Row], machine: Machine) -> str:
    """Return what is printed; three figures are p50 / p95 / p99."""
    where = f"{machine.cpu}, {machine.cores} cores, {machine.system}"
    text = [
        f"{where}, Python {machine.python}; load {machine.load} from others and this",
        "",
        "| | goal | " + " | ".join(row.name for row in rows) + " |",
        "|---|---|" + "--:|" * len(rows),
    ]
    for name, goal, figure in _LINES:
        cells = " | ".join(figure(row) for row in rows)
        text.append(f"| {name} | {goal} | {cells} |")
    return "\n".join(text)
