from pathlib import Path

import pytest

from lsp_server.context.paths import path_of


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a/b%20c.py", "/a/b c.py"),
        ("FILE:///a/%C3%A9.py", "/a/é.py"),
        ("vscode-notebook-cell:/a/b.ipynb#W0sZ%3D", "/a/b.ipynb#W0sZ="),
        ("untitled:Untitled-1", None),
        ("vscode-vfs://github/a/b.py", None),
        ("file:a.py", None),
        ("file:///a%00b", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_a_uri_names_a_file_or_none(uri: str, path: str | None) -> None:
    assert path_of(uri) == (None if path is None else Path(path))
