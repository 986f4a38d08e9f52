"""Where a suggestion goes that an editor's pop-up menu goes before."""

import pytest

from lsp_server.features.query import Chosen, Query
from tests.marked import at


@pytest.mark.parametrize(
    ("drawn", "start", "end", "chosen", "goes_in"),
    [
        pytest.param("x.le‸", 2, 4, "length", (4, "ngth()", 0), id="goes on"),
        pytest.param("x.l‸n", 2, 4, "length", (3, "ength()", 1), id="replaces"),
        pytest.param("x.‸", 2, 2, "length", (2, "length()", 0), id="nothing yet"),
        pytest.param("x.LE‸", 2, 4, "length", (2, "length()", 2), id="other letters"),
    ],
)
def test_the_choice_goes_in_with_the_text(
    drawn: str, start: int, end: int, chosen: str, goes_in: tuple[int, str, int]
) -> None:
    menu = Chosen(start=(0, start), end=(0, end), text=chosen)
    query = Query.at(at(drawn), chosen=menu)
    assert query.cursor.before == f"x.{chosen}"
    cursor, text, over = query.goes_in("()")
    assert (cursor.column, text, over) == goes_in
    assert cursor.document is query.real.document


def test_without_a_menu_the_text_goes_in_at_the_cursor() -> None:
    cursor = at("x‸y")
    assert Query.at(cursor).goes_in("()") == (cursor, "()", 0)
