"""What is booked: entries, and the accounts that they belong to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from ledger.money import Money, total


@dataclass(frozen=True)
class Entry:
    """One movement of money; positive amounts come in."""

    booked: date
    text: str
    amount: Money
    tags: frozenset[str] = frozenset()


@dataclass
class Account:
    """A named list of entries in the order of their booking."""

    name: str
    entries: list[Entry] = field(default_factory=list)

    def book(self, entry: Entry) -> None:
        """Add an entry where its date belongs."""
        at = len(self.entries)
        while at > 0 and self.entries[at - 1].booked > entry.booked:
            at -= 1
        self.entries.insert(at, entry)

    def balance(self, until: date | None = None) -> Money:
        """Return the sum of what was booked, up to ``until`` with that day."""
        counted = [
            entry.amount
            for entry in self.entries
            if until is None or entry.booked <= until
        ]
        return total(counted)


class Book:
    """All accounts of one household."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}

    def open(self, name: str) -> Account:
        """Return the account of that name, a new one if there is none."""
        return self._accounts.setdefault(name, Account(name))

    def find(self, name: str) -> Account | None:
        """Return the account of that name, if there is one."""
        return self._accounts.get(name)

    def balance_of(self, name: str) -> Money:
        """Return an account's balance; one that is not there has none."""
        account = self.find(name)
        if account is None:
            return Money(0)
        return account.balance()

    def transfer(self, source: str, target: str, amount: Money, when: date) -> None:
        """Move money from one account to another."""
        text = f"{source} to {target}"
        self.open(source).book(Entry(when, text, -amount))
        self.open(target).book(Entry(when, text, amount))
