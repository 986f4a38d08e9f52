"""The VS Code extension's manifest has the settings as they are defined."""

import json
from dataclasses import fields
from typing import Any

from lsp_server.settings import Settings, parse_settings, user_options
from tools.editor_settings import MANIFEST, current

TEXT = MANIFEST.read_text(encoding="utf-8")
PROPERTIES: dict[str, Any] = {
    name: schema
    for group in json.loads(TEXT)["contributes"]["configuration"]
    for name, schema in group["properties"].items()
}


def test_the_manifest_is_current() -> None:
    assert current(TEXT) == TEXT, "run: python -m tools.editor_settings"


def test_what_a_workspace_may_set_is_what_the_server_takes_from_an_editor() -> None:
    raw: dict[str, dict[str, Any]] = {part.name: {} for part in fields(Settings)}
    for name, schema in PROPERTIES.items():
        if schema["scope"] == "window":
            _, part, key = name.split(".")
            raw[part][key] = schema["default"]
    assert parse_settings(raw, Settings()) == (Settings(), ())


def test_what_decides_what_runs_is_the_users_alone() -> None:
    mine = {name for name, schema in PROPERTIES.items() if schema["scope"] == "machine"}
    assert {"codellama.server.command", "codellama.endpoint", "codellama.model"} <= mine
    for name in mine - {"codellama.trace.server"}:
        if not name.startswith("codellama.server."):
            option = "".join(
                f"_{letter.lower()}" if letter.isupper() else letter
                for letter in name.removeprefix("codellama.").replace(".", "_")
            )
            assert option in user_options()
    assert {schema["scope"] for schema in PROPERTIES.values()} == {"machine", "window"}
