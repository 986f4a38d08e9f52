"""The rest of the window: the status, the menu, the reports; a server that is killed."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.editors.scripts import scripted
from tests.editors.vscode.code_server import Installation, Served, served, servers
from tests.editors.vscode.drawn import drawn, write
from tests.editors.vscode.waiting import until
from tests.editors.vscode.workbench import Workbench, window

pytestmark = pytest.mark.editors

FILES = {
    "wake.py": "def awake(a):\n    ‸return a‸\n",
    "asked.py": "def asked(a):\n    ‸return a + 1‸\n",
    "paused.py": "def paused(a):\n    ‸return a + 2‸\n",
    "engine.py": "def renewed(a):\n    ‸return a - 1‸\n",
    "early.py": "def early(a):\n    ‸return a * 4‸\n",
    "server.py": "def again(a):\n    ‸return a - 2‸\n",
    "killed.py": "def killed(a):\n    ‸return a + 3‸\n",
}


@pytest.fixture(scope="module")
def code_server(
    installation: Installation,
    extensions: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    truths = [drawn(text).whole for text in FILES.values()]
    environment = scripted(folder, truths=truths)
    with served(installation, extensions, folder, environment=environment) as at:
        yield at


@pytest.fixture(scope="module")
def workbench(
    code_server: Served, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workbench]:
    workspace = tmp_path_factory.mktemp("work")
    write(workspace, FILES)
    with window(chromium, code_server, workspace) as opened:
        opened.wake("wake.py", drawn(FILES["wake.py"]).place)
        yield opened


def settings(code_server: Served) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(code_server.settings.read_text())
    return told


def asked(code_server: Served) -> list[dict[str, Any]]:
    """Return what the engine was asked, by whomever."""
    journal = (code_server.folder / "journal.jsonl").read_text().splitlines()
    events: list[dict[str, Any]] = [json.loads(line) for line in journal]
    return [one for one in events if one["event"] == "asked"]


def requests(code_server: Served) -> int:
    """Return how often somebody asked who waits for the answer."""
    return sum(one["priority"] == 0 for one in asked(code_server))


def engines(code_server: Served) -> int:
    """Return how many engines were asked something: each counts from one."""
    return sum(one["request"] == 1 for one in asked(code_server))


def check_suggests(workbench: Workbench, name: str) -> None:
    file = drawn(FILES[name])
    workbench.open(name, file.place)
    workbench.type(file.missing[:3])
    assert workbench.asked() == file.missing[3:]
    workbench.press("Tab")
    assert workbench.saved(name) == file.whole.encode()


def test_where_only_asked_for_it_comes_when_asked(
    workbench: Workbench, code_server: Served
) -> None:
    user = settings(code_server)
    code_server.settings.write_text(
        json.dumps({**user, "codellama.inline.automatic": False})
    )
    file = drawn(FILES["asked.py"])
    workbench.open("asked.py", file.place)
    before = requests(code_server)
    workbench.type(file.missing[:3])
    workbench.press("Alt+Backslash")
    workbench.shows(file.missing[3:])
    workbench.press("Tab")
    assert workbench.saved("asked.py") == file.whole.encode()
    code_server.settings.write_text(json.dumps(user))
    assert requests(code_server) > before


def test_it_is_paused_and_resumed_from_the_menu(
    workbench: Workbench, code_server: Served
) -> None:
    file = drawn(FILES["paused.py"])
    workbench.open("paused.py", file.place)
    workbench.menu("Pause for python")
    workbench.says("Paused for this language")
    assert settings(code_server)["codellama.inline.disabledLanguages"] == ["python"]
    workbench.menu("Resume for python")
    until(lambda: "Paused" not in workbench.status(), "an end of the pause")
    workbench.menu("Pause for This File")
    workbench.says("Paused for this file")
    before = requests(code_server)
    workbench.type("ret")
    workbench.saved("paused.py")
    assert workbench.ghost() == ""
    assert requests(code_server) == before
    workbench.menu("Resume for This File")
    until(lambda: "Paused" not in workbench.status(), "an end of the pause")
    workbench.page.locator(".monaco-editor .view-lines").first.click()
    workbench.press("Control+End", "ArrowUp", "End")
    workbench.type("u")
    workbench.shows("rn a + 2")
    workbench.press("Escape")


def test_statistics_are_shown(workbench: Workbench) -> None:
    workbench.run("Code Llama: Statistics")
    workbench.reads("accepted")


def test_what_was_sent_is_shown_as_a_page(workbench: Workbench) -> None:
    workbench.run("Code Llama: Show What Was Sent")
    until(
        lambda: any("cached" in text for text in workbench.pages()),
        "the page",
        workbench.pages,
    )


def test_the_doctor_is_asked_from_the_menu(workbench: Workbench) -> None:
    workbench.menu("Doctor")
    workbench.reads("the engine started")


def test_to_free_a_gpu_that_is_not_used_is_answered(workbench: Workbench) -> None:
    workbench.menu("Free the GPU")
    workbench.notification("No model of ours is on this machine.").wait_for()


def test_the_engine_is_restarted_from_the_menu(
    workbench: Workbench, code_server: Served
) -> None:
    server, before = servers(code_server), engines(code_server)
    workbench.menu("Restart the Engine")
    check_suggests(workbench, "engine.py")
    assert servers(code_server) == server
    assert engines(code_server) == before + 1


def test_the_server_is_restarted_from_the_menu(
    workbench: Workbench, code_server: Served
) -> None:
    old = servers(code_server)
    workbench.menu("Restart the Server")
    until(lambda: servers(code_server) - old, "a new server")
    check_suggests(workbench, "server.py")
    assert not servers(code_server) & old


def test_what_is_asked_for_too_early_comes_when_the_server_is_there(
    workbench: Workbench,
) -> None:
    file = drawn(FILES["early.py"])
    workbench.open("early.py", file.place)
    workbench.type(file.missing[:3])
    workbench.shows(file.missing[3:])
    workbench.press("Escape")
    workbench.menu("Restart the Server")
    workbench.says("starting")
    workbench.press("Alt+Backslash")
    workbench.shows(file.missing[3:])
    workbench.press("Tab")
    assert workbench.saved("early.py") == file.whole.encode()


def test_the_walkthrough_is_opened(workbench: Workbench) -> None:
    workbench.run("Welcome: Open Walkthrough...")
    workbench.answer("Code Llama")
    steps = workbench.page.locator(".gettingStartedContainer .getting-started-step")
    steps.filter(has_text="The server").first.wait_for()


def test_a_killed_server_comes_back(workbench: Workbench, code_server: Served) -> None:
    old = servers(code_server)
    assert len(old) == 1
    for pid in old:
        os.kill(pid, signal.SIGKILL)
    until(lambda: servers(code_server) - old, "a new server")
    check_suggests(workbench, "killed.py")
