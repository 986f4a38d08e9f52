"""What the scripted engine says: which answers there are, and what each is."""

import pytest

from bench.actions.answers import GROUPS, KINDS, Expected, scripted
from bench.actions.cases import Case, read_cases
from lsp_server.actions.catalogue import Name

BALANCE = '''\
    def balance_of(self, name: str) -> Money:
        """Return an account's balance; one that is not there has none."""
'''
FOUND = """\
        account = self.find(name)
        if account is None:
            return Money(0)
"""
ELIDED = """\
    def balance_of(self, name: str) -> Money:
        # ... rest of the code unchanged ...
        return account.balance()
```
"""
CASES = {case.name: case for case in read_cases()}


def said(name: str, kind: str) -> tuple[str, ...]:
    found = scripted(CASES[name], [kind])
    return found[0].says if found else ()


def test_the_groups_hold_each_kind_once() -> None:
    grouped = [kind for kinds in GROUPS.values() for kind in kinds]
    assert sorted(grouped) == sorted(KINDS)


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
def test_each_case_has_right_bad_and_no_answers(case: Case) -> None:
    found = {one.kind: one for one in scripted(case, [*KINDS])}
    assert {"right", "second", "chatty", "orders", "empty", "patch"} <= found.keys()
    assert found["right"].expected is Expected.APPLIED
    texts = [one.says for one in found.values()]
    assert len({*texts}) == len(texts)


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        (
            "python/fix-optional-account",
            "right",
            f"{BALANCE}{FOUND}        return account.balance()\n```\n",
        ),
        (
            "python/fix-optional-account",
            "unchanged",
            f"{BALANCE}        return self.find(name).balance()\n```\n",
        ),
        (
            "python/fix-optional-account",
            "elided",
            ELIDED,
        ),
        (
            "python/fix-optional-account",
            "truncated",
            f"{BALANCE}        account = self.find(",
        ),
        (
            "python/document-book",
            "right",
            'Move money from one account to another."""\n```\n',
        ),
        (
            "cpp/document-reach",
            "right",
            " Dijkstra's algorithm, from one place to all.\n */\n```\n",
        ),
        ("python/generate-merge", "unchanged", None),
        ("python/tests-largest", "dropped", None),
        ("python/tests-largest", "empty", ""),
        ("java/fix-not-optional", "empty-block", "\n```\n"),
    ],
)
def test_answers_are_made_of_the_right_one(
    name: str, kind: str, says: str | None
) -> None:
    assert said(name, kind) == (() if says is None else (says,))


def test_the_second_answer_is_the_right_one() -> None:
    first, second = said("java/simplify-is-free", "mended")
    assert first != second
    assert (second,) == said("java/simplify-is-free", "right")


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
def test_what_is_said_of_documentation_can_be_no_more_than_a_comment(
    case: Case,
) -> None:
    expected = {one.kind: one.expected for one in scripted(case, ["broken", "patch"])}
    documents = case.action is Name.DOCUMENT
    wanted = Expected.HARMLESS if documents else Expected.REFUSED
    assert {*expected.values()} == {wanted}
