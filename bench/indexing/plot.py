"""The figures as a picture: how each grows with the number of files, both axes in decades."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.indexing.measure import Row

_PANELS: tuple[tuple[str, Callable[[Row], float]], ...] = (
    ("first build, s", lambda row: row.build_s),
    ("reopening, ms", lambda row: row.reopen_ms),
    ("a saved file, ms (p95)", lambda row: row.saved.p95),
    ("gather after a jump, ms (p95)", lambda row: row.jumped.p95),
    ("gather after a key, ms (p95)", lambda row: row.typed.p95),
    ("peak memory, MB", lambda row: max(row.build_peak_mb, row.use_peak_mb)),
)
_WIDE, _HIGH, _ACROSS = 240, 170, 3
_LEFT, _TOP, _RIGHT, _BOTTOM = 46, 30, 14, 34
_FONT = 'font-family="sans-serif" font-size="11"'
_INK, _FAINT, _LINE = "#57606a", "#d0d7de", "#0969da"


def drawn(rows: Sequence[Row], file: Path) -> None:
    """Write an SVG of one small panel for each figure."""
    down = -(-len(_PANELS) // _ACROSS)
    panels = [
        _panel(title, [(row.files, figure(row)) for row in rows], place)
        for place, (title, figure) in enumerate(_PANELS)
    ]
    size = f'width="{_WIDE * _ACROSS}" height="{_HIGH * down}"'
    text = [
        f'<svg {size} xmlns="http://www.w3.org/2000/svg" {_FONT}>',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        *panels,
        "</svg>",
    ]
    file.write_text("\n".join(text) + "\n", encoding="utf-8")


def _panel(title: str, points: Sequence[tuple[float, float]], place: int) -> str:
    across, down = place % _ACROSS * _WIDE, place // _ACROSS * _HIGH
    points = sorted((max(x, 1), max(y, 0.01)) for x, y in points)
    wide, high = _decades([x for x, _ in points]), _decades([y for _, y in points])
    right, bottom = _WIDE - _RIGHT, _HIGH - _BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            _LEFT + _share(x, wide) * (right - _LEFT),
            bottom - _share(y, high) * (bottom - _TOP),
        )

    text = [f'<g transform="translate({across} {down})">']
    text.append(f'<text x="{_LEFT}" y="18" fill="{_INK}">{title}</text>')
    for decade in range(high[0], high[1] + 1):
        _, y = at(points[0][0], 10.0**decade)
        text.append(_rule(_LEFT, y, right, y))
        text.append(_label(_LEFT - 5, y + 4, "end", 10.0**decade))
    for decade in range(wide[0], wide[1] + 1):
        x, _ = at(10.0**decade, points[0][1])
        text.append(_rule(x, _TOP, x, bottom))
        text.append(_label(x, bottom + 14, "middle", 10.0**decade))
    places = [at(x, y) for x, y in points]
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    text.append(f'<polyline points="{joined}" fill="none" stroke="{_LINE}"/>')
    text += [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{_LINE}"/>' for x, y in places
    ]
    foot = f'<text x="{right}" y="{_HIGH - 6}" text-anchor="end" fill="{_INK}">'
    return "\n".join([*text, f"{foot}files</text>", "</g>"])


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """Return the exponents of ten around the values, never the same two."""
    low = math.floor(math.log10(min(values)))
    return low, max(math.ceil(math.log10(max(values))), low + 1)


def _share(value: float, decades: tuple[int, int]) -> float:
    low, high = decades
    return (math.log10(value) - low) / (high - low)


def _rule(x: float, y: float, to_x: float, to_y: float) -> str:
    ends = f'x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}"'
    return f'<line {ends} stroke="{_FAINT}"/>'


def _label(x: float, y: float, anchor: str, value: float) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{_INK}">{value:,.10g}</text>'
