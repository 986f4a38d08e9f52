"""``docs/settings.md`` says what ``settings.py`` does."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from lsp_server.settings import (
    ContextSettings,
    InlineSettings,
    StatsSettings,
    UserSettings,
)

PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")


def _camel(name: str) -> str:
    return re.sub("_([a-z])", lambda match: match[1].upper(), name)


def _rows(kind: Any, name: str) -> list[str]:
    """Return the lines of a table that these settings make."""
    rows = []
    for entry in fields(kind):
        default = "" if entry.default is None else f"`{json.dumps(entry.default)}`"
        cell = f" {default} " if default else " "
        rows.append(
            f"| `{name.format(_camel(entry.name), entry.name)}` |{cell}"
            f"| {entry.metadata['says']} |"
        )
    return rows


@pytest.mark.parametrize(
    "row",
    [
        *_rows(InlineSettings, "codellama.inline.{0}"),
        *_rows(ContextSettings, "codellama.context.{0}"),
        *_rows(StatsSettings, "codellama.stats.{0}"),
        *_rows(UserSettings, "{1}"),
    ],
)
def test_the_page_has_each_setting_with_its_default(row: str) -> None:
    assert row in PAGE.splitlines()


def test_the_page_has_no_setting_that_is_not_there() -> None:
    kinds = (InlineSettings, ContextSettings, StatsSettings, UserSettings)
    ours = sum(len(fields(kind)) for kind in kinds)
    assert len(re.findall(r"^\| `", PAGE, re.MULTILINE)) == ours
