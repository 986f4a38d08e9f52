"""The filters one after the other: the file that results, drawn."""

import pytest

from lsp_server.ghost.filters import shown
from tests.marked import at


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        pytest.param("f(‸)", "a, b)\r\n", "a, b", id="line ends, then the bracket"),
        pytest.param("{\n\t‸\n}", "a();\r\n}\r\n", "a();", id="then the line below"),
        pytest.param("f(‸)", " )", "", id="white space is left"),
        pytest.param("f(‸)", ")", "", id="nothing is left"),
        pytest.param("f(‸)", " \r\n ", "", id="nothing was there"),
        pytest.param("‸", "if a:\n    b  \n\n", "if a:\n    b", id="python"),
    ],
)
def test_filters_follow_one_another(drawn: str, text: str, expected: str) -> None:
    assert shown(text, at(drawn), 100) == expected
