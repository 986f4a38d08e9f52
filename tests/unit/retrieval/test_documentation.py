"""Documentation comments as plain text, convention by convention."""

import pytest

from retrieval.documentation import documentation

CASES = [
    ("python", '"""Say it."""', "Say it."),
    ("python", "r'''Say it.'''", "Say it."),
    (
        "python",
        '    """Say it.\n\n    And more:\n        deep\n    """',
        "Say it.\n\nAnd more:\n    deep",
    ),
    ("python", "# One.\n# Two.", "One.\nTwo."),
    (
        "python",
        '"""Do.\n\n:param str x: the first\n:returns: all\n:raises ValueError: never\n"""',
        "Do.\n\n- x: the first\nReturns: all\nRaises ValueError: never",
    ),
    (
        "python",
        '"""Use :class:`~shop.Money` and ``x``."""',
        "Use `shop.Money` and `x`.",
    ),
    ("python", '"""Unclosed', "Unclosed"),
    ("python", '"""Is x < y and a & b?"""', "Is x < y and a & b?"),
    ("java", "/** Say it. */", "Say it."),
    (
        "java",
        "/**\n * Say it.\n *\n * @param x  the first\n * @return all\n * @throws IOException never\n */",
        "Say it.\n\n- x: the first\nReturns: all\nThrows IOException: never",
    ),
    (
        "java",
        "/**\n * See {@link Money#convert(int) that} or {@code x < y}.\n * <p>More <b>here</b>.\n */",
        "See that or `x < y`.\n\nMore here.",
    ),
    ("java", "/** A {@link Money} is. */", "A Money is."),
    ("java", "    /**\n     * Say it.\n     *   deep\n     */", "Say it.\n  deep"),
    (
        "typescript",
        "/**\n * Say it.\n * @param {string} x - the first\n * @param [y=1] the second\n * @returns {number} all\n */",
        "Say it.\n- x: the first\n- y: the second\nReturns: all",
    ),
    ("typescript", "// One.\n// Two.", "One.\nTwo."),
    (
        "csharp",
        '/// <summary>\n/// To <see cref="T:Shop.Money"/>.\n/// </summary>\n'  # noqa: ISC004
        '/// <param name="x">The first.</param>\n/// <returns>All.</returns>',
        "To Money.\n\n- x: The first.\n\nReturns: All.",
    ),
    (
        "csharp",
        '/// <exception cref="T:System.IO.Bad">Never &lt;b&gt;.</exception>',
        "Throws Bad: Never <b>.",
    ),
    (
        "php",
        "/**\n * Say it.\n *\n * @param string $x the first\n * @return bool\n */",
        "Say it.\n\n- $x: the first\nReturns: bool",
    ),
    ("cpp", "/// \\brief Say it.\n/// \\param x the first", "Say it.\n- x: the first"),
    ("cpp", "//! Say it.", "Say it."),
    ("cpp", "/*! Say it. */", "Say it."),
    ("bash", "# Build it.\n#   deep", "Build it.\n  deep"),
    ("rust", "/// Say it.\n///\n/// More.", "Say it.\n\nMore."),
    ("lua", "--- Say it.", "Say it."),
    ("java", "/** */", ""),
    ("python", "#", ""),
    ("java", '/**\n * <script>alert(1)</script><img src="x">\n */', "alert(1)"),
]


@pytest.mark.parametrize(("language", "comment", "expected"), CASES)
def test_a_comment_reads_as_text(language: str, comment: str, expected: str) -> None:
    assert documentation(comment.split("\n"), language) == expected


def test_what_is_long_is_cut_with_a_sign() -> None:
    said = documentation([f"# line {n}" for n in range(200)], "python")
    assert said.endswith("line 59\n…")


@pytest.mark.parametrize(
    "comment", ["", "\n", '"', "/*", "*/", "///", "<<<", "@param", ":x:", "{@link"]
)
@pytest.mark.parametrize("language", ["python", "java", "csharp", "bash"])
def test_any_text_is_read(comment: str, language: str) -> None:
    documentation(comment.split("\n"), language)
