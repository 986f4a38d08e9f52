"""The figures as a picture: what a prompt's length costs, and what many clients cost."""

from collections.abc import Callable, Iterable
from pathlib import Path

from bench import panels
from bench.engine.first import Medians
from bench.engine.table import Figures
from bench.panels import Panel, Points

_COLD, _CACHED = "cold", "cached"


def drawn(figures: Figures, file: Path) -> None:
    """Write an SVG; what was not measured is left out."""
    panels.drawn(
        (
            _both(figures, "to the first token, ms", lambda of: of.first_ms),
            _both(figures, "for each further token, ms", lambda of: of.per_token_ms),
            Panel(
                title="clients at once: first piece, ms",
                foot="clients",
                lines=[
                    (
                        "p50",
                        _known((r.clients, r.first_ms.p50) for r in figures.clients),
                    ),
                    (
                        "p95",
                        _known((r.clients, r.first_ms.p95) for r in figures.clients),
                    ),
                ],
            ),
        ),
        file,
    )


def _both(
    figures: Figures, title: str, figure: Callable[[Medians], float | None]
) -> Panel:
    cold = _known((row.prompt_tokens, figure(row.cold)) for row in figures.first)
    cached = _known((row.prompt_tokens, figure(row.cached)) for row in figures.first)
    lines = [(_COLD, cold), (_CACHED, cached)]
    return Panel(title=title, foot="tokens of the prompt", lines=lines)


def _known(points: Iterable[tuple[float, float | None]]) -> Points:
    return [(x, y) for x, y in points if y is not None]
