"""Which brackets are open at a place, and whether the document closes them."""

import pytest

from tests.unit.ghost.places import place


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        pytest.param("f(‸)", "(+", id="closed on the line"),
        pytest.param("f(‸", "(-", id="not closed"),
        pytest.param("f(g(‸)", "(- (+", id="the inner one is"),
        pytest.param("f(\n  a,\n  ‸\n)", "(+", id="closed below"),
        pytest.param("f() {\n  ‸\n}", "{+", id="a block"),
        pytest.param("f() {\n  if {‸\n}", "{+ {-", id="by its depth"),
        pytest.param("f() {‸\ng() {\n}", "{-", id="another begins no deeper"),
        pytest.param("f(a) {\n  ‸\n}", "{+", id="what was closed is none"),
        pytest.param("f('(', ‸)", "(+", id="a string is none"),
        pytest.param("if (a &&\n    b) {‸\n}", "{+", id="by its statement's depth"),
        pytest.param('f("‸)', "(-", id="a string that is not ended"),
        pytest.param('f("‸\ng()\n)', "(-", id="nor does it go on below"),
        pytest.param("f(‸\n" + "  a\n" * 200, "(-", id="far from the end"),
        pytest.param("f {‸\n" + "  a\n" * 200, "{+", id="a block far from the end"),
        pytest.param("‸", "", id="nothing"),
        pytest.param("]}‸", "", id="what was never open"),
    ],
)
def test_open_brackets(drawn: str, expected: str) -> None:
    found = place(drawn, language="java").open
    assert " ".join(f"{one.sign}{'-+'[one.closed]}" for one in found) == expected


def test_lines_far_above_do_not_count() -> None:
    far = place("class A {\n" + "    a();\n" * 400 + "    ‸", language="java")
    assert not far.open
    assert not far.knows_all_brackets


def test_a_line_without_end_is_not_read_whole() -> None:
    assert len(place(f"f({'a, ' * 10_000}‸{'b, ' * 10_000})").before) < 2_000
