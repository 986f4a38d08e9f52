"""What is still known at a later place."""

import pytest

from lsp_server.ghost.memory import Memory
from tests.marked import at


def told(*answers: tuple[str, str]) -> Memory:
    memory = Memory()
    for number, (drawn, text) in enumerate(answers):
        memory.remember(number, at(drawn), text)
    return memory


def rest(memory: Memory, drawn: str) -> str | None:
    recalled = memory.recall(at(drawn))
    return None if recalled is None else recalled.rest


ADD = ("def add(a, b):\n    return ‸\n", "a + b\n\nx = 1")


@pytest.mark.parametrize(
    ("drawn", "left"),
    [
        ("def add(a, b):\n    return ‸\n", "a + b\n\nx = 1"),
        ("def add(a, b):\n    return a ‸\n", "+ b\n\nx = 1"),
        ("def add(a, b):\n    return a + b‸\n", "\n\nx = 1"),
        ("def add(a, b):\n    return a + b\n\nx‸\n", " = 1"),
        ("import os\n\ndef add(a, b):\n    return a‸\n", " + b\n\nx = 1"),
        ("def add(a, b):\n    return b‸\n", None),
        ("def add(a, b):\n    return a + b\n\nx = 1‸\n", None),
        ("def add(a, b):\n    retur‸\n", None),
    ],
)
def test_the_rest_of_an_answer_is_known_wherever_it_was_typed_to(
    drawn: str, left: str | None
) -> None:
    above = "import os\n\n" if drawn.startswith("import") else ""
    assert rest(told((above + ADD[0], ADD[1])), drawn) == left


def test_backspace_comes_back_to_an_answer() -> None:
    memory = told(("x = f‸", "irst"), ("x = fo‸", "und"))
    assert rest(memory, "x = fou‸") == "nd"
    assert rest(memory, "x = fi‸") == "rst"
    assert rest(memory, "x = f‸") == "irst"


TWO = """\
def load_users(path):
    with open(path) as file:
        data = json.load(file)
    result = []
    for {}
    return result


def load_orders(path):
    with open(path) as file:
        data = json.load(file)
    result = []
    for {}
    return result
"""
LONG = "def total(prices):\n    # adds\n    # all of it\n    # together\n    acc = 0\n    for {}"
METHOD = "class A {{\n  int f(int a)\n  {{\n    if (a) {{\n      b();\n      c();\n      d();\n      {}\n"


@pytest.mark.parametrize(
    ("first", "then", "known"),
    [
        pytest.param(TWO.format("‸", ""), TWO.format("", "‸"), False, id="elsewhere"),
        pytest.param(TWO.format("", "‸"), TWO.format("‸", ""), False, id="and up"),
        pytest.param(
            TWO.format("‸", ""), "import os\n" + TWO.format("‸", ""), True, id="moved"
        ),
        pytest.param(
            TWO.format("‸", ""),
            TWO.format("‸", "") + "x = 1\n",
            True,
            id="edited below",
        ),
        pytest.param(
            TWO.format("‸", ""),
            "import os\n" + TWO.format("‸", "") + "x = 1\n",
            False,
            id="edited on both sides",
        ),
        pytest.param(
            LONG.format("‸"),
            LONG.format("‸").replace("prices", "amounts"),
            False,
            id="another name",
        ),
        pytest.param(
            LONG.format("‸"),
            LONG.format("a‸").replace("prices", "amounts"),
            True,
            id="another name, but typed along",
        ),
        pytest.param(
            "import a\n" + LONG.format("‸"),
            "import b\n" + LONG.format("‸"),
            True,
            id="edited outside of the function",
        ),
        pytest.param(
            METHOD.format("‸"),
            METHOD.format("‸").replace("int a", "int b"),
            False,
            id="another name, in brackets",
        ),
        pytest.param(
            METHOD.format("‸"),
            METHOD.format("‸").replace("class A", "class B"),
            True,
            id="edited outside of the method",
        ),
        pytest.param("a\nb\nc\nd\n‸", "x\nb\nc\nd\n‸", True, id="no definition"),
    ],
)
def test_a_cursor_that_comes_back_must_come_back_to_the_same(
    first: str, then: str, *, known: bool
) -> None:
    assert (rest(told((first, "abc")), then) is not None) is known


def test_the_newest_answer_counts() -> None:
    assert rest(told(("x‸", "old"), ("x‸", "new")), "x‸") == "new"


def test_another_candidate_counts_where_the_likeliest_answer_does_not() -> None:
    memory = told(("x = ‸", "one"))
    memory.remember(9, at("x = ‸"), "two", behind=True)
    assert rest(memory, "x = ‸") == "one"
    assert rest(memory, "x = t‸") == "wo"


def test_an_answer_that_was_typed_to_its_end_gives_way_to_the_next() -> None:
    memory = told(("a‸", "bc"), ("abc‸", "def"), ("a‸", "bc"))
    assert rest(memory, "abc‸") == "def"
    assert rest(memory, "abcd‸") == "ef"


@pytest.mark.parametrize(
    ("drawn", "known"),
    [("a = ‸\nb", True), ("a = ‸\nb\nc", False), ("a =‸ \nb", False)],
)
def test_that_nothing_comes_holds_where_nothing_has_changed(
    drawn: str, *, known: bool
) -> None:
    assert (rest(told(("a = ‸\nb", "")), drawn) is not None) is known


def test_a_document_that_was_closed_is_forgotten() -> None:
    memory = told(("a‸", "b"))
    memory.forget("file:///a.py")
    assert rest(memory, "a‸") is None


def test_documents_do_not_know_of_each_other() -> None:
    memory = told(("a‸", "b"))
    assert memory.recall(at("a‸", uri="file:///other.py")) is None


def test_only_the_newest_answers_are_kept() -> None:
    memory = told(*((f"line{number}‸", "x") for number in range(40)))
    assert rest(memory, "line0‸") is None
    assert rest(memory, "line39‸") == "x"
