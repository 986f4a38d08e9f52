import pytest

from lsp_server.ghost.filters import secrets
from tests.unit.ghost.places import place

KEY = "ghp_a8F3kLm29QxZt7Rw4Ye6Bu1Nc5Vd0Jh3Sg2P"


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        pytest.param('x = "‸"', KEY, id="a key"),
        pytest.param("‸", f'x = "{KEY}"', id="a key with its name"),
        pytest.param('x = "‸"', f"{KEY[:20]}{KEY[20:]} and more", id="and more"),
        pytest.param(f'x = "{KEY[:12]}‸"', KEY[12:], id="the rest of a key"),
        pytest.param("‸", f'a = 1\nx = "{KEY}"\nb = 2', id="among lines"),
        pytest.param('password = "‸"', "xK9!mPq2Zr7vTb4W", id="a password"),
    ],
)
def test_what_looks_like_a_secret_is_not_shown(drawn: str, text: str) -> None:
    assert not secrets.apply(text, place(drawn))


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        pytest.param('x = "‸"', "hello", id="a string"),
        pytest.param("password = ‸", 'os.environ["PASSWORD"]', id="no value"),
        pytest.param(f'f("{KEY}", ‸)', "timeout=1", id="beside the user's own key"),
    ],
)
def test_anything_else_is_left_as_it_is(drawn: str, text: str) -> None:
    assert secrets.apply(text, place(drawn)) == text
