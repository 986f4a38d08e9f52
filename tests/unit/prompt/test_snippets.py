import pytest

from lsp_server.prompt.snippets import commented, sign_of
from retrieval.source import Document


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


@pytest.mark.parametrize(
    ("uri", "language", "sign"),
    [
        ("file:///a/b.py", "", "#"),
        ("file:///a/b", "java", "//"),
        ("untitled:1", "typescriptreact", "//"),
        ("vscode-notebook-cell:/a/b.ipynb#W0", "python", "#"),
        ("file:///a/b.rs?x", "", "//"),
        ("file:///a/b", "", "#"),
    ],
)
def test_the_sign_is_of_the_documents_language(
    uri: str, language: str, sign: str
) -> None:
    document = Document(uri=uri, language=language, version=1, lines=("",))
    assert sign_of(document) == sign
