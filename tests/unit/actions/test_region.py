import pytest

from lsp_server.actions.catalogue import Name
from lsp_server.actions.refused import ActionRefused, TooMuch
from lsp_server.actions.region import region_for
from tests.unit.actions.places import finding, situation

SHOP = """\
import os

LIMIT = 3


class Shop:
    \"\"\"Sells.\"\"\"

    size = 1

    @cached
    def total(self, items):
        found = 0
        for item in items:
            found += item.price
        return found

    def empty(self): return True


def main():
    # open the shop
    # and close it
    shop = Shop()
    print(
        shop.total([
        ]),
    )
"""


def replaced(name: Name, drawn: str, language: str = "python") -> str:
    """Return the text that may be replaced."""
    place = situation(drawn, language)
    region = region_for(name, place)
    assert not region.insert
    return "".join(place.document.lines[region.first : region.last + 1])


def draw(text: str, mark: str) -> str:
    assert text.count(mark.translate({ord(one): None for one in "«»‸"})) == 1
    return text.replace(mark.translate({ord(one): None for one in "«»‸"}), mark)


@pytest.mark.parametrize("name", [Name.SIMPLIFY, Name.RENAME, Name.TYPES, Name.REWRITE])
def test_without_a_selection_it_is_the_function_around(name: Name) -> None:
    text = replaced(name, draw(SHOP, "found += ‸item.price"))
    assert text.startswith("    @cached\n    def total(")
    assert text.endswith("return found\n")


@pytest.mark.parametrize(
    ("selected", "grows_to"),
    [
        ("«found = 0»", "        found = 0\n"),
        ("found «= 0\n»", "        found = 0\n"),
        (
            "«for item in items:»",
            "        for item in items:\n            found += item.price\n",
        ),
        ("«found += item.price»", "            found += item.price\n"),
        (
            "«shop.total([»",
            "        shop.total([\n        ]),\n",
        ),
        (
            "print(\n«        shop.total([\n        ]),\n    »)",
            "    print(\n        shop.total([\n        ]),\n    )\n",
        ),
    ],
)
def test_a_selection_grows_to_whole_statements(selected: str, grows_to: str) -> None:
    assert replaced(Name.SIMPLIFY, draw(SHOP, selected)) == grows_to


BASH = """\
f() {
  if [ -n "$1" ]; then
    echo "a"
  else
    echo b
  fi
  cat <<EOF
text
EOF
}
"""
JAVA = """\
class A {
    int f(int x) {
        if (x > 1) {
            return 1;
        } else {
            return 2;
        }
    }
}
"""


@pytest.mark.parametrize(
    ("drawn", "language", "grows_to"),
    [
        (draw(BASH, '«if [ -n "$1" ]; then»'), "shellscript", (1, 5)),
        (draw(BASH, "«cat <<EOF\nte»xt"), "shellscript", (6, 8)),
        (draw(JAVA, "«if (x > 1) {»"), "java", (2, 6)),
        (draw(JAVA, "«return 2;\n        }»"), "java", (2, 6)),
        ("x = 1 + \\\n    «2»\n", "python", (0, 1)),
        ('«x = """a\n»b\n"""\ny\n', "python", (0, 2)),
    ],
)
def test_statements_end_as_the_language_ends_them(
    drawn: str, language: str, grows_to: tuple[int, int]
) -> None:
    region = region_for(Name.REWRITE, situation(drawn, language))
    assert (region.first, region.last) == grows_to


def test_what_encloses_a_place_is_shown_around_it() -> None:
    place = situation(draw(SHOP, "«found = 0»"))
    region = region_for(Name.REWRITE, place)
    shown = place.document.lines[region.shown_first : region.shown_last + 1]
    assert shown[0] == "class Shop:\n"
    assert shown[-1] == "    def empty(self): return True\n"
    assert region.indent == "        "


@pytest.mark.parametrize(
    ("findings", "lines"),
    [
        ((finding(13),), (10, 15)),  # in a method: it, with its decorator
        ((finding(8),), (5, 17)),  # in a class, between its methods: the class
        ((finding(13), finding(15)), (10, 15)),
        ((finding(25, last=400),), (20, 27)),  # it ends past the end of the text
        ((finding(12), finding(99)), (10, 15)),
    ],
)
def test_a_fix_may_change_the_function_around_its_diagnostic(
    findings: tuple[object, ...], lines: tuple[int, int]
) -> None:
    line = findings[0].start[0]  # type: ignore[attr-defined]
    drawn = "\n".join(
        "‸" + row if at == line else row for at, row in enumerate(SHOP.split("\n"))
    )
    region = region_for(Name.FIX, situation(drawn, findings=findings))  # type: ignore[arg-type]
    assert (region.first, region.last) == lines


def test_a_fix_at_the_top_may_change_the_lines_around() -> None:
    region = region_for(Name.FIX, situation(f"‸{SHOP}", findings=(finding(0),)))
    assert region.first == 0
    assert 12 <= region.last <= 18


def test_a_fix_in_a_huge_function_may_change_the_lines_around() -> None:
    rows = [f"    x{at} = {at}" for at in range(900)]
    rows[500] = "    ‸x500 = y"
    place = situation("\n".join(["def f():", *rows, ""]), findings=(finding(501),))
    region = region_for(Name.FIX, place)
    assert region.first <= 490
    assert region.last >= 510
    assert region.last - region.first < 200


def test_the_whole_function_is_what_statements_are_extracted_from() -> None:
    text = replaced(Name.EXTRACT, draw(SHOP, "«found = 0\n»"))
    assert text.startswith("    @cached\n")
    assert text.endswith("return found\n")
    assert replaced(Name.EXTRACT, "«x = 1\ny = 2»\nz = 3\n") == "x = 1\ny = 2\n"


@pytest.mark.parametrize(
    ("drawn", "language", "before", "indent"),
    [
        ("def f(\n    x,\n):\n    ‸return x\n", "python", 3, "    "),
        ("class A:\n\tdef f(self):\n\t\t‸pass\n", "python", 2, "\t\t"),
        ("# about\ndef f():\n\n    ‸return 1\n", "python", 2, "    "),
        (draw(JAVA, "int ‸f"), "java", 1, "    "),
        (draw(BASH, "‸f() {"), "shellscript", 0, ""),
        ("class A {\n  @dec()\n  ‸m() {\n  }\n}\n", "typescript", 1, "  "),
    ],
)
def test_documentation_is_inserted_where_the_language_has_it(
    drawn: str, language: str, before: int, indent: str
) -> None:
    region = region_for(Name.DOCUMENT, situation(drawn, language))
    assert (region.first, region.insert, region.indent) == (before, True, indent)


@pytest.mark.parametrize(
    ("drawn", "language", "lines"),
    [
        ('def f():\n    """A.\n\n    B.\n    """\n    ‸pass\n', "python", (1, 4)),
        ("/**\n * A.\n */\nint ‸f() {\n    return 1;\n}\n", "cpp", (0, 2)),
        ("/// <summary>A</summary>\n[B]\nclass ‸C\n{\n}\n", "csharp", (0, 0)),
        ("#!/bin/sh\n# a\n# b\nf() {\n  ‸x\n}\n", "shellscript", (1, 2)),
    ],
)
def test_documentation_that_is_there_is_replaced(
    drawn: str, language: str, lines: tuple[int, int]
) -> None:
    region = region_for(Name.DOCUMENT, situation(drawn, language))
    assert not region.insert
    assert (region.first, region.last) == lines


@pytest.mark.parametrize(
    ("drawn", "language", "before", "indent"),
    [
        (draw(SHOP, "# open ‸the shop"), "python", 23, "    "),
        ("/*\n * Adds ‸two.\n */\n", "cpp", 3, ""),
        ("x = 1\n# add one to x‸", "python", 2, ""),
        ("  // sum ‸it\n  f();\n", "javascript", 1, "  "),
    ],
)
def test_code_is_generated_behind_its_comment(
    drawn: str, language: str, before: int, indent: str
) -> None:
    region = region_for(Name.GENERATE, situation(drawn, language))
    assert (region.first, region.insert, region.indent) == (before, True, indent)


def test_tests_show_what_they_test_and_change_nothing() -> None:
    region = region_for(Name.TESTS, situation(draw(SHOP, "‸found = 0")))
    assert (region.shown_first, region.shown_last) == (10, 15)
    assert region.insert


def test_a_new_file_has_the_line_ends_of_the_old_one() -> None:
    drawn = "def f():\r\n    ‸return 1\r\n"
    assert region_for(Name.TESTS, situation(drawn)).line_end == "\r\n"


LONG = "f(x)\n" * 50_000

REFUSED = {
    "a blank selection": (Name.SIMPLIFY, "x = 1\n«\n  \n»y = 2\n", "is blank"),
    "nothing selected": (Name.EXTRACT, "x = ‸1\n", "Select the statements"),
    "no function": (Name.RENAME, "x = ‸1\n", "into a function"),
    "no definition": (Name.DOCUMENT, "x = ‸1\n", "a function, a method or a class"),
    "no comment": (Name.GENERATE, "x = ‸1  # y\n", "into a comment"),
    "nothing to fix": (Name.FIX, "x = ‸1\n", "no diagnostic here"),
    "a whole function": (Name.EXTRACT, "«def f():\n    x\n    y»\n", "within f"),
    "a one-liner": (Name.DOCUMENT, "def f(): return ‸1\n", "no place for a docstring"),
    "50,000 lines": (Name.SIMPLIFY, f"«{LONG}»", "50,000 lines are more than"),
    "50,000 lines to extract": (Name.EXTRACT, f"«{LONG}»", "50,000 lines are more"),
    "50,000 lines to explain": (Name.EXPLAIN, f"«{LONG}»", "select 10,000 at most"),
    "a long line": (Name.REWRITE, f"«x = [{'1, ' * 30_000}]»\n", "90,007 characters"),
    "binary text": (Name.EXPLAIN, "«x\0»\n", "NUL characters"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_done_is_refused_in_words(case: str) -> None:
    name, drawn, words = REFUSED[case]
    with pytest.raises(ActionRefused, match=words):
        region_for(name, situation(drawn))


def test_a_diagnostic_outside_the_document_is_refused() -> None:
    place = situation("x = ‸1\n", findings=(finding(40),))
    with pytest.raises(ActionRefused, match=r"about line 41, and there are 2"):
        region_for(Name.FIX, place)


def test_what_is_too_much_is_told_apart() -> None:
    with pytest.raises(TooMuch):
        region_for(Name.SIMPLIFY, situation(f"«{LONG}»"))
