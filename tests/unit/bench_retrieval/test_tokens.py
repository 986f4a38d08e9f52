"""How contexts are counted and cut: alike for all."""

import pytest

from bench.retrieval.found import Found
from bench.retrieval.tokens import Tokens
from lsp_server.engine.models import DEMO_FOLDER
from lsp_server.prompt.infill import load
from lsp_server.prompt.snippets import commented

TOKENS = Tokens(DEMO_FOLDER)
TWO = [Found("a.py", "one = 1\ntwo = 2\nthree = 3"), Found("b.py", "four = 4")]


def cost(found: Found) -> int:
    return TOKENS.cost(found, "#")


def test_the_cost_is_what_the_models_tokenizer_says() -> None:
    encoder = load(DEMO_FOLDER).encoder
    written = commented(TWO[0].path, TWO[0].text, "#")
    assert cost(TWO[0]) == len(encoder.encode_infilling(written))


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        (cost(TWO[0]) + cost(TWO[1]), TWO),
        (cost(TWO[0]) + cost(TWO[1]) - 1, TWO[:1]),
        (cost(TWO[0]), TWO[:1]),
        (cost(TWO[0]) - 1, [Found("a.py", "one = 1\ntwo = 2")]),
        (cost(Found("a.py", "one = 1")), [Found("a.py", "one = 1")]),
        (cost(Found("a.py", "one = 1")) - 1, []),
        (0, []),
    ],
)
def test_what_passes_the_budget_is_cut_at_whole_lines(
    budget: int, expected: list[Found]
) -> None:
    assert TOKENS.cut(TWO, "#", budget) == expected


@pytest.mark.parametrize("budget", range(0, 120, 7))
def test_a_cut_context_keeps_to_its_budget(budget: int) -> None:
    assert sum(map(cost, TOKENS.cut(TWO * 3, "#", budget))) <= budget


def test_the_last_lines_are_those_that_fit() -> None:
    lines = ["one = 1", "two = 2", "three = 3"]
    room = TOKENS.count("two = 2\nthree = 3\n")
    assert TOKENS.last(lines, room) == lines[1:]
    assert TOKENS.last(lines, room - 1) == lines[2:]
    assert TOKENS.last(lines, 0) == []
    assert TOKENS.last(lines, 1_000) == lines
