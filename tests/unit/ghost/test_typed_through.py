"""The rest of an answer that was typed in part is what was shown of it."""

import pytest

from lsp_server.ghost.filters import shown
from tests.marked import MARK, at

MANY = 9


@pytest.mark.parametrize(
    ("language", "drawn", "answer"),
    [
        pytest.param("python", "print(‸)", "a, b)", id="a bracket that is there"),
        pytest.param("python", 'print("‸")', 'hello you")', id="a quote that is there"),
        pytest.param("python", "x = ‸", "f(a)[0] + g(b)", id="brackets of its own"),
        pytest.param("python", "def f():‸\n", "\n    a = 1\n    return a", id="python"),
        pytest.param("cpp", "int f() {‸}\n", "\n  return 1;\n}", id="a block"),
        pytest.param("cpp", "{\n  ‸\n}", "a();\n  b();\n}", id="a bracket below"),
        pytest.param("shellscript", "if a; then‸\n", "\n  b\nfi", id="shell"),
    ],
)
def test_each_rest_is_the_rest_of_what_was_shown(
    language: str, drawn: str, answer: str
) -> None:
    uri = "file:///a"
    text = shown(answer, at(drawn, language=language, uri=uri), MANY)
    before, _, after = drawn.partition(MARK)
    for length in range(len(text.rstrip())):
        typed = answer[:length]
        now = at(f"{before}{typed}{MARK}{after}", language=language, uri=uri)
        assert shown(answer[length:], now, MANY) == text[length:], typed


@pytest.mark.parametrize(
    ("drawn", "rest", "expected"),
    [
        pytest.param("print(‸)", "a, b)", "a, b", id="the bracket"),
        pytest.param('print("‸")', 'a")', "a", id="the quote"),
        pytest.param("x = [‸]", "a, b]", "a, b", id="square"),
    ],
)
def test_what_an_editor_closed_meanwhile_is_not_closed_again(
    drawn: str, rest: str, expected: str
) -> None:
    assert shown(rest, at(drawn), MANY) == expected
