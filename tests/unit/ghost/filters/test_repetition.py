import pytest

from lsp_server.ghost.filters import repetition
from tests.unit.ghost.places import place


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        ("a()\n‸", "a()", ""),
        ("a()\n\n‸", "a()\nb()", ""),
        ("a()\nb()\n‸", "a()\nb()", ""),
        ("a = b\na‸", " = b", ""),
        ("‸", "a()\na()\na()", "a()"),
        ("‸", "a()\nb()\na()\nb()", "a()\nb()"),
        ("‸", "f(a, b, a, b, a, b, a, b, ", "f(a, b, "),
        ("f(int a, int a,‸", " int a, int a,", ""),
        ("f(int a, int a, int a,‸", " int a,", ""),
        ("# Python ‸", "3.3" + ".4" * 12, "3.3.4"),
        ("v = ‸", "[" + "0, " * 12, "[0, "),
        ("v = [0, 0, 0, 0, 0, 0, ‸", "0, " * 6, ""),
    ],
)
def test_what_was_just_said_is_not_said_again(
    drawn: str, text: str, expected: str
) -> None:
    assert repetition.apply(text, place(drawn)) == expected


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        pytest.param("0, 0,\n‸", "0, 0,", id="numbers"),
        pytest.param("  }\n‸", "  }", id="brackets"),
        pytest.param("a()\nb()\n‸", "a()", id="not the line just above"),
        pytest.param("a()\n‸", "  a()", id="at another depth"),
        pytest.param("‸", "# " + "-" * 60, id="a rule"),
        pytest.param("‸", "# " + "=-" * 30, id="a rule of two signs"),
        pytest.param("‸", "[" + "0, " * 11, id="some zeros"),
        pytest.param("# ---‸", "-" * 60, id="the rest of a rule"),
        pytest.param("f(int a, int a,‸", " int a, int b", id="three times with it"),
        pytest.param("‸", '"' + "\\x00" * 8 + '"', id="escapes"),
        pytest.param("‸", "none(None, None, None)", id="three times"),
    ],
)
def test_anything_else_is_left_as_it_is(drawn: str, text: str) -> None:
    assert repetition.apply(text, place(drawn)) == text
