"""What helps to work on some lines, and in which order."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.gather import estimated
from retrieval.related import Work, related
from retrieval.source import Origin, Snippet
from tests.unit.retrieval.asked import query, repository

MONEY = '''\
"""Money."""


class Base:
    """What all amounts have."""

    def rounded(self):
        return self


class Money(Base):
    def convert(self, rates):
        return Money(self.amount * rates.factor)

    def rounded(self):
        return round(self.amount)
'''
RATES = "class Rates:\n    factor = 2\n\n\ndef load():\n    return Rates()\n"
PAY = """\
from shop.money import Money
from shop.rates import Rates


def helper(money):
    return money


def pay(money: Money, rates: Rates):
    amount = helper(money)
    return amount.convert(rates)


def unrelated():
    return 1
"""
CALLER = """\
from shop.pay import pay


def checkout(cart):
    total = cart.total
    return pay(total, None)


def other():
    return 2
"""
TEST = """\
from shop.pay import pay


def test_pay_converts():
    assert pay(1, 2) == 2
"""
FILES = {
    "shop/money.py": MONEY,
    "shop/rates.py": RATES,
    "shop/checkout.py": CALLER,
    "tests/test_pay.py": TEST,
    "far/away.py": "def unheard_of():\n    pass\n",
}
PAY_LINES = (8, 10)


def found(
    folder: Path,
    first: int,
    last: int,
    *,
    budget: int = 2_000,
    kind: str = "",
    files: Mapping[str, str] = FILES,
    text: str = PAY,
) -> tuple[Snippet, ...]:
    asked = query("shop/pay.py", text + "‸")
    with repository(folder, files, asked) as index:
        work = Work(
            document=asked.cursor.document,
            path="shop/pay.py",
            first=first,
            last=last,
            kind=kind,
        )
        return related(index, work, budget=budget, cost=estimated)


def whys(snippets: tuple[Snippet, ...]) -> list[str]:
    """Return what is told of each but for what ``gather`` has added."""
    return [
        f"{one.path}: {one.why}"
        for one in snippets
        if not one.why.startswith("like the lines")
    ]


def test_what_is_used_stands_last_whole_and_in_its_order(tmp_path: Path) -> None:
    snippets = found(tmp_path, *PAY_LINES, budget=400)
    assert whys(snippets) == [
        "tests/test_pay.py: tests of this file",
        "tests/test_pay.py: a test of pay",
        "shop/checkout.py: uses pay",
        "shop/pay.py: used here: helper",
        "shop/rates.py: used here: Rates",
        "shop/money.py: used here: Money",
    ]
    assert snippets[-1].text.startswith("class Money(Base):\n    def convert")
    assert snippets[-4].text == (
        "def checkout(cart):\n    total = cart.total\n    return pay(total, None)"
    )
    assert snippets[-3].text == "def helper(money):\n    return money"


def test_each_tells_by_what_it_was_found(tmp_path: Path) -> None:
    small = found(tmp_path / "small", *PAY_LINES, budget=400)
    assert [one.origins for one in small[-6:]] == [
        *[(Origin.FILE,), (Origin.OTHER,), (Origin.OTHER,)],
        *[(Origin.DEFINITION,)] * 3,
    ]
    large = found(tmp_path / "large", *PAY_LINES, budget=20_000)
    assert {one.origins for one in large if "whole file" in one.why} == {(Origin.FILE,)}
    assert all(one.origins for one in (*small, *large))


def test_for_tests_the_tests_stand_last(tmp_path: Path) -> None:
    snippets = found(tmp_path, *PAY_LINES, budget=400, kind="tests")
    assert whys(snippets)[-1] == "tests/test_pay.py: a test of pay"


def test_a_large_budget_brings_whole_files_and_no_line_twice(tmp_path: Path) -> None:
    snippets = found(tmp_path, *PAY_LINES, budget=20_000)
    assert [one.path for one in snippets if "whole file" in one.why] == [
        "shop/checkout.py",
        "shop/rates.py",
        "shop/money.py",
    ]
    rows = [
        (one.path, row)
        for one in snippets
        for first, last in one.parts or ((one.start_line, one.end_line),)
        for row in range(first, last + 1)
    ]
    assert len(rows) == len(set(rows))


def test_a_method_brings_its_base_and_its_class(tmp_path: Path) -> None:
    text = (
        "from shop.money import Base\n\n\nclass Coin(Base):\n    size = 1\n\n"
        "    def rounded(self):\n        return self.size\n\n"
        "    def other(self):\n        return 3\n"
    )
    snippets = found(tmp_path, 6, 7, budget=300, text=text)
    assert whys(snippets)[-4:] == [
        "shop/money.py: a base of Coin",
        "shop/pay.py: the class here: Coin",
        "shop/money.py: rounded, as a base has it",
        "shop/pay.py: used here: size",
    ]
    assert "def other(self)" in snippets[-3].text
    assert "return self.size" not in snippets[-3].text


def test_a_long_class_is_shown_by_the_heads_of_its_members(tmp_path: Path) -> None:
    methods = (
        f"    def m{n}(self):\n        a = {n}\n        return a\n\n" for n in range(40)
    )
    files = {"shop/money.py": "class Money:\n" + "".join(methods)}
    (one,) = found(tmp_path, *PAY_LINES, budget=700, files=files)[-1:]
    assert one.text.startswith(
        "class Money:\n    def m0(self):\n...\n    def m1(self):"
    )
    assert "return a" not in one.text


@pytest.mark.parametrize("path", ["shop/pay.txt", "shop/pay.unknown"])
def test_without_a_grammar_nothing_fails(tmp_path: Path, path: str) -> None:
    asked = query(path, "Money convert rates factor\n‸")
    with repository(tmp_path, FILES, asked) as index:
        work = Work(document=asked.cursor.document, path=path, first=0, last=99)
        related(index, work, budget=1_000, cost=estimated)


def test_secrets_and_ignored_files_are_never_among_it(tmp_path: Path) -> None:
    files = FILES | {
        ".gitignore": "hidden.py\n",
        "shop/hidden.py": "from shop.pay import pay\npay(1, 2)\n",
        ".env": "pay=hidden\n",
    }
    for budget in (300, 90_000):
        snippets = found(tmp_path / f"{budget}", *PAY_LINES, budget=budget, files=files)
        assert not {one.path for one in snippets} & {"shop/hidden.py", ".env"}


@given(
    budget=st.integers(0, 3_000),
    lines=st.tuples(st.integers(0, 20), st.integers(0, 20)),
    kind=st.sampled_from(["", "tests", "explain", "fix"]),
)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_budget_is_kept_whatever_is_asked(
    tmp_path_factory: pytest.TempPathFactory,
    budget: int,
    lines: tuple[int, int],
    kind: str,
) -> None:
    folder = tmp_path_factory.mktemp("related")
    first, last = min(lines), max(lines)
    snippets = found(folder, first, last, budget=budget, kind=kind)
    assert sum(one.tokens for one in snippets) <= budget
    for one in snippets:
        assert one.tokens == estimated(one.path, one.text)
        if one.path == "shop/pay.py":
            for row in range(first, min(last, 14) + 1):
                parts = one.parts or ((one.start_line, one.end_line),)
                assert all(not a <= row <= b for a, b in parts)
