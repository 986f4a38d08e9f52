"""Where an answer ends, fed a character at a time, as a slow model would."""

import pytest

from lsp_server.ghost.stop import decided
from tests.marked import at

PLENTY = 100


def check(drawn: str, generated: str, expected: str | None, lines: int) -> None:
    """``expected`` None: it would go on generating."""
    cursor = at(drawn)
    for length in range(len(generated) + 1):
        answer = decided(generated[:length], cursor, lines)
        if answer is not None:
            assert answer == expected
            return
    assert expected is None


@pytest.mark.parametrize(
    ("drawn", "generated", "expected"),
    [
        pytest.param("x = ‸ + 1", "a", None, id="goes on within the line"),
        pytest.param("x = ‸ + 1", "a\nb", "a", id="ends with the line"),
        pytest.param("x = ‸ + 1", "\nb", "", id="may be nothing"),
        pytest.param("x = ‸ + 1", "a\r\nb", "a", id="whatever ends it"),
    ],
)
def test_one_line_ends_with_the_line(
    drawn: str, generated: str, expected: str | None
) -> None:
    check(drawn, generated, expected, 1)


@pytest.mark.parametrize(
    ("drawn", "generated", "expected"),
    [
        pytest.param("f(‸)", "a,\n  b\n", None, id="arguments"),
        pytest.param("x = ‸b", "a\ny = ", None, id="code that follows on the line"),
    ],
)
def test_many_lines_go_on_where_many_are_wanted(
    drawn: str, generated: str, expected: str | None
) -> None:
    check(drawn, generated, expected, PLENTY)


@pytest.mark.parametrize(
    ("drawn", "generated", "expected"),
    [
        pytest.param(
            "def f():\n    return ‸\n",
            "1\n\n\ndef g():\n    return 2\n",
            "1\n\n",
            id="python, out of the function",
        ),
        pytest.param(
            "def f():‸\n",
            "\n    x = 1\n    return x\n\nprint(f())\n",
            "\n    x = 1\n    return x\n",
            id="python, behind the block that it opens",
        ),
        pytest.param(
            "def f():\n‸",
            "    return 1\n\ndef g():\n",
            "    return 1\n",
            id="python, the answer brings its own indentation",
        ),
        pytest.param(
            "def f():\n    if a:\n        ‸",
            "b()\n        c()\n    return d\n",
            "b()\n        c()",
            id="python, less deep than the cursor",
        ),
        pytest.param(
            "class A:\n    def f(self):‸",
            "\n        pass\n\n    def g(self):\n        pass\n",
            "\n        pass\n",
            id="python, one method",
        ),
        pytest.param(
            "import a‸",
            "\nimport b\nimport c\n",
            None,
            id="python, statements of the same depth",
        ),
        pytest.param(
            "int f() {‸",
            "\n  return 1;\n}\n\nint g() {\n",
            "\n  return 1;\n}",
            id="c, with the bracket that closes the block",
        ),
        pytest.param(
            "if (a) {‸",
            "\n  b();\n} else {\n  c();\n}\nd();\n",
            "\n  b();\n} else {\n  c();\n}",
            id="c, with the other branch",
        ),
        pytest.param(
            "x = f(‸",
            "\n    a,\n    b,\n)\ny = 2\n",
            "\n    a,\n    b,\n)",
            id="python, arguments over many lines",
        ),
        pytest.param(
            "func f() {\n\tif a {‸",
            "\n\t\tb()\n\t}\n\tc()\n",
            "\n\t\tb()\n\t}",
            id="tabs",
        ),
        pytest.param(
            "if a:‸\n",
            "\n    b()\nelse:\n    c()\nd()\n",
            "\n    b()\nelse:\n    c()",
            id="python, with the other branch",
        ),
        pytest.param(
            "a\n‸",
            "def f():\n    pass\n\n\ndef g():\n",
            "def f():\n    pass\n\n",
            id="python, one definition",
        ),
        pytest.param(
            "def f():\n    ‸",
            "for a in b:\n        c()\n\n    return d\n",
            None,
            id="python, but paragraphs of a function",
        ),
        pytest.param(
            'def f():\n    x = """‸',
            "\nleft\n",
            None,
            id="python, text in a string stands where it likes",
        ),
        pytest.param(
            "int f() {\n  ‸\n}",
            "a();\n}\n",
            "a();",
            id="c, before the bracket that is there",
        ),
        pytest.param(
            "int f() {\n  if (a) {‸\n}",
            "\n    b();\n  }\n",
            "\n    b();\n  }",
            id="c, with a bracket that is not the one that is there",
        ),
        pytest.param(
            "func f() {\n\t‸",
            "a()\n\n  \n\tb()\n",
            None,
            id="blank lines leave nothing",
        ),
    ],
)
def test_an_answer_ends_where_its_block_ends(
    drawn: str, generated: str, expected: str | None
) -> None:
    check(drawn, generated, expected, PLENTY)


@pytest.mark.parametrize(
    ("drawn", "generated", "expected"),
    [
        pytest.param("{\n  a();\n  ‸\n\n}\n", "b();\n}\nc\n", "b();", id="c"),
        pytest.param("a\n‸\nb\nc\n", "x\nb\nc\n", "x", id="over no blank line"),
        pytest.param("a\n‸\n\n\nb\n", "x\nb\nc\n", "x", id="over blank lines"),
        pytest.param("a\n‸\nb  \n", "x\nb\t\ny\n", "x", id="space at the end aside"),
        pytest.param("a\r\n‸\r\nb\r\n", "x\nb\ny\n", "x", id="whatever ends lines"),
        pytest.param("a\n‸\nb\n", "b", None, id="not on the cursor's own line"),
        pytest.param("a\n‸\nb\n", "x\nb", None, id="not before the line is complete"),
        pytest.param("a\n‸\nb\n", "x\nbc\n", None, id="not a line that begins so"),
        pytest.param("a\n‸\n  b\n", "x\n    b\n", None, id="not at another depth"),
    ],
)
def test_an_answer_ends_before_the_line_that_stands_below(
    drawn: str, generated: str, expected: str | None
) -> None:
    check(drawn, generated, expected, PLENTY)


@pytest.mark.parametrize(
    ("generated", "lines", "expected"),
    [
        ("a", 1, None),
        ("a\n", 1, "a"),
        ("a\nb\nc\n", 2, "a\nb"),
        ("a\n\nb\n", 2, "a\n"),
        ("a\nb", 2, None),
    ],
)
def test_an_answer_has_no_more_lines_than_are_wanted(
    generated: str, lines: int, expected: str | None
) -> None:
    check("‸", generated, expected, lines)


@pytest.mark.parametrize(
    ("drawn", "generated", "expected"),
    [
        pytest.param("    a = ‸", "0\n    a = 0\n", "0", id="the cursor's own"),
        pytest.param("a‸", "\nb()\nc()\nc()\nd()\n", "\nb()\nc()", id="a later one"),
        pytest.param("a‸", "\n0, 0,\n0, 0,\n", None, id="but numbers may"),
        pytest.param("a‸", "\nb()\nc()\nb()\n", None, id="nor if another is between"),
        pytest.param("b()\n‸", "b()\n", "", id="the one above"),
        pytest.param("b()\nc()\n‸", "b()\nc()\n", "", id="the two above"),
        pytest.param("‸", "b()\nc()\nb()\nc()\n", "b()\nc()", id="two lines twice"),
        pytest.param("f(‸", "a, a, a, a, a, ", "a, ", id="within the line"),
        pytest.param("f(int a, int a,‸", " int a, int a,", "", id="one begun before"),
        pytest.param("v = ‸", "[" + "0, " * 20, "[0, ", id="zeros for ever"),
    ],
)
def test_an_answer_ends_before_a_line_that_it_has_just_said(
    drawn: str, generated: str, expected: str | None
) -> None:
    check(drawn, generated, expected, PLENTY)
