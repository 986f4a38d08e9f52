import pytest

from lsp_server.ghost.filters import trailing_space
from tests.unit.ghost.places import place


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
    assert trailing_space.apply(text, place("‸")) == expected


@pytest.mark.parametrize(
    ("marked", "text", "expected"),
    [
        ("if a ‸b:", "and ", "and "),
        ("x = ‸y", "z +  ", "z +  "),
        ("f(‸)", "a, ", "a,"),
        ("f(‸ b)", "a, ", "a,"),
        ("x = ‸y", "  ", ""),
        ("x = ‸y", "z \n", "z\n"),
        ("{‸}", "\n  a  \n", "\n  a\n"),
        ("if a:\n‸b", "  c\n  ", "  c\n  "),
    ],
)
def test_the_space_before_code_on_the_line_stays(
    marked: str, text: str, expected: str
) -> None:
    assert trailing_space.apply(text, place(marked)) == expected
