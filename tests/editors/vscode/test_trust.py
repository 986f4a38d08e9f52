"""Which program is run: a workspace never decides it, and where there is none it is told."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.editors.vscode.code_server import Installation, served
from tests.editors.vscode.waiting import until
from tests.editors.vscode.workbench import Workbench, window

pytestmark = pytest.mark.editors


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A window on a workspace that wants its own program to be run, in each way there is.

    The machine has no server. What is run leaves a file in ``folder``: ``ran``, ``found``.
    """

    trusted: bool
    folder: Path
    extension: Path
    workbench: Workbench

    @property
    def program(self) -> Path:
        return self.folder / "work/.venv/bin/codellama-lsp"

    @property
    def ran(self) -> Path:
        return self.folder / "ran"


def write_program(program: Path, touched: Path) -> None:
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\ntouch {touched}\n")
    program.chmod(0o755)


@pytest.fixture(scope="module", params=[True, False], ids=["trusted", "restricted"])
def planted(
    request: pytest.FixtureRequest,
    installation: Installation,
    extensions: Path,
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Planted]:
    trusted: bool = request.param
    folder = tmp_path_factory.mktemp("planted")
    workspace = folder / "work"
    program = workspace / ".venv/bin/codellama-lsp"
    write_program(program, folder / "ran")
    settings = workspace / ".vscode/settings.json"
    settings.parent.mkdir()
    settings.write_text(f'{{"codellama.server.command": "{program}"}}')
    (workspace / "a.py").write_text("")
    # A test brings the server's package along in it.
    copied = shutil.copytree(extensions, folder / "extensions")
    # Where the workspace is not trusted, not even PATH can lead into it.
    path = [installation.code_server / "bin", "/usr/bin", "/bin", ".venv/bin"]
    path += [] if trusted else [program.parent]
    environment = {"PATH": ":".join(map(str, path)), "HOME": str(folder / "home")}
    with (
        served(
            installation,
            copied,
            folder / "served",
            environment=environment,
            machine={},
            trust=trusted,
        ) as at,
        window(chromium, at, workspace) as opened,
    ):
        yield Planted(
            trusted=trusted,
            folder=folder,
            extension=next(copied.glob("*codellama*")),
            workbench=opened,
        )


@pytest.fixture
def workbench(planted: Planted) -> Workbench:
    return planted.workbench


def test_a_planted_program_is_not_run(workbench: Workbench, planted: Planted) -> None:
    workbench.says("not installed")
    workbench.open("a.py")
    workbench.run("Code Llama: Restart the Server")
    workbench.says("not installed")
    assert not planted.ran.exists()


def test_without_a_server_installing_is_offered(workbench: Workbench) -> None:
    missing = workbench.notification("codellama-lsp is not installed")
    missing.get_by_role("button", name="Install...").click()
    workbench.notification("This extension was built without the server").wait_for()


def test_what_would_be_installed_is_shown_and_not_yet_run(
    workbench: Workbench, planted: Planted
) -> None:
    brought = planted.extension / "server"
    brought.mkdir()
    (brought / "codellama_lsp-0-py3-none-any.whl").write_bytes(b"")
    workbench.menu("Install the Server")
    workbench.pick("On this machine's processor")
    asked = workbench.page.locator(".monaco-dialog-box")
    asked.get_by_text("python3 -m venv").wait_for()
    assert str(brought) in (asked.text_content() or "")
    asked.get_by_role("button", name="Cancel").click()
    asked.wait_for(state="hidden")
    assert not workbench.page.locator(".terminal-wrapper").count()


def test_what_is_installed_meanwhile_is_found(
    workbench: Workbench, planted: Planted
) -> None:
    workbench.says("not installed")
    found = planted.folder / "found"
    write_program(planted.folder / "home/.local/bin/codellama-lsp", found)
    until(found.exists, "a start of what is installed")
    assert not planted.ran.exists()


def test_a_program_of_the_workspace_is_run_where_it_is_trusted_and_chosen(
    workbench: Workbench, planted: Planted
) -> None:
    own = "In this workspace's virtual environment"
    workbench.run("Code Llama: Choose the Server Program")
    if planted.trusted:
        workbench.pick(own)
        until(planted.ran.exists, "a start of what is chosen")
        return
    choices = workbench.page.locator(".quick-input-list .monaco-list-row")
    choices.filter(has_text="Where it is installed").wait_for()
    expect(choices.filter(has_text=own)).to_have_count(0)
    workbench.press("Escape")
