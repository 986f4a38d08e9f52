import unittest

from ledger.money import CurrencyMismatch, Money, parse_money, total


class MoneyTest(unittest.TestCase):
    def test_amounts_of_one_currency_add_up(self) -> None:
        self.assertEqual(Money(150) + Money(275), Money(425))
        self.assertEqual(Money(150) - Money(275), Money(-125))

    def test_currencies_do_not_mix(self) -> None:
        with self.assertRaises(CurrencyMismatch):
            Money(1, "EUR") + Money(1, "USD")

    def test_a_split_loses_nothing(self) -> None:
        shares = Money(100).split(3)
        self.assertEqual(shares, [Money(34), Money(33), Money(33)])
        self.assertEqual(total(shares), Money(100))

    def test_nothing_is_split_into_no_parts(self) -> None:
        with self.assertRaises(ValueError):
            Money(100).split(0)

    def test_written_amounts_are_read(self) -> None:
        self.assertEqual(parse_money("12.5 EUR"), Money(1250))
        self.assertEqual(parse_money(" -3 USD "), Money(-300, "USD"))

    def test_they_are_written_as_they_are_read(self) -> None:
        self.assertEqual(str(Money(-1205)), "-12.05 EUR")

    def test_nothing_adds_up_to_zero(self) -> None:
        self.assertEqual(total([], "USD"), Money(0, "USD"))
