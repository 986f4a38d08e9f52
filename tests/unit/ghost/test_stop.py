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
        pytest.param("f(‸)", "a,\n  b\n", None, id="a closing bracket is no code"),
        pytest.param("f('‸'),", "a\nb\n", None, id="nor are quotes and commas"),
        pytest.param("f(‸  )  # no", "a\nb", "a", id="but a comment is"),
    ],
)
def test_code_to_the_right_gets_the_rest_of_one_line(
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
            "\n  return 1;\n}\n",
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
        pytest.param("f(‸", "\n  g(\n  )\n  )\n", None, id="but brackets may close"),
        pytest.param("a‸", "\nb()\nc()\nb()\n", None, id="nor if another is between"),
    ],
)
def test_an_answer_ends_before_a_line_that_it_has_just_said(
    drawn: str, generated: str, expected: str | None
) -> None:
    check(drawn, generated, expected, PLENTY)
