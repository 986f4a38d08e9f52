import pytest

from lsp_server.ghost.filters import trailing_space
from tests.marked import at


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a  ", "a"),
        ("a\n\n", "a"),
        ("a \t\n    b\t\n  ", "a\n    b"),
        ("a\n    \nb", "a\n\nb"),
        ("  a", "  a"),
        ("\n\ta", "\n\ta"),
        (" \n", ""),
    ],
)
def test_lines_end_without_white_space(text: str, expected: str) -> None:
    assert trailing_space.apply(text, at("‸")) == expected
