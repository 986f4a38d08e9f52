"""``docs/settings.md`` says what ``settings.py`` does."""

import json
import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from lsp_server.settings import (
    ActionSettings,
    ContextSettings,
    HoverSettings,
    InlineSettings,
    OnDemandSettings,
    PopupSettings,
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
        if "says" not in entry.metadata:
            continue  # a table, whose settings have rows of their own
        told = entry.default if entry.default is not MISSING else {}
        default = "" if told is None else f"`{json.dumps(told)}`"
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
        *_rows(PopupSettings, "codellama.popup.{0}"),
        *_rows(ContextSettings, "codellama.context.{0}"),
        *_rows(ActionSettings, "codellama.actions.{0}"),
        *_rows(HoverSettings, "codellama.hover.{0}"),
        *_rows(StatsSettings, "codellama.stats.{0}"),
        *_rows(UserSettings, "{1}"),
        *_rows(OnDemandSettings, "on_demand.{1}"),
    ],
)
def test_the_page_has_each_setting_with_its_default(row: str) -> None:
    assert row in PAGE.splitlines()


def test_the_page_has_no_setting_that_is_not_there() -> None:
    kinds = (
        *(InlineSettings, PopupSettings, ContextSettings),
        *(ActionSettings, HoverSettings, StatsSettings),
        *(UserSettings, OnDemandSettings),
    )
    ours = sum("says" in entry.metadata for kind in kinds for entry in fields(kind))
    assert len(re.findall(r"^\| `", PAGE, re.MULTILINE)) == ours
