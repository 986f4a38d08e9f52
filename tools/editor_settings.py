"""Writes the settings into the VS Code extension's manifest, from where they are defined.

``python -m tools.editor_settings`` after a change of ``lsp_server/settings/values.py``; with
``--check`` it only says whether the manifest is current. What is about the client alone, the group
"Server", stands in the manifest itself.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields
from functools import partial
from pathlib import Path
from typing import Any

from lsp_server.settings import OnDemandSettings, Settings, UserSettings, checks

MANIFEST = Path(__file__).parents[1] / "editors" / "vscode" / "package.json"

_CLIENTS = "Server"
_TITLES = {
    "inline": "Ghost text",
    "context": "Repository",
    "hover": "Hover",
    "actions": "Actions",
    "popup": "Pop-up menu",
    "stats": "Statistics",
}
_MODELS = "Models: what runs, and where"
_ON_DEMAND = "Models: explain, fix, refactor, document, test"

_NOT_HERE = frozenset({"engine", "script", "journal"})
"""For tests; they stand in config.toml."""

Schema = dict[str, Any]

_SCHEMAS: Mapping[Callable[[Any], str | None], Schema] = {
    checks.yes_or_no: {"type": "boolean"},
    checks.text: {"type": "string"},
    checks.texts: {"type": "array", "items": {"type": "string"}},
    checks.patterns: {
        "type": "array",
        "items": {"type": "string"},
        "uniqueItems": True,
    },
    checks.http_address: {
        "type": "string",
        "pattern": "^https?://[^\\s/@?#]+[^\\s@?#]*$",
        "patternErrorMessage": "An address such as http://gpu-box:8000/v1",
    },
    checks.http_address_or_here: {
        "type": "string",
        "pattern": "^(here|https?://[^\\s/@?#]+[^\\s@?#]*)$",
        "patternErrorMessage": "An address such as http://gpu-box:8000/v1, or here",
    },
}


def current(manifest: str) -> str:
    """Return the manifest's text with the settings as they are defined now."""
    parsed = json.loads(manifest)
    groups = parsed["contributes"]["configuration"]
    kept = [group for group in groups if group["title"] == _CLIENTS]
    made = [*_editors(), _users(_MODELS, UserSettings, ""), _on_demand()]
    parsed["contributes"]["configuration"] = [
        {"title": group["title"], "order": order, "properties": group["properties"]}
        for order, group in enumerate([*made, *kept], start=1)
    ]
    return json.dumps(parsed, indent=2, ensure_ascii=False) + "\n"


def _editors() -> Iterator[Schema]:
    """Yield a group for each part of what an editor may set: a workspace may, too."""
    for part in fields(Settings):
        kind = part.default_factory
        assert isinstance(kind, type)  # noqa: S101 - for mypy: it is the part's class
        yield {
            "title": _TITLES.get(part.name, part.name.capitalize()),
            "properties": {
                f"codellama.{part.name}.{_camel(entry.name)}": {
                    **_schema(entry),
                    "default": _plain(entry.default),
                    "scope": "window",
                    "description": entry.metadata["says"],
                }
                for entry in fields(kind)
            },
        }


def _on_demand() -> Schema:
    return _users(_ON_DEMAND, OnDemandSettings, "onDemand.")


def _users(title: str, kind: type, prefix: str) -> Schema:
    """Return the group of what only the user may set: null leaves it to config.toml."""
    properties = {}
    for entry in fields(kind):
        if entry.default_factory is not MISSING or entry.name in _NOT_HERE:
            continue  # a table: only the file can set it
        schema = _schema(entry)
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
        properties[f"codellama.{prefix}{_camel(entry.name)}"] = {
            **schema,
            "default": None,
            "scope": "machine",
            "description": f"{entry.metadata['says']}{_by_default(entry)}",
        }
    return {"title": title, "properties": properties}


def _schema(entry: Field[Any]) -> Schema:
    check = entry.metadata["problem"]
    if not isinstance(check, partial):
        return dict(_SCHEMAS[check])
    allowed = check.keywords
    if check.func in {checks.not_whole, checks.not_whole_nor_auto}:
        bounds = {"minimum": allowed["least"], "maximum": allowed["most"]}
        if check.func is checks.not_whole:
            return {"type": "integer", **bounds}
        return {
            "type": ["integer", "string"],
            **bounds,
            "pattern": "^auto$",
            "patternErrorMessage": "A whole number, or auto",
        }
    assert check.func is checks.none_of  # noqa: S101 - a new kind of check is to be added here
    return {"type": "string", "enum": [str(one) for one in allowed["choices"]]}


def _by_default(entry: Field[Any]) -> str:
    if entry.default is None:
        return ""
    return f" null: as config.toml says, else {json.dumps(_plain(entry.default))}."


def _plain(default: Any) -> Any:
    return [*default] if isinstance(default, tuple) else default


def _camel(name: str) -> str:
    return re.sub("_([a-z])", lambda match: match[1].upper(), name)


def main() -> int:
    """Write the manifest, or say whether it is current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    old = MANIFEST.read_text(encoding="utf-8")
    new = current(old)
    if check and old != new:
        print(f"{MANIFEST} is not current: python -m tools.editor_settings")
        return 1
    if not check:
        MANIFEST.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
