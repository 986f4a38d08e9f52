import unittest
from datetime import date

from ledger.entries import Entry
from ledger.money import Money
from ledger.report import by_month, by_tag, render

ENTRIES = [
    Entry(date(2024, 6, 1), "rent", Money(-800), frozenset({"home"})),
    Entry(date(2024, 5, 1), "pay", Money(2000)),
    Entry(date(2024, 5, 9), "rent", Money(-800), frozenset({"home"})),
]


class ReportTest(unittest.TestCase):
    def test_months_are_summed_up_in_order(self) -> None:
        sums = by_month(ENTRIES)
        self.assertEqual(list(sums), ["2024-05", "2024-06"])
        self.assertEqual(sums["2024-05"], Money(1200))

    def test_what_has_no_tag_is_other(self) -> None:
        self.assertEqual(by_tag(ENTRIES), {"home": Money(-1600), "other": Money(2000)})

    def test_a_table_ends_with_the_total(self) -> None:
        text = render("May", {"a": Money(100), "b": Money(50)})
        self.assertEqual(text.splitlines()[-1].split(), ["total", "1.50", "EUR"])

    def test_a_table_of_nothing_has_no_total(self) -> None:
        self.assertNotIn("total", render("May", {}))
