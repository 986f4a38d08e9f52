"""The figures as a picture: how each grows with the number of files, both axes in decades."""

from collections.abc import Callable, Sequence
from pathlib import Path

from bench import panels
from bench.indexing.measure import Row
from bench.panels import Panel

_PANELS: tuple[tuple[str, Callable[[Row], float]], ...] = (
    ("first build, s", lambda row: row.build_s),
    ("reopening, ms", lambda row: row.reopen_ms),
    ("a saved file, ms (p95)", lambda row: row.saved.p95),
    ("gather after a jump, ms (p95)", lambda row: row.jumped.p95),
    ("gather after a key, ms (p95)", lambda row: row.typed.p95),
    ("peak memory, MB", lambda row: max(row.build_peak_mb, row.use_peak_mb)),
)


def drawn(rows: Sequence[Row], file: Path) -> None:
    """Write an SVG of one small panel for each figure."""
    panels.drawn(
        [
            Panel(
                title=title,
                foot="files",
                lines=[("", [(row.files, figure(row)) for row in rows])],
            )
            for title, figure in _PANELS
        ],
        file,
    )
