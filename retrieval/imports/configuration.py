"""Reads configuration files that people write: what cannot be read is as if not there."""

import json
import re
import tomllib
from functools import lru_cache
from typing import Any

# A string, or what JSON with comments has beside JSON: comments and trailing commas.
# What does not end goes to the end of the text: else each quote begins a new search.
_STRING = r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)'
_COMMENT = r"(?P<comment>//[^\r\n]*|/\*.*?(?:\*/|\Z))"
_JSONC = re.compile(f"{_STRING}|{_COMMENT}", re.DOTALL)
_TRAILING = re.compile(rf"{_STRING}|(?P<comma>,)(?=\s*+[\]}}])", re.DOTALL)


@lru_cache(maxsize=256)
def parsed_json(text: str) -> Any:
    """Parse JSON with comments, trailing commas or a byte-order mark; None if it is not.

    The value is shared: nobody changes it.
    """
    text = text.removeprefix("\ufeff")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        plain = _JSONC.sub(lambda m: " " if m["comment"] else m[0], text)
        plain = _TRAILING.sub(lambda m: " " if m["comma"] else m[0], plain)
    try:
        return json.loads(plain)
    except (ValueError, RecursionError):
        return None


@lru_cache(maxsize=64)
def parsed_toml(text: str) -> Any:
    """Parse TOML; None if it is not. The value is shared: nobody changes it."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None


def table(value: Any, *keys: str) -> dict[str, Any]:
    """Go down ``keys``; an empty table where one is missing or something else."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def text_of(value: Any) -> str:
    """Return a text, or "" for anything else."""
    return value if isinstance(value, str) else ""


def texts(value: Any) -> list[str]:
    """Return the texts in a list, or a lone text as a list of one."""
    if isinstance(value, str):
        return [value]
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []
