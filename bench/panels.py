"""Figures as a picture of small panels: how each grows, both axes in decades."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

Points = Sequence[tuple[float, float]]

_WIDE, _HIGH, _ACROSS = 240, 170, 3
_LEFT, _TOP, _RIGHT, _BOTTOM = 46, 30, 14, 34
_FONT = 'font-family="sans-serif" font-size="11"'
_INK, _FAINT = "#57606a", "#d0d7de"
_COLOURS = ("#0969da", "#cf222e", "#8250df", "#1a7f37")


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One small picture; ``foot`` says what grows. ``lines`` have names if several."""

    title: str
    foot: str
    lines: Sequence[tuple[str, Points]]


def drawn(panels: Sequence[Panel], file: Path) -> None:
    """Write an SVG; panels without points are left out."""
    there = [panel for panel in panels if any(points for _, points in panel.lines)]
    down = -(-len(there) // _ACROSS)
    size = f'width="{_WIDE * _ACROSS}" height="{_HIGH * down}"'
    text = [
        f'<svg {size} xmlns="http://www.w3.org/2000/svg" {_FONT}>',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        *(_panel(panel, place) for place, panel in enumerate(there)),
        "</svg>",
    ]
    file.write_text("\n".join(text) + "\n", encoding="utf-8")


def _panel(panel: Panel, place: int) -> str:
    across, down = place % _ACROSS * _WIDE, place // _ACROSS * _HIGH
    lines = [
        (name, sorted((max(x, 1), max(y, 0.01)) for x, y in points))
        for name, points in panel.lines
        if points
    ]
    every = [point for _, points in lines for point in points]
    wide, high = decades([x for x, _ in every]), decades([y for _, y in every])
    right, bottom = _WIDE - _RIGHT, _HIGH - _BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            _LEFT + _share(x, wide) * (right - _LEFT),
            bottom - _share(y, high) * (bottom - _TOP),
        )

    text = [f'<g transform="translate({across} {down})">']
    text.append(f'<text x="{_LEFT}" y="18" fill="{_INK}">{escape(panel.title)}</text>')
    for decade in range(high[0], high[1] + 1):
        _, y = at(every[0][0], 10.0**decade)
        text.append(_rule(_LEFT, y, right, y))
        text.append(_label(_LEFT - 5, y + 4, "end", 10.0**decade))
    for decade in range(wide[0], wide[1] + 1):
        x, _ = at(10.0**decade, every[0][1])
        text.append(_rule(x, _TOP, x, bottom))
        text.append(_label(x, bottom + 14, "middle", 10.0**decade))
    for number, (name, points) in enumerate(lines):
        colour = _COLOURS[number % len(_COLOURS)]
        places = [at(x, y) for x, y in points]
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        text.append(f'<polyline points="{joined}" fill="none" stroke="{colour}"/>')
        text += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
            for x, y in places
        ]
        if len(lines) > 1:
            y = _TOP + 12 + 13 * number
            said = (
                f'<text x="{_LEFT + 6}" y="{y}" fill="{colour}">{escape(name)}</text>'
            )
            text.append(said)
    foot = f'<text x="{right}" y="{_HIGH - 6}" text-anchor="end" fill="{_INK}">'
    return "\n".join([*text, f"{foot}{escape(panel.foot)}</text>", "</g>"])


def decades(values: Sequence[float]) -> tuple[int, int]:
    """Return the exponents of ten around the values, never the same two."""
    low = math.floor(math.log10(min(values)))
    return low, max(math.ceil(math.log10(max(values))), low + 1)


def _share(value: float, exponents: tuple[int, int]) -> float:
    low, high = exponents
    return (math.log10(value) - low) / (high - low)


def _rule(x: float, y: float, to_x: float, to_y: float) -> str:
    ends = f'x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}"'
    return f'<line {ends} stroke="{_FAINT}"/>'


def _label(x: float, y: float, anchor: str, value: float) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{_INK}">{value:,.10g}</text>'
