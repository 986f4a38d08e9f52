import unittest
from datetime import date

from ledger.entries import Entry
from ledger.money import Money
from ledger.statement import BadStatement, merge_statements, read_statement

TEXT = "date;text;amount\n2024-05-02;Rent  May;-800.00 EUR\n\n2024-05-01;Pay;2000 EUR\n"


class StatementTest(unittest.TestCase):
    def test_lines_become_entries(self) -> None:
        rent, pay = read_statement(TEXT, ["bank"])
        self.assertEqual(rent.text, "Rent May")
        self.assertEqual(rent.amount, Money(-80000))
        self.assertEqual(pay.booked, date(2024, 5, 1))
        self.assertEqual(pay.tags, {"bank"})

    def test_tags_of_one_statement_are_not_those_of_the_next(self) -> None:
        read_statement(TEXT, ["bank"])
        self.assertEqual(read_statement(TEXT)[0].tags, frozenset())

    def test_a_bad_line_is_named(self) -> None:
        with self.assertRaisesRegex(BadStatement, "line 2"):
            read_statement("date;text;amount\n2024-13-01;x;1 EUR\n")

    def test_merged_statements_hold_each_entry_once(self) -> None:
        one = Entry(date(2024, 5, 2), "a", Money(1))
        two = Entry(date(2024, 5, 1), "b", Money(2))
        self.assertEqual(merge_statements([one, two], [two]), [two, one])
