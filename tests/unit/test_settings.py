"""What users write becomes settings and problems, whatever they write."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from platformdirs import user_cache_path

from lsp_server.engine.base import EngineError
from lsp_server.engine.remote.settings import RemoteSettings, address
from lsp_server.ghost.extent import Lines
from lsp_server.prompt.layout import LayoutSetting
from lsp_server.settings import (
    ActionSettings,
    InlineSettings,
    OnDemandSettings,
    Settings,
    UserSettings,
    cache_path,
    config_path,
    parse_settings,
    read_user_settings,
    state_path,
    user_options,
)

DEFAULT = Settings()
NOT_GIVEN = dict.fromkeys(user_options(), None)


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def inline(**values: Any) -> Settings:
    return Settings(inline=replace(DEFAULT.inline, **values))


def context(**values: Any) -> Settings:
    return Settings(context=replace(DEFAULT.context, **values))


OF_DEMO = Settings(
    inline=replace(DEFAULT.inline, layout=LayoutSetting.SPM, prefix_tokens=1536),
    context=replace(DEFAULT.context, tokens=512),
)
"""The defaults with the demo model, which is there where nothing is configured."""


# Over LSP


@pytest.mark.parametrize("raw", [None, {}, {"inline": None}, {"inline": {}}])
def test_nothing_set_is_the_default(raw: Any) -> None:
    assert parse_settings(raw, DEFAULT) == (DEFAULT, ())


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"enabled": False}, inline(enabled=False)),
        ({"maxLines": 3}, inline(max_lines=3)),
        ({"max_lines": 3}, inline(max_lines=3)),
        ({"layout": "spm"}, inline(layout=LayoutSetting.SPM)),
        ({"maxTokens": 1, "suffixTokens": 0}, inline(max_tokens=1, suffix_tokens=0)),
        ({"prefixTokens": 100_000}, inline(prefix_tokens=100_000)),
        ({"maxLines": None}, DEFAULT),
        ({"lines": "block"}, inline(lines=Lines.BLOCK)),
        ({"automatic": False, "debounceMs": 0}, inline(automatic=False, debounce_ms=0)),
        ({"disabledLanguages": ["markdown"]}, inline(disabled_languages=("markdown",))),
        (
            {"disabledFiles": ["*.md", "!a.md"]},
            inline(disabled_files=("*.md", "!a.md")),
        ),
    ],
)
def test_an_editor_sets_what_is_harmless(
    raw: dict[str, Any], expected: Settings
) -> None:
    settings, problems = parse_settings({"inline": raw}, DEFAULT)
    assert settings == expected
    assert isinstance(settings.inline.layout, LayoutSetting)
    assert problems == ()


@pytest.mark.parametrize(
    ("raw", "expected", "problems"),
    [
        ({"enabled": False}, context(enabled=False), ()),
        ({"tokens": 0}, context(tokens=0), ()),
        ({"tokens": 16_384}, context(tokens=16_384), ()),
        (
            {"tokens": 16_385},
            DEFAULT,
            (
                (
                    "codellama.context.tokens must be from 0 to 16,384, not 16385: "
                    "2048 is used instead"
                ),
            ),
        ),
    ],
)
def test_an_editor_sets_how_much_of_the_repository_is_read(
    raw: dict[str, Any], expected: Settings, problems: tuple[str, ...]
) -> None:
    assert parse_settings({"context": raw}, DEFAULT) == (expected, problems)


@pytest.mark.parametrize(
    ("raw", "expected", "problems"),
    [
        (0, 0, 0),
        ("auto", "auto", 0),
        (100_001, 5, 1),
        ("much", 5, 1),
        (True, 5, 1),
    ],
)
def test_how_much_an_action_reads_is_a_number_or_left_to_the_model(
    raw: Any, expected: Any, problems: int
) -> None:
    default = Settings(actions=ActionSettings(context_tokens=5))
    found, told = parse_settings({"actions": {"contextTokens": raw}}, default)
    assert found.actions.context_tokens == expected
    assert len(told) == problems
    assert all("from 0 to 100,000, or auto, not" in one for one in told)


def test_what_an_editor_does_not_set_stays_as_it_was() -> None:
    settings, _ = parse_settings({"inline": {"maxLines": 3}}, inline(max_tokens=7))
    assert settings == inline(max_lines=3, max_tokens=7)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        pytest.param(
            {"maxLines": 0},
            "codellama.inline.maxLines must be from 1 to 200, not 0: 12 is used instead",
            id="out of range",
        ),
        pytest.param(
            {"max_lines": "3"},
            "codellama.inline.max_lines must be a whole number from 1 to 200, "
            'not "3": 12 is used instead',
            id="text for a number",
        ),
        pytest.param(
            {"maxTokens": True},
            "codellama.inline.maxTokens must be a whole number from 1 to 2,048, "
            "not true: 128 is used instead",
            id="true is no number",
        ),
        pytest.param(
            {"maxTokens": 1.5},
            "codellama.inline.maxTokens must be a whole number from 1 to 2,048, "
            "not 1.5: 128 is used instead",
            id="a fraction",
        ),
        pytest.param(
            {"enabled": 1},
            "codellama.inline.enabled must be true or false, not 1: "
            "true is used instead",
            id="a number for yes or no",
        ),
        pytest.param(
            {"layout": "PSM"},
            'codellama.inline.layout must be one of auto, psm, spm, not "PSM": '
            '"auto" is used instead',
            id="no such choice",
        ),
        pytest.param(
            {"disabledLanguages": "markdown"},
            'codellama.inline.disabledLanguages must be a list of texts, not "markdown": '
            "[] is used instead",
            id="a text for a list",
        ),
        pytest.param(
            {"disabledFiles": ["*.md", 7]},
            'codellama.inline.disabledFiles must be a list of texts, not ["*.md", 7]: '
            "[] is used instead",
            id="a number in a list",
        ),
        pytest.param(
            {"disabledFiles": ["*.md", "!"]},
            "codellama.inline.disabledFiles has '!', which is no pattern of a .gitignore, "
            'not ["*.md", "!"]: [] is used instead',
            id="no pattern",
        ),
        pytest.param(
            {"layout": ["psm"]},
            'codellama.inline.layout must be one of auto, psm, spm, not ["psm"]: '
            '"auto" is used instead',
            id="a list for a choice",
        ),
        pytest.param(
            {"maxLnes": 3},
            "codellama.inline.maxLnes: there is no such setting, so it is ignored",
            id="unknown",
        ),
        pytest.param(
            {"enabled": "x" * 1000},
            f'codellama.inline.enabled must be true or false, not "{"x" * 58}…: '
            "true is used instead",
            id="long",
        ),
    ],
)
def test_a_wrong_setting_gives_the_default_and_one_message(
    raw: dict[str, Any], problem: str
) -> None:
    assert parse_settings({"inline": raw}, DEFAULT) == (DEFAULT, (problem,))


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ([], "codellama must be an object, not []"),
        ("on", 'codellama must be an object, not "on"'),
        ({"inline": 3}, "codellama.inline must be an object, not 3: it is ignored"),
        (
            {"ghost": {}},
            "codellama.ghost: there is no such setting, so it is ignored",
        ),
    ],
)
def test_a_wrong_shape_gives_the_default_and_one_message(
    raw: Any, problem: str
) -> None:
    assert parse_settings(raw, DEFAULT) == (DEFAULT, (problem,))


def test_one_wrong_setting_leaves_the_others_in_force() -> None:
    raw = {"inline": {"maxLines": 0, "maxTokens": 5, "nonsense": 1}}
    settings, problems = parse_settings(raw, DEFAULT)
    assert settings == inline(max_tokens=5)
    assert len(problems) == 2


@pytest.mark.parametrize("name", [entry.name for entry in fields(UserSettings)])
@pytest.mark.parametrize("style", [str, camel], ids=["_", "camel"])
def test_what_only_the_user_may_set_is_refused_by_name(
    name: str, style: Callable[[str], str]
) -> None:
    raw = {style(name): "/tmp/theirs", "inline": {"maxLines": 3}}  # noqa: S108
    settings, problems = parse_settings(raw, DEFAULT)
    assert settings == inline(max_lines=3)
    assert problems == (
        (
            f"codellama.{name} is not taken from an editor, where a workspace could set it: "
            f"write it into {config_path()}"
        ),
    )


def test_what_only_the_user_may_set_is_no_setting_of_a_group() -> None:
    _, problems = parse_settings({"inline": {"model": "theirs"}}, DEFAULT)
    assert problems == (
        "codellama.inline.model: there is no such setting, so it is ignored",
    )


names = st.sampled_from(
    [
        *(entry.name for entry in fields(Settings)),
        *(entry.name for entry in fields(InlineSettings)),
        *(camel(entry.name) for entry in fields(InlineSettings)),
        *NOT_GIVEN,
    ]
)
plain = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([*LayoutSetting])
)
anything = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(names | st.text(), inner, max_size=6)
    ),
    max_leaves=20,
)
groups = st.dictionaries(st.sampled_from(["inline"]) | names, anything)


@given(anything | groups)
def test_whatever_is_sent_the_settings_are_valid(raw: Any) -> None:
    settings, problems = parse_settings(raw, DEFAULT)
    assert_valid(settings)
    for problem in problems:
        assert problem.startswith("codellama")
    sent_back = {"inline": as_sent(settings.inline)}
    assert parse_settings(sent_back, DEFAULT) == (settings, ())


def as_sent(settings: InlineSettings) -> dict[str, Any]:
    values = {entry.name: getattr(settings, entry.name) for entry in fields(settings)}
    sent: dict[str, Any] = json.loads(json.dumps(values))
    return sent


def assert_valid(settings: Settings) -> None:
    own = settings.inline
    assert type(own.enabled) is bool
    assert type(own.layout) is LayoutSetting
    assert type(own.lines) is Lines
    assert type(own.disabled_files) is type(own.disabled_languages) is tuple
    for number, least, most in (
        (own.max_lines, 1, 200),
        (own.max_tokens, 1, 2048),
        (own.prefix_tokens, 64, 100_000),
        (own.suffix_tokens, 0, 16_384),
    ):
        assert type(number) is int
        assert least <= number <= most


# The user's own


def read(
    file: str | bytes = "",
    environment: dict[str, str] | None = None,
    **arguments: Any,
) -> tuple[UserSettings, Settings, tuple[str, ...]]:
    content = file.encode() if isinstance(file, str) else file
    config_path().parent.mkdir(parents=True, exist_ok=True)
    config_path().write_bytes(content)
    user, settings, problems = read_user_settings(
        NOT_GIVEN | arguments, environment or {}
    )
    return (
        user,
        settings,
        tuple(problem.replace(str(config_path()), "FILE") for problem in problems),
    )


def test_without_a_file_defaults_are_used() -> None:
    assert not config_path().exists()
    assert read_user_settings(NOT_GIVEN, {}) == (UserSettings(), OF_DEMO, ())


def test_the_file_sets_the_users_settings_and_the_editors_defaults() -> None:
    user, settings, problems = read(
        'model = "m"\nwindow_tokens = 512\n[inline]\nmax_lines = 3\nlayout = "spm"\n'
    )
    assert user == UserSettings(model="m", window_tokens=512)
    assert settings == inline(max_lines=3, layout=LayoutSetting.SPM)
    assert problems == ()


def test_the_file_sets_how_much_of_the_repository_is_read() -> None:
    _, settings, problems = read('model = "m"\n[context]\ntokens = 64\n')
    assert (settings, problems) == (context(tokens=64), ())


def test_indexes_are_kept_in_the_users_cache_or_where_the_environment_says() -> None:
    assert cache_path({}) == user_cache_path("codellama-lsp") / "index"
    assert cache_path({"CODELLAMA_CACHE": "/there"}) == Path("/there")


def test_a_file_may_begin_with_a_byte_order_mark() -> None:
    user, _, problems = read(b'\xef\xbb\xbfmodel = "m"\r\n')
    assert (user.model, problems) == ("m", ())


def test_the_environment_wins_over_the_file() -> None:
    user, _, problems = read(
        'model = "file"\nengine = "scripted"\n',
        {"CODELLAMA_MODEL": "environment", "CODELLAMA_WINDOW_TOKENS": "512"},
    )
    expected = UserSettings(model="environment", engine="scripted", window_tokens=512)
    assert (user, problems) == (expected, ())


def test_the_command_line_wins_over_the_environment() -> None:
    user, _, problems = read(
        'model = "file"\n', {"CODELLAMA_MODEL": "environment"}, model="typed"
    )
    assert (user.model, problems) == ("typed", ())


def test_the_second_model_has_a_table_and_names_of_its_own() -> None:
    user, _, problems = read(
        'model = "m"\n[on_demand]\nmodel = "file"\nidle_minutes = 3\n'
        'languages = { python = "p" }\n',
        {
            "CODELLAMA_ON_DEMAND_MODEL": "environment",
            "CODELLAMA_ON_DEMAND_TENSOR_PARALLEL": "4",
            "CODELLAMA_STANDALONE": "true",
        },
        on_demand_endpoint="http://typed:8000/v1",
    )
    on_demand = OnDemandSettings(
        model="environment",
        idle_minutes=3,
        tensor_parallel=4,
        endpoint="http://typed:8000/v1",
        languages={"python": "p"},
    )
    expected = UserSettings(model="m", standalone=True, on_demand=on_demand)
    assert (user, problems) == (expected, ())


@pytest.mark.parametrize(
    "written",
    [
        *('"gpu-box:8000"', '"ftp://gpu-box"', '"http://"', '"http://a:port/v1"'),
        *('"http://key@gpu-box/v1"', '"http://gpu-box/v1?key=1"', "3"),
    ],
)
def test_an_endpoint_is_an_address_without_a_key(written: str) -> None:
    user, _, (problem,) = read(f"endpoint = {written}\n")
    assert "must be an address: http://gpu-box:8000/v1" in problem
    assert "nothing else is used" in problem
    assert user.endpoint is not None  # or else a model would be started here
    with pytest.raises(EngineError, match=r"is no address|must end with /v1"):
        address(RemoteSettings(endpoint=user.endpoint))


@pytest.mark.parametrize(
    "written",
    [
        *("http://me:sesame@gpu-box/v1", "https://me:se/same@x@gpu-box/v1"),
        *("me:sesame@gpu-box:8000/v1", "http://sesame@gpu-box/v1"),
        f"http://{'me' * 40}:sesame@gpu-box/v1",
        'http://me:se"same@gpu-box/v1',
    ],
)
@pytest.mark.parametrize("name", ["endpoint", "on_demand_endpoint"])
def test_a_password_in_an_address_is_not_told(written: str, name: str) -> None:
    user, _, (problem,) = read(environment={f"CODELLAMA_{name.upper()}": written})
    assert "must be an address" in problem
    assert "***@gpu-box" in problem
    for told in (problem, repr(user)):
        assert "same" not in told


def test_the_second_model_may_be_here_where_the_first_is_not() -> None:
    user, _, problems = read('endpoint = "http://a/v1"\non_demand.endpoint = "here"\n')
    assert (user.on_demand.endpoint, problems) == ("here", ())
    _, _, (problem,) = read('endpoint = "here"\n')
    assert "must be an address" in problem


@pytest.mark.parametrize("written", ['{ python = "" }', "{ python = 3 }", '"m"', "[]"])
def test_languages_name_their_models(written: str) -> None:
    user, _, (problem,) = read(f"languages = {written}\n")
    assert user.languages == {}
    assert "must name a model for each language" in problem


def test_the_message_says_where_the_second_models_setting_was_written() -> None:
    _, _, problems = read(
        "[on_demand]\nfit = 1\n", {"CODELLAMA_ON_DEMAND_WINDOW_TOKENS": "many"}
    )
    assert [problem.partition(" must")[0] for problem in problems] == [
        "FILE: on_demand.fit: there is no such setting, so it is ignored",
        "CODELLAMA_ON_DEMAND_WINDOW_TOKENS",
    ]


@pytest.mark.parametrize("name", ["api_key", "apiKey"])
def test_a_key_is_not_taken_from_an_editor(name: str) -> None:
    _, (problem,) = parse_settings({name: "sk-secret"}, DEFAULT)
    assert "api_key" in problem
    assert "sk-secret" not in problem
    assert "CODELLAMA_API_KEY" in problem


def test_an_empty_variable_is_not_set() -> None:
    user, _, problems = read('model = "file"\n', {"CODELLAMA_MODEL": ""})
    assert (user.model, problems) == ("file", ())


@pytest.mark.parametrize(
    ("written", "environment", "arguments", "problem"),
    [
        pytest.param(
            "inline.max_lines = 0",
            {},
            {},
            "FILE: inline.max_lines must be from 1 to 200, not 0: 12 is used instead",
            id="the editors' defaults",
        ),
        pytest.param(
            "inline = 3",
            {},
            {},
            "FILE: inline must be an object, not 3: it is ignored",
            id="no table",
        ),
        pytest.param(
            'engine = "gpt"',
            {},
            {},
            'FILE: engine must be one of vllm, scripted, not "gpt": '
            '"vllm" is used instead',
            id="no such engine",
        ),
        pytest.param(
            "model = 2024-01-01",
            {},
            {},
            'FILE: model must be text, and not empty, not "2024-01-01": '
            '"demo" is used instead',
            id="what JSON does not know",
        ),
        pytest.param(
            "window_tokens = 1",
            {},
            {},
            "FILE: window_tokens must be from 256 to 100,000, not 1: it is ignored",
            id="a setting without a default",
        ),
        pytest.param(
            "windo_tokens = 512",
            {},
            {},
            "FILE: windo_tokens: there is no such setting, so it is ignored",
            id="unknown",
        ),
        pytest.param(
            "",
            {"CODELLAMA_WINDOW_TOKENS": "many"},
            {},
            "CODELLAMA_WINDOW_TOKENS must be a whole number from 256 to 100,000, "
            'not "many": it is ignored',
            id="no number in the environment",
        ),
        pytest.param(
            "",
            {"CODELLAMA_WINDOW_TOKENS": "9" * 5000},
            {},
            "CODELLAMA_WINDOW_TOKENS must be a whole number from 256 to 100,000, "
            f'not "{"9" * 58}…: it is ignored',
            id="more digits than Python reads",
        ),
        pytest.param(
            "",
            {},
            {"window_tokens": 5},
            "--window-tokens must be from 256 to 100,000, not 5: it is ignored",
            id="the command line",
        ),
        pytest.param(
            "",
            {},
            {"model": ""},
            '--model must be text, and not empty, not "": "demo" is used instead',
            id="an empty argument",
        ),
    ],
)
def test_whoever_is_wrong_is_told_by_the_name_they_used(
    written: str,
    environment: dict[str, str],
    arguments: dict[str, Any],
    problem: str,
) -> None:
    user, settings, problems = read(written, environment, **arguments)
    assert (user, settings, problems) == (UserSettings(), OF_DEMO, (problem,))


def test_a_wrong_argument_leaves_what_the_file_says() -> None:
    user, _, problems = read('engine = "scripted"\n', engine="gpt")
    assert user.engine == "scripted"
    assert problems == (
        '--engine must be one of vllm, scripted, not "gpt": "scripted" is used instead',
    )


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'model = "m', id="broken TOML"),
        pytest.param(b'model = "\xff"', id="not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_ignored_with_one_message(content: bytes) -> None:
    user, settings, problems = read(content)
    assert (user, settings) == (UserSettings(), OF_DEMO)
    assert len(problems) == 1
    assert problems[0].startswith("FILE cannot be read, so it is ignored: ")


def test_a_folder_in_the_files_place_is_ignored_with_one_message() -> None:
    config_path().mkdir(parents=True)
    user, _, problems = read_user_settings(NOT_GIVEN, {})
    assert user == UserSettings()
    assert problems == (
        (
            f"{config_path()} cannot be read, so it is ignored: "
            f"[Errno 21] Is a directory: '{config_path()}'"
        ),
    )


def test_the_environment_may_name_another_file(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text('model = "other"\n')
    user, _, problems = read('model = "m"\n', {"CODELLAMA_CONFIG": str(other)})
    assert (user.model, problems) == ("other", ())
    assert config_path({"CODELLAMA_CONFIG": str(other)}) == other


def test_a_file_that_was_named_has_to_be_there(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    user, _, problems = read('model = "m"\n', {"CODELLAMA_CONFIG": str(other)})
    assert user == UserSettings()
    assert problems == (
        (
            f"{other} cannot be read, so it is ignored: "
            f"[Errno 2] No such file or directory: '{other}'"
        ),
    )


def test_our_files_stand_where_the_user_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert config_path() == tmp_path / "config" / "codellama-lsp" / "config.toml"
    assert state_path() == tmp_path / "state" / "codellama-lsp"


@pytest.mark.parametrize(
    ("arguments", "layout"),
    [
        ({"model": None, "engine": None}, LayoutSetting.SPM),
        ({"model": "codellama/CodeLlama-7b-hf"}, LayoutSetting.AUTO),
        ({"engine": "scripted"}, LayoutSetting.AUTO),
    ],
)
def test_the_demo_model_is_asked_in_the_layout_that_it_has_learnt(
    tmp_path: Path, arguments: dict[str, str | None], layout: LayoutSetting
) -> None:
    config = tmp_path / "config.toml"
    config.touch()
    environment = {"CODELLAMA_CONFIG": str(config)}
    _, settings, problems = read_user_settings(arguments, environment)
    assert (settings.inline.layout, problems) == (layout, ())
    config.write_text('inline.layout = "psm"')
    _, settings, problems = read_user_settings(arguments, environment)
    assert (settings.inline.layout, problems) == (LayoutSetting.PSM, ())
