import pytest

from lsp_server.prompt.snippets import commented


@pytest.mark.parametrize(
    ("text", "sign", "expected"),
    [
        ("a = 1\n", "#", "# pkg/a.py\n# a = 1\n"),
        ("\n\na\n\n  b\n\n", "//", "// pkg/a.py\n// a\n//\n//   b\n"),
        ("", "#", "# pkg/a.py\n#\n"),
    ],
)
def test_a_snippet_is_one_block_of_comment(text: str, sign: str, expected: str) -> None:
    assert commented("pkg/a.py", text, sign) == expected
