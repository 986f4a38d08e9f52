"""Settings: frozen values, their defaults, and how what users write becomes them.

Two sources, two trusts. ``UserSettings`` decide what runs and where text goes; they come
from the user's own ``config.toml``, the environment and the command line, never over LSP,
because LSP cannot tell a user's setting from one that a workspace brought along.
``Settings`` are harmless, and an editor may change them at any time.

Parsing never fails: it gives a value and the problems found, in words for the user.
"""

import json
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import platformdirs

from lsp_server.ghost.extent import Lines
from lsp_server.ghost.switches import wrong_pattern
from lsp_server.prompt.layout import LayoutSetting

APPLICATION = "codellama-lsp"
SECTION = "codellama"
DEMO_MODEL = "demo"
_FILE = "config.toml"
_NUMBERS = frozenset({"window_tokens"})
"""Settings whose text in the environment is a number."""


_LONGEST_SHOWN = 60

Problems = tuple[str, ...]
_Name = Callable[[str], str]
"""How the one who wrote a key calls it: the environment's names are not the file's."""
_T = TypeVar("_T")


def _whole(least: int, most: int) -> Callable[[Any], str | None]:
    def problem(value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int):
            return f"must be a whole number from {least:,} to {most:,}"
        if not least <= value <= most:
            return f"must be from {least:,} to {most:,}"
        return None

    return problem


def _one_of(*choices: str) -> Callable[[Any], str | None]:
    def problem(value: Any) -> str | None:
        return None if value in choices else f"must be one of {', '.join(choices)}"

    return problem


def _yes_or_no(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) and value else "must be text, and not empty"


def _texts(value: Any) -> str | None:
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return None
    return "must be a list of texts"


def _patterns(value: Any) -> str | None:
    problem = _texts(value)
    return problem if problem is not None else wrong_pattern(value)


def _checked(default: Any, problem: Callable[[Any], str | None], says: str) -> Any:
    return field(default=default, metadata={"problem": problem, "says": says})


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineSettings:
    """Ghost text: ``codellama.inline``."""

    enabled: bool = _checked(True, _yes_or_no, "Offer ghost text at all.")
    automatic: bool = _checked(
        True, _yes_or_no, "Offer it while you type; otherwise only when you ask for it."
    )
    disabled_languages: tuple[str, ...] = _checked(
        (), _texts, "Languages without ghost text, as your editor calls them: markdown."
    )
    disabled_files: tuple[str, ...] = _checked(
        (),
        _patterns,
        "Files without ghost text: patterns as in a .gitignore, beside those of "
        ".gitignore and .codellamaignore, which count anyway.",
    )
    lines: Lines = _checked(  # noqa: RUF009 - a field, like the others
        Lines.AUTO,
        _one_of(*Lines),
        "auto (a block where one begins, else the rest of the line), line, or block.",
    )
    max_lines: int = _checked(12, _whole(1, 200), "Longest suggestion, in lines.")
    max_tokens: int = _checked(
        128, _whole(1, 2048), "Longest suggestion, in tokens of the model."
    )
    candidates: int = _checked(
        3,
        _whole(1, 10),
        "How many suggestions to choose from when you ask for them yourself.",
    )
    debounce_ms: int = _checked(
        75,
        _whole(0, 2000),
        "Longest wait for the next key before the engine is asked, in milliseconds: "
        "only in a burst of typing, and where the engine is slower than it.",
    )
    reuse: bool = _checked(
        True, _yes_or_no, "Answer from memory what agrees with an earlier suggestion."
    )
    ahead: bool = _checked(
        True,
        _yes_or_no,
        "While nobody waits, generate what comes after the suggestion that is shown, and "
        "prepare the engine for prompts to come.",
    )
    prefix_tokens: int = _checked(
        4096,
        _whole(64, 100_000),
        "How much of the file before the cursor the model sees, in tokens.",
    )
    suffix_tokens: int = _checked(
        256,
        _whole(0, 16_384),
        "How much of the file after the cursor the model sees, in tokens. In psm each "
        "keystroke computes it anew, so it is short.",
    )
    layout: LayoutSetting = _checked(  # noqa: RUF009 - as above
        LayoutSetting.AUTO,
        _one_of(*LayoutSetting),
        "Order of the prompt: psm (prefix first), spm (suffix first, the demo model's "
        "default), or auto: spm at the end of a line, where it costs less, else psm.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextSettings:
    """Other files of the repository: ``codellama.context``."""

    enabled: bool = _checked(
        True, _yes_or_no, "Read the repository, and show the model what helps."
    )
    tokens: int = _checked(
        2048,
        _whole(0, 16_384),
        "How much of other files the model sees, in tokens, at most: what is not likely to "
        "help is left out.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StatsSettings:
    """Figures of use: ``codellama.stats``."""

    enabled: bool = _checked(
        True,
        _yes_or_no,
        "Count what is offered and taken, for codellama-lsp stats; nothing is sent.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an editor may set: ``codellama.*``."""

    inline: InlineSettings = field(default_factory=InlineSettings)
    context: ContextSettings = field(default_factory=ContextSettings)
    stats: StatsSettings = field(default_factory=StatsSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSettings:
    """What only the user may set: which model runs, and on what.

    ``script`` and ``journal`` belong to the scripted engine.
    """

    engine: str = _checked(
        "vllm",
        _one_of("vllm", "scripted"),
        "vllm (embedded), or scripted (the fake for tests).",
    )
    model: str = _checked(
        DEMO_MODEL,
        _text,
        "A folder in Hugging Face form, a model of the hub that is in the local cache "
        "(codellama/CodeLlama-7b-hf), or demo.",
    )
    window_tokens: int | None = _checked(
        None,
        _whole(256, 100_000),
        "Longest prompt and answer together; by default what the model was made for, "
        "16,384 at most.",
    )
    script: str | None = _checked(None, _text, "What the scripted engine says: a file.")
    journal: str | None = _checked(
        None, _text, "Where the scripted engine writes down what it was asked: a file."
    )


def parse_settings(raw: Any, default: Settings) -> tuple[Settings, Problems]:
    """Return ``default`` with what came over LSP; what is wrong there changes nothing.

    Keys may be written ``maxLines`` or ``max_lines``. A key of ``UserSettings`` is
    refused by name.
    """
    if raw is None:
        return default, ()
    if not isinstance(raw, Mapping):
        return default, (f"{SECTION} must be an object, not {_written(raw)}",)
    refused = {entry.name for entry in fields(UserSettings)} & {*map(_snake, raw)}
    problems = [
        f"{SECTION}.{key} is not taken from an editor, where a workspace could set it: "
        f"write it into {config_path()}"
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
    user = _parsed(user, _from_environment(environment), _variable, problems)
    user = _parsed(user, arguments, _option, problems)
    default = _defaults(user)
    settings = _parsed(default, ours, lambda key: f"{path}: {key}", problems)
    return user, settings, tuple(problems)


def _defaults(user: UserSettings) -> Settings:
    """Return the defaults that suit the model.

    The demo model is too small to look back over a suffix for the end of the prefix: it
    writes sense only where the prefix stands last. It was trained on few long windows, and
    its loss rises past 2,048 tokens (docs/demo_model.md): the repository and what is before
    the cursor share that many.
    """
    if (user.engine, user.model) == ("vllm", DEMO_MODEL):
        return Settings(
            inline=InlineSettings(layout=LayoutSetting.SPM, prefix_tokens=1536),
            context=ContextSettings(tokens=512),
        )
    return Settings()


def config_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the user's own settings stand; ``CODELLAMA_CONFIG`` names another file."""
    named = environment.get("CODELLAMA_CONFIG")
    return Path(named) if named else platformdirs.user_config_path(APPLICATION) / _FILE


def cache_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the indexes of repositories are kept; ``CODELLAMA_CACHE`` names another folder."""
    named = environment.get("CODELLAMA_CACHE")
    return Path(named) if named else platformdirs.user_cache_path(APPLICATION) / "index"


def state_path() -> Path:
    """Where logs and other state of this user go."""
    return platformdirs.user_state_path(APPLICATION)


def _from_file(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        if isinstance(error, FileNotFoundError) and path == config_path({}):
            return {}  # nobody has to write one
        problems.append(f"{path} cannot be read, so it is ignored: {error}")
        return {}


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in _names(UserSettings):
        text = environment.get(_variable(name))
        if text:
            found[name] = _number(text) if name in _NUMBERS else text
    return found


def _number(text: str) -> int | str:
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
    instead = "it is ignored"
    if problem is not None and current is not None:
        instead = f"{_written(current)} is used instead"
    problems.append(f"{name} {wrong}, not {_written(value)}: {instead}")
    return current


def _written(value: Any) -> str:
    """Return the value as users write it, cut where a message would get too long."""
    text = json.dumps(value, default=str)
    if len(text) <= _LONGEST_SHOWN:
        return text
    return text[: _LONGEST_SHOWN - 1] + "…"


def _snake(key: str) -> str:
    return "".join(
        f"_{letter.lower()}" if letter.isupper() else letter for letter in key
    )
