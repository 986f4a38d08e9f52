"""Where users want no ghost text."""

import pytest

from lsp_server.ghost.switches import switched_off, wrong_pattern


@pytest.mark.parametrize(
    ("uri", "language", "off"),
    [
        ("file:///a/notes.md", "markdown", True),
        ("file:///a/notes.txt", "MarkDown", True),
        ("file:///a/notes.txt", "plaintext", False),
        ("file:///a/notes.txt", "", False),
        ("file:///a/b.min.js", "javascript", True),
        ("file:///a/keep.min.js", "javascript", False),
        ("file:///a/generated/x/y.py", "python", True),
        ("file:///home/my%20secrets/a.py", "python", True),
        ("untitled:Untitled-1", "python", False),
    ],
)
def test_languages_and_patterns_switch_it_off(
    uri: str, language: str, *, off: bool
) -> None:
    patterns = ("*.min.js", "!keep.min.js", "generated/", "my secrets")
    assert switched_off(uri, language, ("markdown",), patterns) is off


def test_without_settings_it_is_on() -> None:
    assert not switched_off("file:///a.md", "markdown", (), ())


def test_what_is_no_pattern_is_named() -> None:
    assert wrong_pattern(["*.md", "!x", "a/"]) is None
    assert "'!'" in (wrong_pattern(["*.md", "!"]) or "")
