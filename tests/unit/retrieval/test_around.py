"""What the open document's tree says around the cursor."""

from pathlib import Path

import pytest

from retrieval.around import Surroundings, surroundings
from retrieval.near import Query
from tests.unit.retrieval.asked import query, repository

FILES = {"shop/cart.py": "class Cart: ...\n", "shop/other.py": "other = 1\n"}
DRAWN = (
    "from shop.cart import Cart\n\n\nclass Here:\n    def method(self, cart: Cart):\n"
    "        cart.‸\n"
)


def read(folder: Path, asked: Query, *, is_open: bool = True) -> Surroundings:
    with repository(folder, FILES, *[asked] * is_open) as index:
        return surroundings(index, asked)


def scope(here: Surroundings) -> list[str]:
    return [one.name for one in here.scope]


def types(here: Surroundings) -> dict[str, str]:
    return {one.name: one.type for one in here.bindings}


@pytest.mark.parametrize("is_open", [True, False])
def test_a_document_says_where_the_cursor_is_and_what_it_imports(
    tmp_path: Path, *, is_open: bool
) -> None:
    here = read(tmp_path, query("here.py", DRAWN), is_open=is_open)
    assert here.line == 5
    assert here.imported == ("shop/cart.py",)
    assert scope(here) == ["Here", "method"]
    assert types(here) == {"cart": "Cart"}


def test_the_document_as_it_was_asked_about_counts(tmp_path: Path) -> None:
    before, now = query("here.py", "other = 1\n‸"), query("here.py", DRAWN)
    with repository(tmp_path, FILES, before) as index:
        assert scope(surroundings(index, now)) == ["Here", "method"]


@pytest.mark.parametrize("path", ["notes.txt", "Makefile", "data.yaml"])
def test_a_document_without_a_grammar_says_little(tmp_path: Path, path: str) -> None:
    here = read(tmp_path, query(path, "one\ntwo‸\n"))
    assert (here.line, here.outline.definitions, here.imported) == (1, (), ())
    assert (here.bindings, here.scope) == ((), ())


def test_a_broken_document_says_what_can_be_had(tmp_path: Path) -> None:
    here = read(tmp_path, query("here.py", DRAWN + "        def (((\n  class\n"))
    assert here.imported == ("shop/cart.py",)
    assert types(here) == {"cart": "Cart"}


def test_an_empty_document_says_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, query("here.py", "‸")) == Surroundings(line=0)


def long(*, top: int = 0, before: int, after: int) -> Query:
    """Return a cursor in a method with so many lines above its class, and around it."""
    filler = "    field = 1\n"
    imports, rest = DRAWN.split("class Here:\n")
    top_lines = "top = 1\n" * top
    above = f"{imports}{top_lines}class Here:\n{filler * before}"
    return query("here.py", f"{above}{rest}{filler * after}")


@pytest.mark.parametrize(
    ("top", "before", "after"),
    [
        (0, 4_990, 0),
        (0, 2_500, 2_500),
        (0, 700, 600),
        (0, 100, 4_900),
        (0, 0, 1_195),
        (1_000, 3_000, 1_000),
    ],
)
def test_in_a_long_document_the_same_is_seen(
    tmp_path: Path, top: int, before: int, after: int
) -> None:
    here = read(tmp_path, long(top=top, before=before, after=after))
    assert here.imported == ("shop/cart.py",)
    assert scope(here) == ["Here", "method"]
    assert types(here) == {"cart": "Cart"}


@pytest.mark.parametrize("before", [100, 3_000])
def test_a_long_document_that_is_edited_says_what_a_new_one_says(
    tmp_path: Path, before: int
) -> None:
    asked = long(before=before, after=2_000)
    line, lines = asked.cursor.line, asked.cursor.document.lines
    written = ["        cart.pay()\n", "        bill: Bill = cart.bill\n"]
    edited = "".join(
        (*lines[: line - 1], *written, "        bill.‸\n", *lines[line + 1 :])
    )
    now = query("here.py", edited)
    with repository(tmp_path / "edited", FILES, asked) as index:
        surroundings(index, asked)
        found = surroundings(index, now)
    assert found == read(tmp_path / "new", now)
    assert types(found)["bill"] == "Bill"


def test_of_a_long_document_parts_are_looked_at(tmp_path: Path) -> None:
    here = read(tmp_path, long(before=4_990, after=4_990))
    assert here.line < 1_000
    assert len(here.outline.definitions) < 1_000
