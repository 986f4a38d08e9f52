"""What is shown while somebody types along an answer, key by key."""

import pytest

from lsp_server.ghost.filters import shown
from lsp_server.ghost.memory import Memory
from lsp_server.ghost.steady import still_shown
from tests.marked import MARK, at

MANY = 12
IF = "if (isFinite(v)) {\n    return v\n  }"
BLOCK = "if not self.open:\n            if not self.open:\n                raise ValueError("
CALL = "self.again(self.change(edit)\n\n    def __init__(self, edit):\n        self.b(edit)"
CLASS = "class A:\n    def g(self, edit):\n        ‸\n        return 1\n"


def along(answer: str, *drawn: str, language: str = "python") -> list[str]:
    """Return what is shown at each place, the first of which is the answer's own."""
    memory, found = Memory(), []
    cursors = [at(one, language=language, uri="file:///a") for one in drawn]
    memory.remember(1, cursors[0], answer)
    for cursor in cursors:
        known = memory.recall(cursor)
        assert known is not None
        found.append(still_shown(known, cursor, MANY))
    return found


@pytest.mark.parametrize(
    ("drawn", "answer"),
    [
        pytest.param("def f(self):\n    if a:\n        ‸\n", BLOCK, id="cut at first"),
        pytest.param(CLASS, CALL, id="a bracket that is never closed"),
        pytest.param("def f():\n    ‸\n", "a = 1\n    return a", id="all of it"),
        pytest.param("x = ‸\n", "a + b", id="a line"),
    ],
)
def test_each_rest_is_the_rest_of_what_was_shown_first(drawn: str, answer: str) -> None:
    before, _, after = drawn.partition(MARK)
    text = shown(answer, at(drawn), MANY)
    ends = range(len(text.rstrip()))
    places = [f"{before}{text[:end]}{MARK}{after}" for end in ends]
    assert along(answer, *places) == [text[end:] for end in ends]


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        pytest.param(
            ["  ‸\n}", "  if (‸)\n}", "  if (isFinite(v)‸)\n}"],
            [IF, "isFinite(v)", ""],
            id="brackets that the editor closed are the filters'",
        ),
        pytest.param(
            ["  ‸\n}", "  if (‸)\n}", "  if (is‸)\n}", "  if (isFinite(v))‸\n}"],
            [IF, "isFinite(v)", "Finite(v)", IF.removeprefix("if (isFinite(v))")],
            id="typed over, the block is back",
        ),
        pytest.param(
            [
                "  ‸\n}",
                "  if (isFinite(v)) {‸}\n}",
                "  if (isFinite(v)) {\n    ‸\n  }\n}",
            ],
            [IF, "\n    return v\n  ", "return v"],
            id="a bracket that Enter took down is not said again",
        ),
        pytest.param(
            ["  ‸\n}", "  if‸\n}", "  ‸\n}", "  if (‸\n}"],
            [IF, IF.removeprefix("if"), IF, IF.removeprefix("if (")],
            id="taken back, and typed again",
        ),
    ],
)
def test_brackets_that_come_and_go(drawn: list[str], expected: list[str]) -> None:
    places = [f"function f(v) {{\n{one}\n" for one in drawn]
    assert along(IF, *places, language="typescript") == expected


@pytest.mark.parametrize("answer", [BLOCK, CALL, IF, "f(a, [b, {c: d}], (e))"])
@pytest.mark.parametrize("drawn", ["{\n  ‸\n}", CLASS])
def test_an_editor_that_closes_brackets_never_makes_it_longer(
    drawn: str, answer: str
) -> None:
    before, _, after = drawn.partition(MARK)
    text = shown(answer, at(drawn), MANY)
    open_, places = "", []
    for end, sign in enumerate(text.rstrip()):
        places.append(f"{before}{text[:end]}{MARK}{open_[::-1]}{after}")
        close = {"(": ")", "[": "]", "{": "}"}.get(sign)
        if close is not None:
            open_ += close
        elif open_ and sign == open_[-1]:
            open_ = open_[:-1]
        elif open_ and sign == "\n":
            break
    for end, rest in enumerate(along(answer, *places)):
        assert rest.count("\n") <= text[end:].count("\n"), places[end]
