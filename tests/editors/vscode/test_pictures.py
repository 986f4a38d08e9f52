"""Pictures of the real thing, light and dark; with PICTURES=1 they go into docs/images."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.editors.scripts import scripted
from tests.editors.vscode.code_server import Installation, served
from tests.editors.vscode.conftest import FETCHED, ROOT
from tests.editors.vscode.drawn import drawn, write
from tests.editors.vscode.workbench import window

pytestmark = pytest.mark.editors

FILE = '''"""Lending books."""

from dataclasses import dataclass, field


@dataclass
class Library:
    shelf: dict[str, int] = field(default_factory=dict)

    def add(self, title: str, copies: int = 1) -> None:
        self.shelf[title] = self.shelf.get(title, 0) + copies

    def lend(self, title: str) -> None:‸
        if self.shelf.get(title, 0) == 0:
            raise LookupError(f"no copy of {title} is here")
        self.shelf[title] -= 1‸
'''


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_of_ghost_text(
    installation: Installation,
    extensions: Path,
    chromium: Browser,
    tmp_path: Path,
    theme: str,
) -> None:
    folder, workspace = tmp_path / "served", tmp_path / "library"
    folder.mkdir()
    write(workspace, {"library.py": FILE})
    settings = {
        "editor.fontSize": 15,
        "workbench.colorTheme": f"Default {theme.capitalize()} Modern",
        "workbench.activityBar.location": "hidden",
        "workbench.layoutControl.enabled": False,
        "window.commandCenter": False,
    }
    environment = scripted(folder, truths=[drawn(FILE).whole])
    with (
        served(
            installation, extensions, folder, environment=environment, settings=settings
        ) as at,
        window(chromium, at, workspace, size=(860, 440)) as workbench,
    ):
        place = drawn(FILE).place
        workbench.says("ready")
        workbench.press("Control+B")
        workbench.wake("library.py", place)
        workbench.dismiss("This is said once for each model.")
        workbench.press("Enter")
        workbench.shows(drawn(FILE).missing.removeprefix("\n        "))
        wanted = os.environ.get("PICTURES") == "1"
        target = (ROOT / "docs/images") if wanted else (FETCHED / "pictures")
        target.mkdir(parents=True, exist_ok=True)
        workbench.page.screenshot(path=target / f"vscode-{theme}.png")
