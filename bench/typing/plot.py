"""Time to ghost text as a picture: the share of keys that have their answer after so long."""

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from bench.typing.summary import Row

_WIDE, _HIGH = 640, 360
_LEFT, _TOP, _RIGHT, _BOTTOM = 52, 34, 18, 46
_FONT = 'font-family="sans-serif" font-size="12"'
_INK, _FAINT = "#57606a", "#d0d7de"
_LINES = ("#0969da", "#cf222e", "#8250df", "#1a7f37", "#9a6700", "#57606a")
_LONGEST_MS = 1_000
_TICK_MS = 200
_TICK_PERCENT = 20
_TITLE = "keys whose ghost text is there, % of those that are due one"


def drawn(rows: Sequence[Row], file: Path) -> None:
    """Write an SVG: a line for each subject; where it ends is the share that was in time."""
    size = f'width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}"'
    text = [
        f'<svg {size} xmlns="http://www.w3.org/2000/svg" {_FONT}>',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="20" fill="{_INK}">{_TITLE}</text>',
        *_axes(),
    ]
    for number, row in enumerate(rows):
        colour = _LINES[number % len(_LINES)]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in _steps(row.times_ms))
        text.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" '
            'stroke-width="2"/>'
        )
        y = _TOP + 16 + 18 * number
        x = _WIDE - _RIGHT - 8
        text.append(
            f'<text x="{x}" y="{y}" text-anchor="end" fill="{colour}">'
            f"{escape(row.name)}</text>"
        )
    text.append("</svg>")
    file.write_text("\n".join(text) + "\n", encoding="utf-8")


def _steps(times: Sequence[float | None]) -> list[tuple[float, float]]:
    """Return the distribution's corners."""
    known = sorted(time for time in times if time is not None and time <= _LONGEST_MS)
    points = [_at(0, 0)]
    for number, time in enumerate(known):
        points.append(_at(time, 100 * number / len(times)))
        points.append(_at(time, 100 * (number + 1) / len(times)))
    return [*points, _at(_LONGEST_MS, 100 * len(known) / max(1, len(times)))]


def _axes() -> list[str]:
    text = []
    for percent in range(0, 101, _TICK_PERCENT):
        x, y = _at(0, percent)
        right = _WIDE - _RIGHT
        text.append(
            f'<line x1="{x}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="{_FAINT}"/>'
            f'<text x="{x - 6}" y="{y + 4:.1f}" text-anchor="end" fill="{_INK}">'
            f"{percent}</text>"
        )
    for milliseconds in range(0, _LONGEST_MS + 1, _TICK_MS):
        x, y = _at(milliseconds, 0)
        text.append(
            f'<text x="{x:.1f}" y="{y + 18}" text-anchor="middle" fill="{_INK}">'
            f"{milliseconds}</text>"
        )
    text.append(
        f'<text x="{_WIDE - _RIGHT}" y="{_HIGH - 8}" text-anchor="end" fill="{_INK}">'
        "milliseconds after the key</text>"
    )
    return text


def _at(milliseconds: float, percent: float) -> tuple[float, float]:
    wide, high = _WIDE - _LEFT - _RIGHT, _HIGH - _TOP - _BOTTOM
    return (
        _LEFT + milliseconds / _LONGEST_MS * wide,
        _TOP + (100 - percent) / 100 * high,
    )
