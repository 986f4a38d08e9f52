import pytest

from lsp_server.ghost.filters import noise
from tests.unit.ghost.places import place


@pytest.mark.parametrize(
    "text", ["#", "# TODO", "# TODO: more", "#\n#", "# ...", "# Your code here", "//"]
)
def test_comments_that_say_nothing_are_nothing(text: str) -> None:
    assert not noise.apply(text, place("‸"))


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        pytest.param("# ‸", "TODO", id="in a comment"),
        pytest.param('x = "‸"', "# TODO", id="in a string"),
        pytest.param("‸", "# the sum", id="a comment that says something"),
        pytest.param("‸", "# TODO\nx = 1", id="code beside it"),
        pytest.param("‸", "/**", id="one that has only begun"),
        pytest.param("‸", "...", id="an ellipsis is code"),
    ],
)
def test_anything_else_is_left_as_it_is(drawn: str, text: str) -> None:
    assert noise.apply(text, place(drawn)) == text
