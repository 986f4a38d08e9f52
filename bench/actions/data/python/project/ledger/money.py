"""Amounts of money that never lose a cent."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WRITTEN = re.compile(r"(-?)(\d+)(?:\.(\d{1,2}))? ([A-Z]{3})")


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were combined."""


@dataclass(frozen=True, order=True)
class Money:
    """An amount in the smallest unit of its currency."""

    cents: int
    currency: str = "EUR"

    def __add__(self, other: Money) -> Money:
        self._must_match(other)
        return Money(self.cents + other.cents, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._must_match(other)
        return Money(self.cents - other.cents, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.cents, self.currency)

    def __str__(self) -> str:
        sign = "-" if self.cents < 0 else ""
        whole, rest = divmod(abs(self.cents), 100)
        return f"{sign}{whole}.{rest:02} {self.currency}"

    def split(self, parts: int) -> list[Money]:
        """Divide the amount into ``parts`` shares that differ by a cent at most.

        The first shares get the cents that cannot be divided, so that the shares always
        add up to the amount. Raises ValueError for fewer than one part.
        """
        if parts < 1:
            raise ValueError("an amount is split into one part at least")
        share, left = divmod(self.cents, parts)
        return [
            Money(share + (1 if number < left else 0), self.currency)
            for number in range(parts)
        ]

    def _must_match(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} is not {other.currency}")


def parse_money(text: str) -> Money:
    """Read an amount as it is written, "-12.5 EUR"; raises ValueError."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no amount")
    sign, whole, rest, currency = found.groups()
    cents = int(whole) * 100 + int((rest or "").ljust(2, "0"))
    return Money(-cents if sign else cents, currency)


def total(amounts: list[Money], currency: str = "EUR") -> Money:
    """Add up amounts of one currency; nothing is zero of ``currency``."""
    if not amounts:
        return Money(0, currency)
    first, *others = amounts
    for other in others:
        first = first + other
    return first
