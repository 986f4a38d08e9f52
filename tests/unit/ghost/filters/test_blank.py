import pytest

from lsp_server.ghost.filters import blank
from tests.unit.ghost.places import place


@pytest.mark.parametrize("text", ["", " ", "\n\t\n", "\u3000"])
def test_white_space_shows_nothing(text: str) -> None:
    assert not blank.apply(text, place("‸"))


@pytest.mark.parametrize("text", ["a", " a", "\n    a"])
def test_anything_else_is_left_as_it_is(text: str) -> None:
    assert blank.apply(text, place("‸")) == text
