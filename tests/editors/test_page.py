"""The lines of docs/editors.md: each is of its language, and sets what there is to set.

Lua is run by the tests in Neovim.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lsp_server.settings import Settings, parse_settings

PAGE = Path(__file__).parents[2] / "docs" / "editors.md"
TEXT = PAGE.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def settings_in(value: Any) -> Iterator[dict[str, Any]]:
    """Yield what stands under "codellama", also where it is written with dots."""
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if key == "codellama" and isinstance(inner, dict) and "inline" in inner:
            yield inner
        elif key.startswith("codellama.inline."):
            yield {"inline": {key.rpartition(".")[2]: inner}}
        else:
            yield from settings_in(inner)


@pytest.mark.parametrize("lines", [*blocks("json"), *blocks("toml")])
def test_settings_are_ones_that_the_server_knows(lines: str) -> None:
    parsed = json.loads(lines) if lines.startswith("{") else tomllib.loads(lines)
    found = list(settings_in(parsed))
    assert found
    for each in found:
        assert parse_settings(each, Settings())[1] == ()


@pytest.mark.parametrize("lines", blocks("elisp"))
def test_lisp_closes_what_it_opens(lines: str) -> None:
    code = re.sub(r";.*", "", lines)
    assert code.count("(") == code.count(")") > 0
    depth = 0
    for character in code:
        depth += {"(": 1, ")": -1}.get(character, 0)
        assert depth >= 0


@pytest.mark.parametrize("language", ["lua", "json", "toml", "elisp", "sh"])
def test_no_editor_takes_more_than_ten_lines_or_so(language: str) -> None:
    for lines in blocks(language):
        assert lines.count("\n") <= 15


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)", TEXT):
        assert (PAGE.parent / target).exists(), target
