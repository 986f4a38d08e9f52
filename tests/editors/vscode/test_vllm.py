"""The demo model in VS Code: vLLM loads, ghost text comes, and windows share one engine."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.editors.vscode.code_server import Installation, Served, served
from tests.editors.vscode.workbench import Workbench, window
from tests.processes import command

pytestmark = [pytest.mark.editors, pytest.mark.vllm]

_LOADED_S = 300.0
"""vLLM begins on two busy cores."""

SOURCE = '''class Stack:
    """A last-in first-out list."""

    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
'''


def hosts() -> list[int]:
    """Return the engine hosts that this run has started."""
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and "lsp_server.engine.host" in command(int(entry.name))
    ]


def offered(workbench: Workbench, name: str) -> str:
    """Write a line, until the model has something to say; return what it says."""
    workbench.open(name, ":10:16")
    workbench.press("End", "Enter")
    workbench.type("return self.i")
    return workbench.asked()


def test_ghost_text_by_the_demo_model_in_two_windows(
    installation: Installation, extensions: Path, chromium: Browser, tmp_path: Path
) -> None:
    workspace = tmp_path / "work"
    workspace.mkdir()
    for name in ("first.py", "second.py"):
        (workspace / name).write_text(SOURCE)
    folder = tmp_path / "served"
    before = set(hosts())
    with (
        served(installation, extensions, folder) as at,
        window(chromium, at, workspace) as first,
    ):
        first.open("first.py")
        first.says("loading")
        first.says("ready", _LOADED_S)
        text = offered(first, "first.py")
        first.press("Tab")
        assert f"        return self.i{text}".encode() in first.saved("first.py")
        started = set(hosts()) - before
        assert len(started) == 1
        second_window_shares_it(chromium, at, workspace)
        assert set(hosts()) - before == started


def second_window_shares_it(chromium: Browser, at: Served, workspace: Path) -> None:
    with window(chromium, at, workspace) as second:
        second.says("ready")
        assert offered(second, "second.py")
