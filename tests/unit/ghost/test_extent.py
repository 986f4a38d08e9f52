"""One line or a block, drawn."""

import pytest

from lsp_server.ghost.extent import Lines, most_lines
from tests.marked import at

MANY = 9


def wanted(drawn: str, language: str, lines: Lines = Lines.AUTO) -> int:
    return most_lines(at(drawn, language=language, uri="file:///a"), lines, MANY)


@pytest.mark.parametrize(
    ("language", "drawn"),
    [
        pytest.param("python", "def f():‸\n", id="behind an opener"),
        pytest.param("python", "if a:  # why‸", id="not in the comment behind it"),
        pytest.param("python", "def f():\n    ‸\n", id="in an empty body"),
        pytest.param("python", "# add two numbers\n‸", id="beneath a comment"),
        pytest.param("python", "a()\n‸\nb()", id="where a statement begins"),
        pytest.param("python", "async def f‸", id="in a header"),
        pytest.param("cpp", "void f() {‸}", id="in an empty body on one line"),
        pytest.param("cpp", "void f() {\n  ‸\n}", id="in an empty body over lines"),
        pytest.param("cpp", "int C::f() const‸", id="before a bracket to come"),
        pytest.param("csharp", "public int F(int a)‸", id="before a bracket below"),
        pytest.param("java", "for (int a : b) {‸", id="java"),
        pytest.param("php", "<?php\nfunction f()‸", id="php"),
        pytest.param("typescript", "a.map((b) => {‸})", id="a callback's body"),
        pytest.param("typescript", "const f = () =>‸", id="an arrow"),
        pytest.param("shellscript", "if a; then‸", id="then"),
        pytest.param("shellscript", "for a in b; do‸", id="do"),
        pytest.param("ruby", "a.each do |b|‸", id="ruby"),
        pytest.param("go", "func f() {‸", id="go"),
        pytest.param("rust", "pub fn f‸", id="rust"),
    ],
)
def test_a_block_where_a_block_begins(language: str, drawn: str) -> None:
    expected = 1 if "# why" in drawn else MANY
    assert wanted(drawn, language) == expected


@pytest.mark.parametrize(
    ("language", "drawn"),
    [
        pytest.param("python", "x = ‸ + 1", id="code follows"),
        pytest.param("python", "x = f(‸)", id="an argument"),
        pytest.param("python", "f(\n    ‸\n)", id="an argument on a line of its own"),
        pytest.param("python", "a = [\n    ‸\n]", id="an element"),
        pytest.param("python", "return ‸", id="the rest of a statement"),
        pytest.param("python", 's = "‸"', id="a string"),
        pytest.param("python", 'def f():\n    """‸"""', id="a docstring"),
        pytest.param("python", 'def f():\n    """A.\n\n    ‸\n    """', id="inside it"),
        pytest.param("python", "# add ‸", id="a comment"),
        pytest.param("cpp", "/* a\n   ‸\n */", id="a comment over lines"),
        pytest.param("cpp", "return f(a)‸", id="a call"),
        pytest.param("typescript", "const s = `a\n‸\n`", id="a template"),
        pytest.param("php", "<?php\n$a = '\n‸\n'", id="a string over lines"),
        pytest.param("shellscript", "cat <<EOF\n‸\nEOF", id="a here document"),
        pytest.param("csharp", 'var s = @"\n‸\n"', id="a verbatim string"),
        pytest.param("java", 'var s = """\n‸\n"""', id="a text block"),
    ],
)
def test_one_line_within_a_line(language: str, drawn: str) -> None:
    assert wanted(drawn, language) == 1


def test_the_setting_decides_where_it_is_set() -> None:
    assert wanted("def f():‸", "python", Lines.LINE) == 1
    assert wanted("x = ‸ + 1", "python", Lines.BLOCK) == MANY
