import pytest

from lsp_server.ghost.filters import too_many_lines
from tests.unit.ghost.places import place


@pytest.mark.parametrize(
    ("most_lines", "expected"), [(1, "a"), (2, "a\n"), (3, "a\n\nb"), (4, "a\n\nb")]
)
def test_no_more_lines_than_are_wanted(most_lines: int, expected: str) -> None:
    assert too_many_lines.apply("a\n\nb", place("‸", most_lines)) == expected
