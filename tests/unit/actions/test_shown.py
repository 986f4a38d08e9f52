"""Whether what was shown is in the document now."""

import pytest

from lsp_server.actions.shown import Shown
from retrieval.source import Document, split_lines

BEFORE = "def f():\n    one\n    two\n\nend\n"


def document(text: str) -> Document:
    return Document(uri="u", language="python", version=1, lines=split_lines(text))


def accepted(after: str, *versions: str, before: str = BEFORE) -> list[str]:
    """Show an edit; return the keys that are accepted while the document changes."""
    keys: list[str] = []
    shown = Shown(keys.append)
    shown.show("k", document(before), document(after))
    for version in versions:
        shown.look(document(version))
    return keys


@pytest.mark.parametrize(
    "after",
    [
        BEFORE.replace("one", "1"),
        BEFORE.replace("    two\n", ""),
        "import x\n" + BEFORE.replace("two", "x.two"),
        BEFORE + "more\n",
        "",
    ],
    ids=["a word", "a line less", "two places", "at the end", "all"],
)
def test_an_edit_that_was_put_in_is_found_once(after: str) -> None:
    assert accepted(after, after) == ["k"]
    assert accepted(after, after, after) == ["k"]


@pytest.mark.parametrize(
    "version",
    [BEFORE, BEFORE.replace("one", "2"), "\n" + BEFORE.replace("one", "1")],
    ids=["nothing was put in", "something else", "moved away"],
)
def test_what_was_not_put_in_is_not_found(version: str) -> None:
    assert accepted(BEFORE.replace("one", "1"), version) == []


def test_a_line_that_was_not_taken_away_is_not_found() -> None:
    assert accepted(BEFORE.replace("    two\n", ""), BEFORE) == []


def test_an_edit_beside_others_is_found() -> None:
    after = BEFORE.replace("one", "1")
    assert accepted(after, after.replace("end", "the end")) == ["k"]


def test_a_new_edit_takes_the_place_of_the_one_before() -> None:
    keys: list[str] = []
    shown = Shown(keys.append)
    shown.show("first", document(BEFORE), document(BEFORE.replace("one", "1")))
    shown.show("second", document(BEFORE), document(BEFORE.replace("two", "2")))
    shown.look(document(BEFORE.replace("one", "1")))
    assert keys == []
    shown.accept("u")
    shown.accept("u")
    assert keys == ["second"]


def test_a_closed_document_is_forgotten() -> None:
    keys: list[str] = []
    shown = Shown(keys.append)
    shown.show("k", document(BEFORE), document(""))
    shown.forget("u")
    shown.look(document(""))
    assert keys == []
