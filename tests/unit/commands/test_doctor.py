"""``codellama-lsp doctor``: what it finds, for people and programs, and its exit code."""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from lsp_server import cli
from lsp_server.engine.hardware import devices
from lsp_server.settings import cache_path, config_path, state_path
from tests.unit.commands.conftest import Scripted

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder that is no repository."""
    monkeypatch.chdir(tmp_path)


def findings(capsys: Capture) -> dict[str, list[tuple[str, bool | None]]]:
    report = json.loads(capsys.readouterr().out)
    found: dict[str, list[tuple[str, bool | None]]] = {}
    for finding in report["findings"]:
        found.setdefault(finding["topic"], []).append(
            (finding["says"], finding["fine"])
        )
    fine = [fine for all_ in found.values() for _, fine in all_]
    assert report["well"] is (False not in fine)
    return found


def test_all_is_well_with_an_engine_that_starts(
    scripted: Scripted, capsys: Capture
) -> None:
    assert cli.run(["doctor", "--json", *scripted("abcdef")]) == 0
    found = findings(capsys)
    assert [*found] == [
        *("version", "python", "system", "hardware", "settings", "log", "index"),
        *("extras", "engine", "model", "start"),
    ]
    assert found["engine"] == [("scripted: the fake for tests", None)]
    [(model, fine)] = found["model"]
    assert fine
    assert re.search(r"MiB of weights, window 16,384 tokens, /.*/demo_model$", model)
    [(start, fine)] = found["start"]
    assert fine
    assert re.fullmatch(
        r"the engine started on none in \d+\.\d s and generated 2 tokens in \d+ ms",
        start,
    )


def test_people_get_one_line_for_each_finding(
    scripted: Scripted, capsys: Capture
) -> None:
    assert cli.run(["doctor", *scripted("abcdef")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("       version   codellama-lsp ")
    assert lines[-1].startswith("   ok  start     the engine started on none")
    assert len(lines) == 10 + len(devices())


def test_the_log_is_the_newest_there_is(scripted: Scripted, capsys: Capture) -> None:
    options = ["doctor", "--json", "--no-start", *scripted("abcdef")]
    cli.run(options)
    assert "engine-*.log (none yet)" in findings(capsys)["log"][0][0]
    state_path().mkdir(parents=True, exist_ok=True)
    for name, time in (("engine-old.log", 1), ("engine-new.log", 2)):
        (state_path() / name).touch()
        os.utime(state_path() / name, (time, time))
    cli.run(options)
    assert findings(capsys)["log"] == [(str(state_path() / "engine-new.log"), None)]


def test_no_start_starts_nothing(scripted: Scripted, capsys: Capture) -> None:
    options = scripted(fail_start="it was started")
    assert cli.run(["doctor", "--json", "--no-start", *options]) == 0
    assert "start" not in findings(capsys)


def test_an_engine_that_does_not_start_is_wrong(
    scripted: Scripted, capsys: Capture
) -> None:
    assert cli.run(["doctor", "--json", *scripted(fail_start="no GPU today")]) == 1
    assert findings(capsys)["start"] == [("no GPU today", False)]


def test_an_engine_that_fails_at_its_first_request_is_wrong(
    scripted: Scripted, capsys: Capture
) -> None:
    assert cli.run(["doctor", *scripted("abcdef", fail_after=1)]) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "WRONG  start     The script says: the engine fails here."


def test_a_missing_engine_is_wrong_and_not_started(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vllm", None)  # "not installed" to import
    assert cli.run(["doctor", "--json"]) == 1
    found = findings(capsys)
    [(engine, fine)] = found["engine"]
    assert engine.startswith("No engine is installed here. ")
    assert fine is False
    assert found["model"][0][1]
    assert "start" not in found


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("/no/model", "There is no folder /no/model."),
        ("EMPTY", "EMPTY has no config.json"),
    ],
)
def test_a_missing_model_is_wrong_and_nothing_is_started(
    tmp_path: Path, scripted: Scripted, capsys: Capture, model: str, says: str
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    model = model.replace("EMPTY", str(empty))
    options = scripted(fail_start="it was started")
    assert cli.run(["doctor", "--json", "--model", model, *options]) == 1
    found = findings(capsys)
    [(told, fine)] = found["model"]
    assert told.startswith(says.replace("EMPTY", str(empty)))
    assert fine is False
    assert "start" not in found


def test_the_window_that_was_set_is_told(scripted: Scripted, capsys: Capture) -> None:
    options = ["--no-start", "--window-tokens", "512", *scripted()]
    assert cli.run(["doctor", "--json", *options]) == 0
    assert ", window 512 tokens, " in findings(capsys)["model"][0][0]


@pytest.mark.parametrize(
    ("written", "told", "code"),
    [
        (None, [("FILE (not there: defaults are used)", None)], 0),
        ("", [("FILE", None)], 0),
        (
            "modle = 1",
            [
                ("FILE", None),
                (
                    "FILE: modle: there is no such setting, so it is ignored",
                    False,
                ),
            ],
            1,
        ),
    ],
)
def test_the_settings_file_and_its_problems_are_told(
    scripted: Scripted, capsys: Capture, written: str | None, told: Any, code: int
) -> None:
    if written is not None:
        config_path().parent.mkdir(parents=True)
        config_path().write_text(written)
    assert cli.run(["doctor", "--json", "--no-start", *scripted()]) == code
    file = str(config_path())
    expected = [(says.replace("FILE", file), fine) for says, fine in told]
    assert findings(capsys)["settings"] == expected


def test_a_settings_file_that_was_named_is_told(
    tmp_path: Path,
    scripted: Scripted,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    named = tmp_path / "other.toml"
    named.touch()
    monkeypatch.setenv("CODELLAMA_CONFIG", str(named))
    assert cli.run(["doctor", "--json", "--no-start", *scripted()]) == 0
    assert findings(capsys)["settings"] == [(str(named), None)]


def test_nothing_is_written(scripted: Scripted, home: Path) -> None:
    assert cli.run(["doctor", *scripted("abcdef")]) == 0
    assert [*home.iterdir()] == []
    assert not state_path().exists()


# The index


def test_outside_of_a_repository_there_is_no_index(
    scripted: Scripted, capsys: Capture
) -> None:
    assert cli.run(["doctor", "--json", "--no-start", *scripted()]) == 0
    (says,) = findings(capsys)["index"]
    assert says == (
        "no repository: nothing here is under version control, or a project",
        None,
    )
    assert not cache_path().exists()


def test_the_index_of_this_folders_repository_is_told(
    shop: Path, monkeypatch: pytest.MonkeyPatch, scripted: Scripted, capsys: Capture
) -> None:
    for name in "abcde":
        (shop / f"{name}.min.js").write_text("x")
    (shop / "binary.py").write_bytes(b"\0")
    (shop / "generated.py").write_text("# Code generated by x. DO NOT EDIT.\n")
    monkeypatch.chdir(shop / "shop")
    for options, shown in (([], 3), (["--skipped"], 5)):
        assert cli.run(["doctor", "--json", "--no-start", *options, *scripted()]) == 0
        found = findings(capsys)
        [(index, fine)] = found["index"]
        assert fine
        assert re.fullmatch(rf"{shop}: 2 files, [\d.]+ KiB in {cache_path()}", index)
        skipped = [says for says, _ in found["skipped"]]
        names = ", ".join(f"{name}.min.js" for name in "abcde"[:shown])
        more = ", ..." if shown < 5 else ""
        assert f"minified: 5 ({names}{more})" in skipped
        assert "secret: 1 (.env)" in skipped
        assert "binary: 1 (binary.py)" in skipped
        assert "generated: 1 (generated.py: its first lines say so)" in skipped
