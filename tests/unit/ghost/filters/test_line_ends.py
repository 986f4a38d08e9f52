import pytest

from lsp_server.ghost.filters import line_ends
from tests.unit.ghost.places import place


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb", "a\nb"),
        ("a\rb", "a\nb"),
        ("a\r\r\nb", "a\n\nb"),
        ("a\nb\n", "a\nb\n"),
        ("a\u2028b\x0cc", "a\u2028b\x0cc"),
    ],
)
def test_every_line_end_becomes_lf(text: str, expected: str) -> None:
    assert line_ends.apply(text, place("‸")) == expected
