import pytest

from lsp_server.ghost.filters import line_below
from tests.unit.ghost.places import place


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        pytest.param("{\n\t‸\n}\n", "a();\n}", "a();", id="c"),
        pytest.param("{\n\t‸\n\n}\n", "a();\n\n}", "a();", id="with a blank line"),
        pytest.param("{\r\n\t‸\r\n}  \r\n", "a();\n}", "a();", id="CRLF"),
        pytest.param("a\n‸\nb\n", "b", "", id="the cursor's own line"),
        pytest.param("a\n‸\nb\n", "b\nc", "", id="and what would follow"),
        pytest.param("re‸\nreturn a\n", "turn a", "", id="with what is typed"),
        pytest.param("  int ‸\n  {\n", "f()\n  {", "f()", id="a block that opens"),
        pytest.param("x = [\n    ‸\n]\n", "1,\n    2,\n]", "1,\n    2,", id="python"),
    ],
)
def test_the_line_below_is_not_said_again(drawn: str, text: str, expected: str) -> None:
    assert line_below.apply(text, place(drawn)) == expected


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        pytest.param("{\n  {‸\n}\n", "\n    a();\n  }", id="a line of another depth"),
        pytest.param("f(a\n‸\n)", "g(\n)", id="a bracket of the answer's own"),
        pytest.param("f(\n‸\n{", "g(a,\n{", id="an opener within the answer's own"),
        pytest.param("#\n‸\n#", "#", id="a line that says nothing"),
        pytest.param("a\n‸\nb\n", "x\nbb", id="a line that ends so"),
        pytest.param("a\n‸", "x\ny", id="nothing stands below"),
        pytest.param("a\n‸\n\n", "x\n", id="only blank lines below"),
    ],
)
def test_anything_else_is_left_as_it_is(drawn: str, text: str) -> None:
    assert line_below.apply(text, place(drawn)) == text
