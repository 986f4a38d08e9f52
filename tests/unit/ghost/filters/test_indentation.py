import pytest

from lsp_server.ghost.filters import indentation
from tests.unit.ghost.places import place

TABS = "if a:\n\tb()\nif c:\n\td()\n"
TWO = "if a:\n  b()\nif c:\n  d()\n"
FOUR = "if a:\n    b()\nif c:\n    d()\n"


@pytest.mark.parametrize(
    ("drawn", "text", "expected"),
    [
        pytest.param(f"{TABS}‸", "x:\n    y", "x:\n\ty", id="tabs"),
        pytest.param(f"{FOUR}‸", "x:\n\ty", "x:\n    y", id="spaces"),
        pytest.param(f"{TWO}‸", "x:\n    y", "x:\n  y", id="two"),
        pytest.param(f"{TWO}if e:\n  ‸", "x:\n      y", "x:\n    y", id="two, deeper"),
        pytest.param(f"{FOUR}‸", "x:\n  y\n", "x:\n    y\n", id="four"),
        pytest.param("def f():\n    a\n    ‸", "    b", "b", id="stands there"),
        pytest.param("def f():\n    a\n    ‸", " b", "b", id="a stray space"),
        pytest.param(
            "def f():\n    a\n    ‸", "    b\n        c", "b\n    c", id="all lines"
        ),
    ],
)
def test_indentation_is_as_the_document_has_it(
    drawn: str, text: str, expected: str
) -> None:
    assert indentation.apply(text, place(drawn)) == expected
    assert indentation.apply(expected, place(drawn)) == expected


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        pytest.param(f"{FOUR}‸", "x:\n    y", id="the same"),
        pytest.param("‸", "x:\n  y", id="nothing to go by"),
        pytest.param("def f():\n‸", "    b", id="a body's own"),
        pytest.param("def f():\n    if a:\n    ‸", "    b", id="a deeper body's"),
        pytest.param("f(\n    ‸", "    b", id="an argument's"),
        pytest.param("def f():\n    a = \\\n    ‸", "    b", id="a line that goes on"),
        pytest.param(f'{TABS}x = """‸', "\n    y", id="within a string"),
        pytest.param(f"{TABS}‸", 'x = """\n    y', id="within its own string"),
        pytest.param("if a:\n\tb\nif c:\n  d\n‸", "x:\n    y", id="a mixed document"),
    ],
)
def test_anything_else_is_left_as_it_is(drawn: str, text: str) -> None:
    assert indentation.apply(text, place(drawn)) == text
