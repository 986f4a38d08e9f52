import pytest

from lsp_server.actions.indentation import indented, style_of
from tests.unit.actions.places import document

FILE = "class A:\n    def f(self):\n        if self.x:\n            return 1\n"
TABS = FILE.replace("    ", "\t")
TWO = FILE.replace("    ", "  ")


def check(
    file: str,
    replaced: str,
    said: str,
    expected: str,
    *,
    language: str = "python",
    indent: str | None = None,
) -> None:
    old = replaced.split("\n") if replaced else []
    if indent is None:
        indent = old[0][: len(old[0]) - len(old[0].lstrip())] if old else ""
    found = indented(document(file, language), old, said.split("\n"), indent)
    assert "\n".join(found) == expected


METHOD = "    def f(self):\n        if self.x:\n            return 1"


@pytest.mark.parametrize(
    "said",
    [
        METHOD.replace("1", "2"),
        "def f(self):\n    if self.x:\n        return 2",
        "def f(self):\n  if self.x:\n    return 2",
        "def f(self):\n\tif self.x:\n\t\treturn 2",
        "        def f(self):\n            if self.x:\n                return 2",
    ],
)
@pytest.mark.parametrize("file", [FILE, TABS, TWO])
def test_an_answer_is_put_where_its_lines_were(file: str, said: str) -> None:
    unit = {FILE: "    ", TABS: "\t", TWO: "  "}[file]
    old = METHOD.replace("    ", unit)
    check(file, old, said, old.replace("1", "2"))


def test_a_first_line_that_alone_is_at_the_left_goes_to_its_place() -> None:
    said = METHOD.replace("1", "2").lstrip()
    check(FILE, METHOD, said, METHOD.replace("1", "2"))


def test_what_is_inserted_begins_at_the_indentation() -> None:
    check(
        FILE,
        "",
        "x = 1\nif x:\n    y",
        "        x = 1\n        if x:\n            y",
        indent="        ",
    )
    check(TABS, "", "if x:\n    y", "\t\tif x:\n\t\t\ty", indent="\t\t")
    check(
        FILE,
        "",
        "x = 1\n        y = 2",
        "        x = 1\n        y = 2",
        indent="        ",
    )
    check(
        FILE,
        "",
        "if x:\n            y",
        "        if x:\n            y",
        indent="        ",
    )


def test_lines_that_stay_stand_exactly_as_they_stood() -> None:
    old = "    a = 1  \n\t    b = 2\n   \n    c = 3"
    check(FILE, old, "a = 1\n    b = 2\n\nc = 4", old.replace("3", "4"))


def test_a_continuation_keeps_its_alignment() -> None:
    said = "x = f(a,\n      b)"
    check(FILE, "    x = 1", said, "    x = f(a,\n          b)")
    check(TABS, "\tx = 1", "x = f(a,\n      b)", "\tx = f(a,\n\t\t  b)")


def test_text_of_a_string_is_let_alone() -> None:
    old = '    x = """\na\n  b\n"""\n    y = 1'
    said = 'x = """\na\n  b\n"""\ny = 2'
    check(FILE, old, said, old.replace("y = 1", "y = 2"))
    new = 'x = """\nnew\n"""\ny = 1'
    check(FILE, old, new, '    x = """\nnew\n"""\n    y = 1')
    here = "    cat <<EOF\ntext\n  more\nEOF\n    x"
    said = "cat <<EOF\ntext\n  most\nEOF\nx"
    expected = "    cat <<EOF\ntext\n  most\nEOF\n    x"
    check("f() {\n    x\n}\n", here, said, expected, language="shellscript")


def test_a_docstring_moves_with_its_function() -> None:
    said = (
        'def f(self):\n    """Do.\n\n    Args:\n        x: it.\n    """\n    return 1'
    )
    check(
        FILE,
        METHOD,
        said,
        '    def f(self):\n        """Do.\n\n        Args:\n            x: it.\n'
        '        """\n        return 1',
    )


def test_a_comment_over_several_lines_moves_along() -> None:
    said = "/**\n * Do.\n */\nint f() {\n    return 1;\n}"
    check(
        "class A {\n\tint g() {\n\t\treturn 2;\n\t}\n}\n",
        "",
        said,
        "\t/**\n\t * Do.\n\t */\n\tint f() {\n\t\treturn 1;\n\t}",
        language="java",
        indent="\t",
    )


def test_two_and_four_are_told_apart_by_what_opens_blocks() -> None:
    said = "def g(self):\n    if self.x:\n        return 1"
    check(TWO, "", said, "  def g(self):\n    if self.x:\n      return 1", indent="  ")


@pytest.mark.parametrize(
    ("file", "tabs", "step"),
    [(FILE, False, 4), (TWO, False, 2), (TABS, True, 4), ("x = 1\n", False, 4)],
)
def test_the_style_is_what_most_lines_have(file: str, tabs: bool, step: int) -> None:
    style = style_of(document(file))
    assert (style.tabs, style.step) == (tabs, step)


def test_nothing_is_nothing() -> None:
    check(FILE, "", "", "")
    check(FILE, METHOD, "\n", "\n")
