"""A workspace never decides which program is run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.editors.vscode.code_server import Installation, served
from tests.editors.vscode.waiting import until
from tests.editors.vscode.workbench import Workbench, window

pytestmark = pytest.mark.editors


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """Return a workspace that wants its own program to be run, in each way that there is."""
    workspace = tmp_path / "work"
    program = workspace / ".venv/bin/codellama-lsp"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    program.chmod(0o755)
    settings = workspace / ".vscode/settings.json"
    settings.parent.mkdir()
    settings.write_text(f'{{"codellama.server.command": "{program}"}}')
    (workspace / "a.py").write_text("")
    return workspace


@pytest.fixture(params=[True, False], ids=["trusted", "restricted"])
def workbench(
    request: pytest.FixtureRequest,
    installation: Installation,
    extensions: Path,
    chromium: Browser,
    planted: Path,
) -> Iterator[Workbench]:
    """A window on it, on a machine that has no server."""
    trusted: bool = request.param
    # Where the workspace is not trusted, not even PATH can lead into it.
    path = [installation.code_server / "bin", "/usr/bin", "/bin", ".venv/bin"]
    path += [] if trusted else [planted / ".venv/bin"]
    environment = {"PATH": ":".join(map(str, path))}
    folder = planted.parent / "served"
    with (
        served(
            installation,
            extensions,
            folder,
            environment=environment,
            machine={},
            trust=trusted,
        ) as at,
        window(chromium, at, planted) as opened,
    ):
        yield opened


def test_a_planted_program_is_not_run(workbench: Workbench, tmp_path: Path) -> None:
    workbench.says("not installed")
    workbench.notification("codellama-lsp is not installed").wait_for()
    workbench.open("a.py")
    workbench.run("Code Llama: Restart the Server")
    workbench.says("not installed")
    assert not (tmp_path / "ran").exists()


def test_what_is_installed_meanwhile_is_found(
    workbench: Workbench, tmp_path: Path, home: Path
) -> None:
    workbench.says("not installed")
    program = home / ".local/bin/codellama-lsp"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/found\n")
    program.chmod(0o755)
    until((tmp_path / "found").exists, "a start of what is installed")
