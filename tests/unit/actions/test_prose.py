import pytest

from lsp_server.actions.prose import is_prose, is_sentence

SENTENCES = [
    "Here is the fixed code:",
    "Sure! Here you go.",
    "The function adds the prices of all items.",
    "I am sorry, but I cannot help with that.",
    "1. The first loop was removed.",
    "- It uses `sum` instead of the loop",
    "Note: this changes the order.",
]
CODE = [
    "x = 1",
    "return found",
    "if x is not None and y in z:",
    "public int total(List<Item> items) {",
    "SELECT name, price FROM items WHERE id = 1;",
    "Total=$((Total + 1))",
    "echo Here it is",
    "String name;",
    "Item item = items.get(0);",
    "import os",
    "#include <vector>",
    "}",
    "Foo::bar(1);",
    "const total = 1;",
    "Yes()",
]


@pytest.mark.parametrize("line", SENTENCES)
def test_sentences_are_told(line: str) -> None:
    assert is_sentence(line)
    assert is_prose([line, "", line])


@pytest.mark.parametrize("line", CODE)
def test_code_is_no_sentence(line: str) -> None:
    assert not is_sentence(line)
    assert not is_prose([SENTENCES[0], line])


def test_nothing_is_prose() -> None:
    assert is_prose([])
    assert is_prose([" "])
