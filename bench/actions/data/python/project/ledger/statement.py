"""Bank statements: CSV as banks write it, to entries."""

import csv
import io
from datetime import date

from ledger.entries import Entry
from ledger.money import parse_money


class BadStatement(ValueError):
    """A statement that cannot be read; the words name the line."""


def read_statement(text: str, tags: list[str] | None = None) -> list[Entry]:
    """Read the lines ``date;text;amount`` below a header; blank lines do not count."""
    rows = csv.reader(io.StringIO(text), delimiter=";")
    next(rows, None)
    found = []
    for number, row in enumerate(rows, start=2):
        if not row:
            continue
        found.append(_entry(row, number, tags or []))
    return found


def _entry(row: list[str], number: int, tags: list[str]) -> Entry:
    try:
        booked, text, amount = row
        return Entry(
            date.fromisoformat(booked),
            " ".join(text.split()),
            parse_money(amount),
            frozenset(tags),
        )
    except ValueError as error:
        raise BadStatement(f"line {number}: {error}") from error


def merge_statements(*statements: list[Entry]) -> list[Entry]:
    """Put several statements together in order; what stands in two of them counts once."""
    # Collect the entries of all statements, each once, and sort them by their date;
    # entries of one day keep the order in which they came.
    seen: dict[Entry, None] = {}
    for statement in statements:
        seen.update(dict.fromkeys(statement))
    return sorted(seen, key=lambda entry: entry.booked)
