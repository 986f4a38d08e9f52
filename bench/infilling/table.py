"""What is printed: our figures, and beside them those of the paper."""

from collections.abc import Sequence

from bench.infilling.forms import Form
from bench.infilling.score import Gain, Row
from bench.metrics import Interval

_PAPER: dict[str, dict[str, tuple[float, float]]] = {
    "single-line": {"psm": (74.1, 75.9), "spm": (83.3, 85.6)},
    "multi-line": {"psm": (48.2, 51.0), "spm": (50.8, 56.1)},
    "random-span": {"psm": (59.7, 63.6), "spm": (39.0, 41.9)},
}
"""pass@1 of Code Llama 7B and 13B, arXiv 2308.12950 table 14. It heals no tokens."""

_ABSENT = "-"


def table(rows: Sequence[Row], gains: Sequence[Gain], split: str) -> str:
    """Return the table; percent, and in brackets the 95 % interval."""
    return "\n".join(
        (
            *_measured(rows, split),
            *_compared(gains),
            "",
            "exact: the middle to the character, white space at the ends of lines aside",
            f"Code Llama: arXiv 2308.12950 table 14, all tasks, form '{Form.PAPER}'",
            *_notes(rows),
        )
    )


def _measured(rows: Sequence[Row], split: str) -> list[str]:
    shares = f"{'pass@1 %':<21}{'exact %':<21}{'tokens':>6}"
    ways = [*dict.fromkeys(row.way for row in rows)]
    lines = [
        f"{'':10}{Form.PAPER:<50}{Form.SHOWN:<50}Code Llama",
        f"{'layout':10}{shares:<50}{shares:<50}{'7B':>5}{'13B':>6}",
    ]
    for way in ways:
        ours = "".join(f"{_figures(row):<50}" for row in rows if row.way == way)
        theirs = _PAPER.get(split, {}).get(way, (_ABSENT, _ABSENT))
        lines.append(f"{way:10}{ours}{theirs[0]:>5}{theirs[1]:>6}")
    return lines


def _figures(row: Row) -> str:
    passed = _share(row.passed, row.passed_interval)
    exact = _share(row.exact, row.exact_interval)
    return f"{passed:<21}{exact:<21}{row.mean_tokens:6.1f}"


def _compared(gains: Sequence[Gain]) -> list[str]:
    if not gains:
        return []
    lines = ["", "pass@1 in points more than the first layout, on the same tasks"]
    for way in dict.fromkeys(gain.way for gain in gains):
        both = "".join(f"{_points(gain):<50}" for gain in gains if gain.way == way)
        lines.append(f"{way:10}{both}".rstrip())
    return lines


def _share(value: float, interval: Interval) -> str:
    return f"{value:5.1%} [{interval.low:.1%}, {interval.high:.1%}]".replace("%", "")


def _points(gain: Gain) -> str:
    value, between = gain.passed.mean, gain.passed.interval
    return f"{value * 100:+.1f} [{between.low * 100:+.1f}, {between.high * 100:+.1f}]"


def _notes(rows: Sequence[Row]) -> list[str]:
    cut = sum(row.cut for row in rows if row.form is Form.PAPER)
    timed_out = sum(row.timed_out for row in rows)
    refused = sum(row.refused for row in rows)
    notes = []
    if refused:
        notes.append(f"{refused} requests were refused by the engine: not passed")
    if cut:
        notes.append(f"{cut} prompts did not fit into the window and were cut")
    if timed_out:
        notes.append(f"{timed_out} programs did not end in time: not passed")
    return notes
