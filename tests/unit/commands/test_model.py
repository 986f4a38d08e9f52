"""``codellama-lsp model``: what is said, what is asked, and what it returns."""

import io
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import close_session, constants

from lsp_server.commands.cache import size
from lsp_server.commands.model import get, list_, remove
from lsp_server.engine.download.hub import Hub
from lsp_server.engine.models import DEMO_FOLDER
from lsp_server.settings import config_path
from tests.fake_hub import COMMIT, FakeHub, serving

Capture = pytest.CaptureFixture[str]

MIB = 1 << 20
SEVEN = "codellama/CodeLlama-7b-hf"
PYTHON = "codellama/CodeLlama-7b-Python-hf"
SMALL = ("config.json", "tokenizer.json", "tokenizer.model")
WEIGHTS = random.Random(0).randbytes(24 * MIB)
"""More than the client writes at once, which is 10 MiB."""


def published() -> dict[str, bytes]:
    """Return the files of a small Code Llama."""
    files = {name: (DEMO_FOLDER / name).read_bytes() for name in SMALL}
    return {**files, "model.safetensors": b"weights"}


PUBLISHED = published()
TO_COME = size(sum(map(len, PUBLISHED.values())))
KEPT = size(sum(map(len, PUBLISHED.values())) + len(COMMIT))
"""On the disk: also what main means."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with serving(FakeHub(files={**PUBLISHED})) as hub:
        yield hub
    close_session()


@pytest.fixture
def hub(server: FakeHub, tmp_path: Path) -> Hub:
    return Hub(endpoint=server.endpoint, cache=tmp_path / "hub")


def downloads_nothing(server: FakeHub) -> bool:
    return server.downloads() == []


# get


def test_a_model_is_downloaded_and_its_use_told(hub: Hub, capsys: Capture) -> None:
    assert get(SEVEN, hub=hub) == 0
    said = capsys.readouterr().out
    assert f"{SEVEN}: 4 files of 4" in said
    assert f"From {hub.endpoint} into {hub.cache}" in said
    assert "100%" in said
    assert "It fills in the middle (Code Llama, window 16,384 tokens)" in said
    assert f'write into {config_path()}:\n\n    model = "{SEVEN}"\n' in said


def test_a_second_get_downloads_nothing(
    server: FakeHub, hub: Hub, capsys: Capture
) -> None:
    get(SEVEN, hub=hub)
    server.asked.clear()
    capsys.readouterr()
    assert get(SEVEN, hub=hub) == 0
    assert downloads_nothing(server)
    said = capsys.readouterr().out
    assert f"{SEVEN} is here already: 4 files, nothing to download." in said
    assert f'    model = "{SEVEN}"' in said


def test_a_model_that_does_not_infill_is_for_actions(
    server: FakeHub, hub: Hub, capsys: Capture
) -> None:
    server.name = PYTHON
    questions = []

    def no(question: str, default: bool) -> bool:
        questions.append((question, default))
        return False

    assert get(PYTHON, hub=hub, confirm=no) == 1
    assert questions == [("Download it?", True)]
    assert downloads_nothing(server)
    why = "For actions only, not for ghost text: the Python models of Code Llama"
    assert why in capsys.readouterr().out
    assert get(PYTHON, hub=hub, confirm=no, yes=True) == 0
    said = capsys.readouterr().out
    assert f"For actions only, not for ghost text: {PYTHON}: the Python models" in said
    assert f'    [on_demand]\n    model = "{PYTHON}"\n' in said


def test_another_revision_is_used_by_its_folder(
    server: FakeHub, hub: Hub, capsys: Capture
) -> None:
    server.revisions = ("main", "v1")
    assert get(SEVEN, hub=hub, revision="v1") == 0
    folder = hub.folder(SEVEN) / "snapshots" / server.commit
    assert f'    model = "{folder}"\n' in capsys.readouterr().out
    assert list_(as_json=False, hub=hub) == 0
    said = capsys.readouterr().out
    assert f"{SEVEN}: another revision than main, which settings name {folder}" in said


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "agreed"),
    [("\n", True), ("y\n", True), ("YES\n", True), ("n\n", False), ("", False)],
)
def test_at_a_terminal_it_asks(
    server: FakeHub,
    hub: Hub,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
    *,
    typed: str,
    agreed: bool,
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    assert get(SEVEN, hub=hub) == (0 if agreed else 1)
    assert downloads_nothing(server) is not agreed
    assert "Download it? [Y/n]" in capsys.readouterr().out


@pytest.mark.parametrize("room", [0, 100_000])
def test_a_full_disk_is_told_with_both_numbers(
    server: FakeHub, hub: Hub, capsys: Capture, room: int
) -> None:
    assert get(SEVEN, hub=hub, free=lambda _folder: room) == 1
    assert downloads_nothing(server)
    assert not hub.cache.exists()
    said = capsys.readouterr().err
    assert f"{SEVEN} needs {TO_COME} more, and" in said
    assert f"{'97.7 KiB' if room else '0 B'} are free where {hub.cache} is" in said


def test_room_for_exactly_what_comes_is_enough(server: FakeHub, hub: Hub) -> None:
    room = sum(map(len, server.files.values()))
    assert get(SEVEN, hub=hub, free=lambda _folder: room - 1) == 1
    assert get(SEVEN, hub=hub, free=lambda _folder: room) == 0


def test_a_gated_licence_is_explained(
    server: FakeHub, hub: Hub, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.gated = "hf_mine"
    assert get(SEVEN, hub=hub) == 1
    said = capsys.readouterr().err
    assert f"accept its licence at {hub.endpoint}/{SEVEN}" in said
    assert "then run hf auth login here" in said
    monkeypatch.setenv("HF_TOKEN", "hf_of_one_who_did_not_accept")
    assert get(SEVEN, hub=hub) == 1
    assert "your account has not" in capsys.readouterr().err
    assert downloads_nothing(server)
    monkeypatch.setenv("HF_TOKEN", "hf_mine")
    assert get(SEVEN, hub=hub) == 0


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("codellama/CodeLlama-7b", "There is no model codellama/CodeLlama-7b on the"),
        ("codellama/CodeLlama-7b", f"Did you mean {SEVEN} or"),
        ("CodeLlama-7b-hf", f"Did you mean {SEVEN} or"),
        ("nobody/nothing", "organisation/model"),
        ("a/b/c", "There is no model a/b/c"),
        ("no spaces/here", "There is no model no spaces/here"),
        ("demo", "The demo model is part of the program"),
        ("./folder", "./folder is a folder"),
        ("/some/folder", "/some/folder is a folder"),
        ("~/folder", "~/folder is a folder"),
    ],
)
def test_a_name_that_the_hub_does_not_have_is_told(
    hub: Hub, capsys: Capture, name: str, says: str
) -> None:
    assert get(name, hub=hub) == 1
    assert says in capsys.readouterr().err
    assert not hub.cache.exists()


def test_a_name_without_an_organisation_is_not_asked_for(
    server: FakeHub, hub: Hub
) -> None:
    assert get("CodeLlama-7b-hf", hub=hub) == 1
    assert server.asked == []


def test_a_revision_that_is_not_there_is_told(hub: Hub, capsys: Capture) -> None:
    assert get(SEVEN, hub=hub, revision="v9") == 1
    assert f"{SEVEN} has no revision v9" in capsys.readouterr().err


def test_pickles_are_refused(server: FakeHub, hub: Hub, capsys: Capture) -> None:
    del server.files["model.safetensors"]
    server.files["pytorch_model.bin"] = b"anything"
    assert get(SEVEN, hub=hub) == 1
    assert "only as pickles (pytorch_model.bin)" in capsys.readouterr().err
    assert downloads_nothing(server)


def test_code_of_a_repository_is_never_downloaded(server: FakeHub, hub: Hub) -> None:
    server.files |= {"modeling_llama.py": b"import os", "setup.py": b"", "run.sh": b""}
    assert get(SEVEN, hub=hub) == 0
    there = {path.name for path in hub.cache.rglob("*")}
    assert there >= {*SMALL, "model.safetensors"}
    assert not {name for name in there if name.endswith((".py", ".sh"))}


def test_an_index_of_files_that_are_not_there_is_told(
    server: FakeHub, hub: Hub, capsys: Capture
) -> None:
    weights = {"a": "model.safetensors", "b": "model-2.safetensors"}
    index = json.dumps({"weight_map": weights}).encode()
    server.files["model.safetensors.index.json"] = index
    assert get(SEVEN, hub=hub) == 1
    assert "does not have: model-2.safetensors" in capsys.readouterr().err


def test_a_corrupt_file_is_told(server: FakeHub, hub: Hub, capsys: Capture) -> None:
    server.stored["model.safetensors"] = b"weighty"
    assert get(SEVEN, hub=hub) == 1
    assert "its checksum is not" in capsys.readouterr().err


def test_a_file_that_ends_early_is_told_and_gone_on_with(
    server: FakeHub, hub: Hub, capsys: Capture
) -> None:
    server.stored["model.safetensors"] = b"wei"
    assert get(SEVEN, hub=hub) == 1
    assert "What came is kept: the same command goes on" in capsys.readouterr().err
    del server.stored["model.safetensors"]
    server.asked.clear()
    assert get(SEVEN, hub=hub) == 0
    assert server.sent("model.safetensors") == len("ghts")


# Without a hub


def test_without_a_hub_what_is_here_is_used(
    hub: Hub, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert get(SEVEN, hub=hub) == 1
    assert "HF_HUB_OFFLINE is set" in capsys.readouterr().err
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    get(SEVEN, hub=hub)
    capsys.readouterr()
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert get(SEVEN, hub=hub) == 0
    said = capsys.readouterr().out
    assert (
        f"{SEVEN} is here. Whether there is a newer one is not known: HF_HUB_" in said
    )
    assert f'    model = "{SEVEN}"' in said


def test_a_hub_that_is_not_there_is_told(tmp_path: Path, capsys: Capture) -> None:
    with serving(FakeHub(files={})) as gone:
        endpoint = gone.endpoint
    assert get(SEVEN, hub=Hub(endpoint=endpoint, cache=tmp_path / "hub")) == 1
    said = capsys.readouterr().err
    assert f"{endpoint} cannot be reached" in said
    assert "HF_ENDPOINT names a mirror" in said


# As a process: what the environment says, and Ctrl-C


def started(server: FakeHub, folder: Path, **more: str) -> "subprocess.Popen[str]":
    command = (
        # A shell that starts tests in the background has them ignore it.
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from lsp_server.commands.model import get;"
        f"sys.exit(get({server.name!r}))"
    )
    environment = {
        **os.environ,
        "HF_ENDPOINT": server.endpoint,
        "HF_HOME": str(folder),
        **more,
    }
    return subprocess.Popen(
        [sys.executable, "-c", command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_ctrl_c_says_that_it_goes_on_and_it_does(
    server: FakeHub, tmp_path: Path
) -> None:
    server.files["model.safetensors"] = WEIGHTS
    server.holds_after["model.safetensors"] = 12 * MIB
    process = started(server, tmp_path)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(" 42%"):
            break
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 130
    assert "stopped. What came is kept: the same command goes on from there." in said
    assert "Traceback" not in said
    (left,) = (tmp_path / "hub").rglob("*.incomplete")
    there = left.stat().st_size
    assert there >= 10 * MIB

    server.holds_after.clear()
    server.asked.clear()
    process = started(server, tmp_path)
    said, _ = process.communicate()
    assert process.returncode == 0
    assert f"{there / MIB:.1f} MiB of it are here" in said
    assert server.sent("model.safetensors") == len(WEIGHTS) - there
    (weights,) = (tmp_path / "hub").rglob("model.safetensors")
    assert weights.read_bytes() == WEIGHTS


def test_the_hub_is_not_told_what_else_is_installed(
    server: FakeHub, tmp_path: Path
) -> None:
    process = started(server, tmp_path)
    process.communicate()
    assert process.returncode == 0
    told = server.asked[0].agent
    names = {part.strip().partition("/")[0] for part in told.split(";")}
    assert names == {"unknown", "hf_hub", "python"}


def test_offline_asks_nothing(server: FakeHub, tmp_path: Path) -> None:
    process = started(server, tmp_path, HF_HUB_OFFLINE="1")
    _, said = process.communicate()
    assert process.returncode == 1
    assert "HF_HUB_OFFLINE is set, so nothing is downloaded" in said
    assert server.asked == []


# list


def facts(hub: Hub, capsys: Capture) -> dict[str, dict[str, object]]:
    capsys.readouterr()
    assert list_(as_json=True, hub=hub) == 0
    return {each["name"]: each for each in json.loads(capsys.readouterr().out)}


def test_known_models_are_listed_before_any_is_here(hub: Hub, capsys: Capture) -> None:
    listed = facts(hub, capsys)
    assert [*listed][:2] == ["demo", SEVEN]
    assert len(listed) == 10
    assert listed["demo"]["state"] == "complete"
    assert listed["demo"]["infills"] is True
    assert {
        name: model["infills"] for name, model in listed.items() if "7b" in name
    } == {SEVEN: True, "codellama/CodeLlama-7b-Instruct-hf": True, PYTHON: False}
    assert listed["codellama/CodeLlama-34b-Instruct-hf"]["infills"] is False
    assert listed[SEVEN]["state"] == "absent"
    assert listed[SEVEN]["download_bytes"] == 13_477_093_376
    assert not hub.cache.exists()


def test_what_is_here_is_listed_with_its_size(hub: Hub, capsys: Capture) -> None:
    get(SEVEN, hub=hub)
    here = facts(hub, capsys)[SEVEN]
    assert here["state"] == "complete"
    assert here["missing"] == []
    assert here["family"] == "Code Llama"
    assert here["infills"] is True
    assert here["window_tokens"] == 16_384
    assert here["found_by_name"] is True
    folder = Path(str(here["folder"]))
    assert folder.parent == hub.folder(SEVEN) / "snapshots"
    list_(as_json=False, hub=hub)
    title, heads, demo, seven, *_ = capsys.readouterr().out.splitlines()
    assert title == f"{hub.cache}: 1 model, {KEPT}"
    assert heads.split() == ["name", "size", "state", "family", *GHOST, "window"]
    assert demo.split() == ["demo", "8.9", "MiB", *COMPLETE]
    assert seven.split() == [SEVEN, *KEPT.split(), *COMPLETE]


GHOST = ("ghost", "text")
COMPLETE = ("complete", "Code", "Llama", "yes", "16,384")


def test_what_is_not_complete_names_what_is_missing(hub: Hub, capsys: Capture) -> None:
    get(SEVEN, hub=hub)
    (weights,) = hub.cache.rglob("model.safetensors")
    weights.unlink()
    here = facts(hub, capsys)[SEVEN]
    assert here["state"] == "incomplete"
    assert here["missing"] == ["model.safetensors"]
    list_(as_json=False, hub=hub)
    note = capsys.readouterr().out.splitlines()[-1]
    assert note == (
        f"{SEVEN}: it has no model.safetensors."
        f" codellama-lsp model get {SEVEN} goes on."
    )


def test_other_models_of_the_cache_are_listed(hub: Hub, capsys: Capture) -> None:
    folder = hub.folder("openai/whisper-tiny") / "snapshots" / ("0" * 40)
    folder.mkdir(parents=True)
    for name in ("tokenizer.json", "model.safetensors"):
        (folder / name).write_bytes(b"{}")
    (folder / "config.json").write_text('{"model_type": "whisper"}')
    (hub.cache / "models--begun--only" / "blobs").mkdir(parents=True)
    listed = facts(hub, capsys)
    other = listed["openai/whisper-tiny"]
    assert (other["family"], other["infills"]) == ("whisper", False)
    assert "not known to fill in the middle" in str(other["why_not"])
    begun = listed["begun/only"]
    assert (begun["state"], begun["infills"]) == ("incomplete", None)
    list_(as_json=False, hub=hub)
    assert "begun/only: begun. codellama-lsp model get" in capsys.readouterr().out


@pytest.mark.parametrize("config", ["", "[]", "{}"])
def test_a_broken_model_does_not_end_the_list(
    hub: Hub, capsys: Capture, config: str
) -> None:
    get(SEVEN, hub=hub)
    (path,) = hub.cache.rglob("config.json")
    path.write_text(config)
    assert facts(hub, capsys)[SEVEN]["infills"] is False


# remove


def test_a_model_is_removed_and_what_was_freed_is_told(
    hub: Hub, capsys: Capture
) -> None:
    get(SEVEN, hub=hub)
    capsys.readouterr()
    assert remove(SEVEN, hub=hub, yes=True) == 0
    assert capsys.readouterr().out == f"removed {SEVEN}: {KEPT} are free again\n"
    assert facts(hub, capsys)[SEVEN]["state"] == "absent"
    assert get(SEVEN, hub=hub) == 0


def test_a_model_is_removed_only_on_a_yes(hub: Hub, capsys: Capture) -> None:
    get(SEVEN, hub=hub)
    questions = []

    def answering(answer: bool) -> int:
        def confirm(question: str, default: bool) -> bool:
            questions.append((question, default))
            return answer

        return remove(SEVEN, hub=hub, confirm=confirm)

    assert answering(False) == 1
    assert f"{SEVEN} stays" in capsys.readouterr().err
    assert facts(hub, capsys)[SEVEN]["state"] == "complete"
    assert answering(True) == 0
    assert questions == [(f"Remove {SEVEN} ({KEPT})?", False)] * 2


def test_without_a_terminal_nothing_is_removed(hub: Hub) -> None:
    get(SEVEN, hub=hub)
    assert remove(SEVEN, hub=hub) == 1


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("demo", "the demo model is part of the program"),
        ("./here", "./here is a folder of yours"),
        ("/somewhere", "/somewhere is a folder of yours"),
        ("codellama/CodeLlama-7b", f"Did you mean {SEVEN}?"),
        ("nobody/nothing", "nobody/nothing is not in"),
        ("../hub", "../hub is a folder of yours"),
    ],
)
def test_what_is_not_the_caches_is_not_removed(
    hub: Hub, capsys: Capture, name: str, says: str
) -> None:
    get(SEVEN, hub=hub)
    assert remove(name, hub=hub, yes=True) == 1
    assert says in capsys.readouterr().err
    assert facts(hub, capsys)[SEVEN]["state"] == "complete"
