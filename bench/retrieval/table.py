"""Figures as tables in Markdown."""

from collections.abc import Sequence

from bench.retrieval.measure import Answer
from bench.retrieval.places import Place
from bench.retrieval.summary import AVERAGE, OURS, Row

BY_REPOSITORY = (1_024, 2_048)


def by_budget(rows: Sequence[Row]) -> str:
    """Return the averages over repositories, a line for each budget and look-ahead."""
    return _table(
        "tokens", [(f"{r.budget:,}", r) for r in rows if r.repository == AVERAGE]
    )


def by_repository(rows: Sequence[Row], budget: int) -> str:
    return _table(
        f"{budget:,} tokens", [(r.repository, r) for r in rows if r.budget == budget]
    )


def shown(answers: Sequence[Answer]) -> str:
    """Return what each showed at one place, and which identifiers that hit and missed."""
    place = answers[0].place
    lines = [f"## {answers[0].repository} {place.file.path}:{place.line + 1}", ""]
    lines += [f"    {line}" for line in place.before[-5:]]
    lines += ["    ------ cut", *_after(place), ""]
    for one in answers:
        wanted = place.wanted[max(place.wanted)]
        hit = " ".join(sorted(one.hit)) or "-"
        missed = " ".join(sorted(wanted - one.hit)) or "-"
        lines.append(f"{one.contestant} at {one.budget}: hit {hit} | missed {missed}")
        for found in one.found:
            size = found.text.count("\n") + 1
            lines.append(f"  {found.path}, {size} lines: {found.why}")
    return "\n".join([*lines, ""])


def _after(place: Place) -> list[str]:
    return [f"    {line}" for line in place.file.lines[place.line + 1 :][:6]]


def _table(first: str, named: Sequence[tuple[str, Row]]) -> str:
    if not named:
        return ""
    contestants = list(named[0][1].recall)
    heads = [first, "lines", "places", *contestants]
    compared = OURS in contestants and len(contestants) > 1
    if compared:
        heads += ["best other", "ours / best", "gain, 95 %"]
    lines = [_line(heads), "|---" * len(heads) + "|"]
    for name, row in named:
        cells = [name, str(row.ahead), str(row.places)]
        cells += [f"{row.recall[one] * 100:.1f}" for one in contestants]
        if compared:
            cells += [
                row.best or "-",
                f"{row.ratio:.2f}" if row.ratio else "-",
                _gain(row),
            ]
        lines.append(_line(cells))
    return "\n".join(lines)


def _gain(row: Row) -> str:
    if row.gain is None:
        return "-"
    low, high = row.gain.interval.low * 100, row.gain.interval.high * 100
    return f"{row.gain.mean * 100:+.1f} [{low:+.1f}, {high:+.1f}]"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
