import pytest

from lsp_server.actions.catalogue import Name
from lsp_server.actions.offers import offered
from lsp_server.actions.situation import Finding
from retrieval.outline import Definition
from tests.unit.actions.places import finding, situation

N = Name


def names(drawn: str, language: str = "python", *, asked: bool = True) -> list[Name]:
    return [
        offer.action.name for offer in offered(situation(drawn, language), asked=asked)
    ]


IN_FUNCTION = [N.EXPLAIN, N.SIMPLIFY, N.RENAME, N.TYPES, N.REWRITE, N.DOCUMENT, N.TESTS]


@pytest.mark.parametrize(
    ("drawn", "language", "expected"),
    [
        ("def f(x):\n    ‸return x\n", "python", IN_FUNCTION),
        (
            "int f(int x) {\n    ‸return x;\n}\n",
            "cpp",
            [name for name in IN_FUNCTION if name is not N.TYPES],
        ),
        (
            "def f(x):\n    «y = x»\n    return y\n",
            "python",
            [
                *(N.EXPLAIN, N.SIMPLIFY, N.EXTRACT, N.TYPES, N.REWRITE),
                *(N.DOCUMENT, N.TESTS),
            ],
        ),
        (
            "# add‸ one\nx = 1\n",
            "python",
            [N.EXPLAIN, N.GENERATE],
        ),
        ("«x = 1»\n", "python", [N.EXPLAIN, N.SIMPLIFY, N.TYPES, N.REWRITE]),
        ("\0‸", "python", []),
    ],
)
def test_only_what_makes_sense_is_offered(
    drawn: str, language: str, expected: list[Name]
) -> None:
    assert names(drawn, language) == expected


def test_an_editor_that_asks_by_itself_gets_fixes_only() -> None:
    drawn = "def f(x):\n    ‸return y\n"
    place = situation(drawn, findings=(finding(1, "undefined name"),))
    assert names(drawn, asked=False) == []
    (only,) = offered(place, asked=False)
    assert (only.action.kind, only.title) == ("quickfix", "Fix: undefined name")
    assert N.EXPLAIN in names("«x = 1»\n", asked=False)


def test_findings_are_fixed_one_by_one_and_together() -> None:
    messages = ("no x\nsee there", "y" * 200, "no x.")
    found = tuple(finding(0, message) for message in messages)
    fixes = [
        (offer.title, offer.findings)
        for offer in offered(situation("‸x = 1\n", findings=found), asked=False)
    ]
    assert fixes == [
        ("Fix: no x", (found[0],)),
        (f"Fix: {'y' * 89}…", (found[1],)),
        ("Fix: no x", (found[2],)),
        ("Fix all 3 problems here", found),
    ]


def test_a_finding_outside_the_document_is_not_offered() -> None:
    found: tuple[Finding, ...] = (finding(7), finding(0, "a"), finding(0, "a"))
    titles = [
        one.title for one in offered(situation("‸x\n", findings=found), asked=False)
    ]
    assert titles == ["Fix: a"]


def test_documentation_that_is_there_can_be_rewritten() -> None:
    drawn = 'def f():\n    """Do."""\n    ‸pass\n'
    titles = [one.title for one in offered(situation(drawn), asked=True)]
    assert "Rewrite documentation of f" in titles


def test_a_summary_is_offered_of_what_has_one() -> None:
    place = situation("class A:\n    def f(self):\n        a = 1\n        ‸g(a)\n")
    seen: list[str] = []

    def summarizable(one: Definition) -> bool:
        seen.append(one.name)
        return True

    titles = [
        one.title for one in offered(place, asked=True, summarizable=summarizable)
    ]
    assert seen == ["f"]
    assert titles[-1] == "Summarise f anew"
    assert titles[:-1] == [one.title for one in offered(place, asked=True)]


def test_of_many_findings_the_nearest_can_be_fixed() -> None:
    found = tuple(finding(line, f"no {line}") for line in range(500))
    drawn = "x = (\n" * 300 + "‸x = (\n" + "x = (\n" * 199
    *single, every = offered(situation(drawn, findings=found), asked=False)
    assert [one.findings[0].start[0] for one in single] == [*range(290, 310)]
    assert every.title == "Fix all 20 problems here"


def test_tests_are_not_tested() -> None:
    assert N.TESTS not in names("def test_f():\n    ‸pass\n")


def test_a_selection_that_is_too_long_is_offered_and_says_so_when_chosen() -> None:
    assert N.SIMPLIFY in names("«" + "f(x)\n" * 50_000 + "»")
