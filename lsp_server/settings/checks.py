"""What a setting may be: each check returns None, or what is wrong, for the user."""

from collections.abc import Callable
from dataclasses import field
from typing import Any

from lsp_server.ghost.switches import wrong_pattern


def whole(least: int, most: int) -> Callable[[Any], str | None]:
    def problem(value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int):
            return f"must be a whole number from {least:,} to {most:,}"
        if not least <= value <= most:
            return f"must be from {least:,} to {most:,}"
        return None

    return problem


def one_of(*choices: str) -> Callable[[Any], str | None]:
    def problem(value: Any) -> str | None:
        return None if value in choices else f"must be one of {', '.join(choices)}"

    return problem


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


def checked(default: Any, problem: Callable[[Any], str | None], says: str) -> Any:
    return field(default=default, metadata={"problem": problem, "says": says})
