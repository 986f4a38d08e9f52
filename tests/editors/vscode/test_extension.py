"""The extension without an editor: its types, its own tests, what its package holds."""

import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.editors.vscode.code_server import Installation
from tests.editors.vscode.conftest import EXTENSION

pytestmark = pytest.mark.editors


@pytest.mark.parametrize("script", ["check", "test"])
@pytest.mark.usefixtures("package")
def test_its_own_checks_pass(installation: Installation, script: str) -> None:
    npm = str(installation.code_server / "bin/npm")
    done = subprocess.run(
        [npm, "run", "--silent", script],
        cwd=EXTENSION,
        env=installation.environment(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_package_holds_what_is_needed_and_no_more(package: Path) -> None:
    with zipfile.ZipFile(package) as opened:
        names = {name.removeprefix("extension/") for name in opened.namelist()}
        manifest = json.loads(opened.read("extension/package.json"))
    assert {
        "LICENSE.txt",
        "THIRD-PARTY-NOTICES.txt",
        "changelog.md",
        "readme.md",
    } < names
    assert not [name for name in names if name.endswith((".ts", ".map"))]
    media = [
        path
        for walkthrough in manifest["contributes"]["walkthroughs"]
        for step in walkthrough["steps"]
        for key, path in step["media"].items()
        if key != "altText"
    ]
    assert {manifest["icon"], *media} <= names


def test_each_command_that_is_named_is_there() -> None:
    manifest = json.loads((EXTENSION / "package.json").read_text())["contributes"]
    offered = {command["command"] for command in manifest["commands"]}
    source = (EXTENSION / "src/extension.ts").read_text()
    assert all(f'"{name}": ' in source for name in offered)
    for binding in manifest["keybindings"]:
        name = binding["command"]
        assert name in offered or name.startswith("editor.action.inlineSuggest.")
