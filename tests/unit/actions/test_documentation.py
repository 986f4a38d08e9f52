import pytest

from lsp_server.actions.documentation import (
    Convention,
    Form,
    convention_of,
    finished,
    written,
)
from tests.unit.actions.places import document

DOCSTRING = convention_of(document("", "python"))
JAVADOC = convention_of(document("", "java"))
XML = convention_of(document("", "csharp"))
HASH = convention_of(document("", "shellscript"))


def check(said: str, convention: Convention, *lines: str) -> None:
    assert written(said, convention, "  ", xml=convention is XML) == [*lines]


@pytest.mark.parametrize(
    "said",
    [
        '"""Do it."""',
        '"""Do it."""\nreturn 1\n',
        "'''Do it.'''",
        'def f(x):\n    """Do it."""\n    return x',
        "Do it.",
        "# Do it.",
        "/** Do it. */",
        '"""\nDo it.\n"""',
    ],
)
def test_the_text_is_found_whatever_is_around_it(said: str) -> None:
    check(said, DOCSTRING, '  """Do it."""')
    check(said, JAVADOC, "  /**", "   * Do it.", "   */")
    check(said, HASH, "  # Do it.")
    check(said, XML, "  /// <summary>", "  /// Do it.", "  /// </summary>")


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\x0b", "\r"])
def test_what_ends_a_line_somewhere_does_not_end_the_comment(sign: str) -> None:
    said = f"/// Do{sign}it();"
    check(said, XML, "  /// <summary>", "  /// Do it();", "  /// </summary>")
    check(f'"""Do{sign}it."""', DOCSTRING, '  """Do it."""')


def test_several_lines_keep_their_own_indentation() -> None:
    said = '"""Do it.\n\n    Args:\n        x: it.\n    """'
    lines = ["Do it.", "", "Args:", "    x: it."]
    check(
        said,
        DOCSTRING,
        *('  """Do it.', "", "  Args:", "      x: it.", '  """'),
    )
    check(said, HASH, *(f"  # {line}".rstrip() for line in lines))


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("'''Say \"no\".'''", ['  """Say "no"."""']),
        ("'''Say \"no\"'''", ['  """Say "no"', '  """']),
        (r'"""Match \d."""', [r'  r"""Match \d."""']),
        ('"""End \\"""', ['  r"""End \\', '  """']),
        ("'''Not \"\"\" here.'''", ['  """Not \'\'\' here."""']),
    ],
)
def test_text_cannot_end_its_docstring(said: str, lines: list[str]) -> None:
    check(said, DOCSTRING, *lines)
    compile("\n".join(line.strip() for line in lines), "", "exec")


def test_text_cannot_end_its_comment() -> None:
    check("# a */ b", JAVADOC, "  /**", "   * a * / b", "   */")


def test_xml_is_left_as_it_is_and_text_is_put_into_it() -> None:
    check("/// <summary>A</summary>", XML, "  /// <summary>A</summary>")
    check("/// A & b", XML, "  /// <summary>", "  /// A &amp; b", "  /// </summary>")


@pytest.mark.parametrize("said", ["", "\n\n", '""""""', "/** */", "x = 1"])
def test_nothing_is_made_of_nothing(said: str) -> None:
    check(said, DOCSTRING)


@pytest.mark.parametrize(
    ("begun", "said", "enough"),
    [
        ('"""', '"""Do', False),
        ('"""', '"""Do."""', True),
        ("/**\n *", "/**\n * Do", False),
        ("/**\n *", "/**\n * Do\n */", True),
        ("#", "# Do\n# it", False),
        ("#", "# Do\n#\nf()", False),
        ("#", "# Do\n#\nf() {\n", True),
        ("///", "/// Do\n\n", True),
    ],
)
def test_documentation_is_whole_once_it_ends(
    begun: str, said: str, *, enough: bool
) -> None:
    assert finished(begun, said) == enough


def test_languages_without_a_convention_have_comments() -> None:
    assert convention_of(document("", "go")).sign == "//"
    assert HASH.form is Form.LINES
