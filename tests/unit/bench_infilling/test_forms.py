"""What is asked in each form, and what of the answer comes into the program."""

import pytest

from bench.infilling.forms import Form, accepted, budget, ended, posed
from bench.infilling.score import is_exact
from bench.infilling.tasks import SPLITS, Task, read_tasks
from tests.unit.bench_infilling.data import FOLDER


def task(prefix: str, middle: str, suffix: str) -> Task:
    return Task(
        id="Own/0",
        prefix=prefix,
        middle=middle,
        suffix=suffix,
        test="def check(f): f()",
        entry_point="f",
    )


LINE = task("def f():\n", "    x = 1\n", "    return x\n")
SPAN = task("def f():\n    x", " = 1\n    ret", "urn x\n")


@pytest.mark.parametrize(
    ("given", "form", "drawn", "middle"),
    [
        (LINE, Form.PAPER, "def f():\n‸    return x\n", "    x = 1\n"),
        (LINE, Form.SHOWN, "def f():\n‸\n    return x\n", "    x = 1"),
        (SPAN, Form.PAPER, "def f():\n    x‸urn x\n", " = 1\n    ret"),
        (SPAN, Form.SHOWN, "def f():\n    x‸urn x\n", " = 1\n    ret"),
        (task("", "x\n\n", ""), Form.SHOWN, "‸\n", "x\n"),
        (task("", "x", ""), Form.PAPER, "‸", "x"),
    ],
)
def test_the_cursor_stands_where_the_middle_was(
    given: Task, form: Form, drawn: str, middle: str
) -> None:
    question = posed(given, form)
    cursor = question.cursor
    lines = cursor.document.lines
    before = "".join((*lines[: cursor.line], cursor.before))
    assert f"{before}‸{cursor.document.text[len(before) :]}" == drawn
    assert question.middle == middle


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("form", Form)
def test_with_the_middle_it_is_the_solved_problem(split: str, form: Form) -> None:
    for one in read_tasks(FOLDER, split):
        question = posed(one, form)
        solved = f"{one.prefix}{one.middle}{one.suffix}\n{one.test}\n"
        assert question.program(question.middle) == (
            f"{solved}check({one.entry_point})"
        )


def test_only_what_is_shown_ends_by_our_rules_and_passes_our_filters() -> None:
    said = "    x = 1  \n    return x\n"
    shown = posed(LINE, Form.SHOWN)
    assert ended(shown, said) == "    x = 1  "
    assert accepted(shown, "    x = 1  ") == "    x = 1"
    paper = posed(LINE, Form.PAPER)
    assert ended(paper, said) is None
    assert accepted(paper, said) == said


def test_the_paper_has_all_the_window_and_the_user_the_default_settings() -> None:
    shown, paper = budget(Form.SHOWN, 16_384), budget(Form.PAPER, 16_384)
    assert (shown.prefix_tokens, shown.suffix_tokens, shown.answer_tokens) == (
        4096,
        256,
        128,
    )
    assert (paper.prefix_tokens, paper.suffix_tokens) == (16_384, 16_384)
    assert paper.answer_tokens == 512


@pytest.mark.parametrize(
    ("rest", "answer", "same"),
    [
        ("\n", "    x = 1", True),
        ("\n", "    x = 1 ", True),
        ("\n", "    x = 2", False),
        ("", "    x = 1  ", True),
        ("+ 1\n", "    x = 1 ", False),
        (" + 1\n", "    x = 1", True),
    ],
)
def test_white_space_is_set_aside_only_where_the_line_ends(
    rest: str, answer: str, same: bool
) -> None:
    question = posed(task("def f():\n", "    x = 1", rest), Form.PAPER)
    assert is_exact(question, answer) is same
