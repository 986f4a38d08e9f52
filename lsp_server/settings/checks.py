"""What a setting may be: each check returns None, or what is wrong, for the user.

A check is a function of this module, or a ``partial`` of one: what it allows can be read from
it, as the editors' settings are (tools/editor_settings.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from lsp_server.ghost.switches import wrong_pattern


def whole(least: int, most: int) -> Callable[[Any], str | None]:
    return partial(not_whole, least=least, most=most)


def not_whole(value: Any, *, least: int, most: int) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return f"must be a whole number from {least:,} to {most:,}"
    if not least <= value <= most:
        return f"must be from {least:,} to {most:,}"
    return None


def whole_or_auto(least: int, most: int) -> Callable[[Any], str | None]:
    return partial(not_whole_nor_auto, least=least, most=most)


def not_whole_nor_auto(value: Any, *, least: int, most: int) -> str | None:
    if value == "auto" or not_whole(value, least=least, most=most) is None:
        return None
    return f"must be a whole number from {least:,} to {most:,}, or auto"


def one_of(*choices: str) -> Callable[[Any], str | None]:
    return partial(none_of, choices=choices)


def none_of(value: Any, *, choices: Sequence[str]) -> str | None:
    return None if value in choices else f"must be one of {', '.join(choices)}"


def yes_or_no(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def text(value: Any) -> str | None:
    return None if isinstance(value, str) and value else "must be text, and not empty"


def texts(value: Any) -> str | None:
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return None
    return "must be a list of texts"


def patterns(value: Any) -> str | None:
    problem = texts(value)
    return problem if problem is not None else wrong_pattern(value)


def http_address(value: Any) -> str | None:
    problem = "must be an address: http://gpu-box:8000/v1"
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
            return problem
        _ = parts.port
    except ValueError:
        return problem
    if parts.username is not None or parts.query or parts.fragment:
        return f"{problem}; a key stands in CODELLAMA_API_KEY or the keyring"
    return None


def http_address_or_here(value: Any) -> str | None:
    return None if value == "here" else http_address(value)


def models_by_language(value: Any) -> str | None:
    if isinstance(value, Mapping) and all(
        isinstance(part, str) and part for pair in value.items() for part in pair
    ):
        return None
    return 'must name a model for each language: { python = "MODEL" }'


def checked(default: Any, problem: Callable[[Any], str | None], says: str) -> Any:
    """Return a field that says what it is for; a dictionary is copied for each value."""
    metadata = {"problem": problem, "says": says}
    if isinstance(default, dict):
        return field(default_factory=lambda: {**default}, metadata=metadata)
    return field(default=default, metadata=metadata)
