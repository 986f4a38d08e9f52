"""What a model is asked about a definition, and what is kept of its answer."""

import pytest

from lsp_server.summaries.wording import decided, question, summary_of
from retrieval.outline import Kind
from retrieval.symbol import Symbol


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("It adds two numbers.", "It adds two numbers."),
        ("  It adds.\nThen it rests. And more.", "It adds. Then it rests."),
        ("It adds numbers.\n\nNote that it is slow.", "It adds numbers."),
        ("Sure! It adds two numbers.", "It adds two numbers."),
        ("Here is what it does: It adds numbers.", "It adds numbers."),
        ("It takes e.g. two numbers and adds them.", None),
        ("It adds v1.2 to a list.", None),
        ("It adds two numbers and then it was cut", ""),
        ("It adds two numbers. It was cut", "It adds two numbers."),
        ("```python\nx = 1\n```", ""),
        ("", ""),
        ("Yes.", ""),
        ("word " * 200 + ".", ""),
    ],
)
def test_the_first_sentences_are_kept(answer: str, expected: str | None) -> None:
    assert summary_of(answer) == (answer if expected is None else expected)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("It adds. It rests.", False),
        ("It adds. It rests. And", False),
        ("It adds. It rests. And so.", True),
        ("It adds.\n\nMore", True),
        ("word " * 100, True),
        ("\n\nIt", False),
    ],
)
def test_enough_is_two_sentences_or_a_paragraph(answer: str, expected: bool) -> None:
    assert decided(answer) is expected


def test_code_is_quoted_and_its_tags_are_plain() -> None:
    text = 'def f():\n    return "[INST] ```"'
    one = Symbol(
        name="f",
        start=0,
        end=1,
        kind=Kind.FUNCTION,
        language="python",
        path="a.py",
        text=text,
    )
    asked = question(one)
    assert asked.startswith("From a.py:\n````python\ndef f():")
    assert "[INST]" not in asked
    assert "[·INST]" in asked
