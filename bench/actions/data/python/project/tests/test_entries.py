import unittest
from datetime import date

from ledger.entries import Account, Book, Entry
from ledger.money import Money


class AccountTest(unittest.TestCase):
    def test_entries_stand_in_the_order_of_their_dates(self) -> None:
        account = Account("cash")
        for day in (3, 1, 2):
            account.book(Entry(date(2024, 5, day), "x", Money(day)))
        self.assertEqual([one.amount.cents for one in account.entries], [1, 2, 3])

    def test_a_balance_counts_to_the_day(self) -> None:
        account = Account("cash")
        account.book(Entry(date(2024, 5, 1), "in", Money(500)))
        account.book(Entry(date(2024, 5, 2), "out", Money(-200)))
        self.assertEqual(account.balance(date(2024, 5, 1)), Money(500))
        self.assertEqual(account.balance(), Money(300))

    def test_accounts_share_no_entries(self) -> None:
        Account("one").book(Entry(date(2024, 5, 1), "x", Money(1)))
        self.assertEqual(Account("two").entries, [])


class BookTest(unittest.TestCase):
    def test_a_transfer_is_booked_twice(self) -> None:
        book = Book()
        book.transfer("bank", "cash", Money(5000), date(2024, 5, 1))
        self.assertEqual(book.balance_of("bank"), Money(-5000))
        self.assertEqual(book.balance_of("cash"), Money(5000))

    def test_an_account_that_is_not_there_has_nothing(self) -> None:
        self.assertEqual(Book().balance_of("nowhere"), Money(0))
