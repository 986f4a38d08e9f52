"""Reports: what came and went in each month, and for what."""

from collections import defaultdict
from collections.abc import Iterable

from ledger.entries import Entry
from ledger.money import Money, total

_WIDTH = 32


def by_month(entries: Iterable[Entry]) -> dict[str, Money]:
    """Return the sums of the months, "2024-05", in order."""
    months: dict[str, list[Money]] = defaultdict(list)
    for entry in entries:
        months[f"{entry.booked:%Y-%m}"].append(entry.amount)
    return {month: total(months[month]) for month in sorted(months)}


def by_tag(entries: Iterable[Entry]) -> dict[str, Money]:
    """Return what was booked under each tag; entries without one are "other"."""
    tags: dict[str, list[Money]] = defaultdict(list)
    for entry in entries:
        for tag in entry.tags or {"other"}:
            tags[tag].append(entry.amount)
    return {tag: total(tags[tag]) for tag in sorted(tags)}


def largest(entries: Iterable[Entry], count: int = 3) -> list[Entry]:
    """Return the entries that moved most money, the largest first."""
    return sorted(entries, key=lambda entry: -abs(entry.amount.cents))[:count]


def render(title: str, sums: dict[str, Money]) -> str:
    """Return a table with a line for each sum and one for all."""
    lines = [title, "=" * _WIDTH]
    lines += [_line(name, amount) for name, amount in sums.items()]
    if sums:
        lines += ["-" * _WIDTH, _line("total", total(list(sums.values())))]
    return "\n".join(lines) + "\n"


def _line(name: str, amount: Money) -> str:
    return f"{name:<16}{str(amount):>16}"
