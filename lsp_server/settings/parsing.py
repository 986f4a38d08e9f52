"""How what users write becomes settings.

Parsing never fails: it gives a value and the problems found, in words for the user.
"""

import contextlib
import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from lsp_server.settings.checks import http_address, http_address_or_here
from lsp_server.settings.places import config_path
from lsp_server.settings.values import (
    OnDemandSettings,
    Settings,
    UserSettings,
    defaults,
)

SECTION = "codellama"
_SECRETS = {"api_key": "it belongs into the keyring, or into CODELLAMA_API_KEY"}
"""What no file has, either."""

_NOT_REPLACED = (http_address, http_address_or_here)
"""Checks of what says where text goes: a wrong address is an engine that does not work, and
no reason to start one here."""

_PASSWORD = re.compile(r"[^\"].*:.*@", re.DOTALL)
_ON_DEMAND = "on_demand_"
_LONGEST_SHOWN = 60

Problems = tuple[str, ...]
_Name = Callable[[str], str]
"""How the one who wrote a key calls it: the environment's names are not the file's."""
_T = TypeVar("_T")


def parse_settings(raw: Any, default: Settings) -> tuple[Settings, Problems]:
    """Return ``default`` with what came over LSP; what is wrong there changes nothing.

    Keys may be written ``maxLines`` or ``max_lines``. A key of ``UserSettings`` is
    refused by name.
    """
    if raw is None:
        return default, ()
    if not isinstance(raw, Mapping):
        return default, (f"{SECTION} must be an object, not {_written(raw)}",)
    refused = {*_names(UserSettings), *_SECRETS} & {*map(_snake, raw)}
    problems = [
        f"{SECTION}.{key} is not taken from an editor, where a workspace could set it: "
        + (_SECRETS.get(key) or f"write it into {config_path()}")
        for key in sorted(refused)
    ]
    ours = {key: value for key, value in raw.items() if _snake(key) not in refused}
    value = _parsed(default, ours, lambda key: f"{SECTION}.{key}", problems)
    return value, tuple(problems)


def read_user_settings(
    arguments: Mapping[str, Any], environment: Mapping[str, str] = os.environ
) -> tuple[UserSettings, Settings, Problems]:
    """Return the user's settings: ``config.toml``, over it environment and arguments.

    The environment's names are ``CODELLAMA_MODEL`` and so on; arguments that are None
    were not given. The file's tables, ``[inline]`` and so on, give the defaults of
    ``Settings``.
    """
    path = config_path(environment)
    problems: list[str] = []
    file = _from_file(path, problems)
    ours = {key: file.pop(key) for key in [*file] if key in _names(Settings)}
    user = _parsed(UserSettings(), file, lambda key: f"{path}: {key}", problems)
    texts = {name: environment.get(_variable(name)) for name in user_options()}
    said = {name: _value_of(text) for name, text in texts.items() if text}
    user = _flat(user, said, _variable, problems)
    typed = {
        name: _value_of(value) if isinstance(value, str) else value
        for name, value in arguments.items()
    }
    user = _flat(user, typed, _option, problems)
    default = defaults(user)
    settings = _parsed(default, ours, lambda key: f"{path}: {key}", problems)
    return user, settings, tuple(problems)


def _from_file(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        if isinstance(error, FileNotFoundError) and path == config_path({}):
            return {}  # nobody has to write one
        problems.append(f"{path} cannot be read, so it is ignored: {error}")
        return {}


def user_options() -> tuple[str, ...]:
    """Return the names of what environment and command line may set.

    A table's settings have its name before theirs: ``on_demand_model``. What is a table
    itself only the file can set.
    """
    own = [entry.name for entry in fields(UserSettings) if not _is_table(entry)]
    on_demand = [
        f"{_ON_DEMAND}{entry.name}"
        for entry in fields(OnDemandSettings)
        if not _is_table(entry)
    ]
    return (*own, *on_demand)


def _is_table(entry: Field[Any]) -> bool:
    return entry.default_factory is not MISSING


def _flat(
    user: UserSettings, raw: Mapping[str, Any], name: _Name, problems: list[str]
) -> UserSettings:
    """Return ``user`` with what ``raw`` sets by the names of :func:`user_options`."""
    own = {key: raw[key] for key in raw if not key.startswith(_ON_DEMAND)}
    theirs = {
        key.removeprefix(_ON_DEMAND): raw[key]
        for key in raw
        if key.startswith(_ON_DEMAND)
    }
    on_demand = _parsed(
        user.on_demand, theirs, lambda key: name(_ON_DEMAND + key), problems
    )
    return replace(_parsed(user, own, name, problems), on_demand=on_demand)


def _value_of(text: str) -> int | bool | str | list[Any]:
    """Return what the environment's text means: a number, yes or no, a list, or itself.

    A list is written as in JSON: ``["mypy", "{file}"]``.
    """
    if text.startswith("["):
        with contextlib.suppress(ValueError):
            return list(json.loads(text))
    if text in {"true", "false"}:
        return text == "true"
    try:
        return int(text)
    except ValueError:
        return text


def _variable(name: str) -> str:
    return f"CODELLAMA_{name.upper()}"


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _names(settings: type) -> tuple[str, ...]:
    return tuple(entry.name for entry in fields(settings))


def _parsed(
    default: _T, raw: Mapping[str, Any], name: _Name, problems: list[str]
) -> _T:
    """Return ``default`` with what ``raw`` sets rightly; the rest becomes problems.

    A value of None was not set: editors send it for settings they know nothing of.
    """
    known = {entry.name: entry for entry in fields(default)}  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for key, value in raw.items():
        entry = known.get(_snake(key))
        if entry is None:
            problems.append(f"{name(key)}: there is no such setting, so it is ignored")
        elif value is not None:
            current = getattr(default, entry.name)
            problem = entry.metadata.get("problem")
            values[entry.name] = _value(current, value, problem, name(key), problems)
    return replace(default, **values)  # type: ignore[type-var]


def _value(
    current: Any,
    value: Any,
    problem: Callable[[Any], str | None] | None,
    name: str,
    problems: list[str],
) -> Any:
    """Return ``value``, ``current`` where it is wrong; no ``problem`` is a group."""
    if problem is None and isinstance(value, Mapping):
        return _parsed(current, value, lambda key: f"{name}.{key}", problems)
    wrong = "must be an object" if problem is None else problem(value)
    if wrong is None:
        return type(current)(value) if isinstance(current, StrEnum | tuple) else value
    if problem in _NOT_REPLACED:
        problems.append(f"{name} {wrong}, not {_written(value)}: nothing else is used")
        return _masked(value if isinstance(value, str) else json.dumps(value))
    instead = "it is ignored"
    if problem is not None and current is not None:
        instead = f"{_written(current)} is used instead"
    problems.append(f"{name} {wrong}, not {_written(value)}: {instead}")
    return current


def _written(value: Any) -> str:
    """Return the value as users write it, cut where a message would get too long.

    No password of an address is in it.
    """
    text = _masked(json.dumps(value, default=str))
    if len(text) <= _LONGEST_SHOWN:
        return text
    return text[: _LONGEST_SHOWN - 1] + "…"


def _masked(text: str) -> str:
    return _PASSWORD.sub("***@", text)


def _snake(key: str) -> str:
    return "".join(
        f"_{letter.lower()}" if letter.isupper() else letter for letter in key
    )
