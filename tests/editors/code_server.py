"""VS Code as people meet it: code-server's workbench, in a Chromium, with our extension."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Browser, Locator, Page, Playwright

PATIENCE_S = 90.0
"""How long something may take that will come; only a test that fails waits for it."""

_EXTENSION = "codellama-lsp.codellama"
_GHOST = ".ghost-text, .ghost-text-decoration, .ghost-text-decoration-preview"
_LISTENING = re.compile(r"HTTP server listening on (http://\S+?)/?$", re.MULTILINE)
_T = TypeVar("_T")

SETTINGS: Mapping[str, Any] = {
    "chat.disableAIFeatures": False,
    "editor.accessibilitySupport": "off",
    "editor.minimap.enabled": False,
    "editor.wordBasedSuggestions": "off",
    "extensions.ignoreRecommendations": True,
    "files.autoSave": "off",
    "security.workspace.trust.startupPrompt": "never",
    "telemetry.telemetryLevel": "off",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
}
"""The user's settings of these tests: nothing asks, nothing pops up by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What the tests found or fetched: programs, and code-server's folder."""

    node: Path
    code_server: Path
    chromium: Path

    def command(self, *arguments: str) -> list[str]:
        """Return a command line of code-server."""
        entry = self.code_server / "package/out/node/entry.js"
        config = self.code_server / "config.yaml"
        return [str(self.node), str(entry), "--config", str(config), *arguments]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running code-server, which shows any folder to any browser."""

    address: str
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def settings(self) -> Path:
        return self.folder / "data/User/settings.json"


def extensions(installation: Installation, package: Path, folder: Path) -> Path:
    """Install the package as a user does, and return the folder of extensions."""
    subprocess.run(
        installation.command(
            *("--extensions-dir", str(folder), "--install-extension", str(package))
        ),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return folder


@contextlib.contextmanager
def served(
    installation: Installation,
    extensions_folder: Path,
    folder: Path,
    *,
    environment: Mapping[str, str] | None = None,
    settings: Mapping[str, Any] | None = None,
    machine: Mapping[str, Any] | None = None,
    trust: bool = True,
) -> Iterator[Served]:
    """Serve the workbench; ``machine`` has the settings that only a user may make."""
    _write(folder / "data/User/settings.json", {**SETTINGS, **(settings or {})})
    own = {"codellama.server.command": str(wrapper(folder))}
    _write(folder / "data/Machine/settings.json", own if machine is None else machine)
    log = folder / "code-server.log"
    command = installation.command(
        *("--auth", "none", "--bind-addr", "127.0.0.1:0"),
        *("--user-data-dir", str(folder / "data")),
        *("--extensions-dir", str(extensions_folder)),
        *("--disable-telemetry", "--disable-update-check"),
        *(["--disable-workspace-trust"] if trust else []),
    )
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
    try:
        found = until(
            lambda: _LISTENING.search(log.read_text()), "code-server's address"
        )
        yield Served(address=found[1], folder=folder, process=process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(PATIENCE_S)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def wrapper(folder: Path) -> Path:
    """Return a program that is the server of the environment that runs the tests."""
    program = folder / "codellama-lsp"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lsp_server "$@"\n')
    program.chmod(0o755)
    return program


def browser(playwright: Playwright, installation: Installation) -> Browser:
    """Start a Chromium that speaks to nobody but code-server."""
    return playwright.chromium.launch(
        executable_path=str(installation.chromium),
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    )


def until(look: Callable[[], _T], what: str) -> _T:
    """Wait until ``look`` returns something true, and return that."""
    deadline = time.monotonic() + PATIENCE_S
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"never came: {what}; last seen: {seen!r}")
        time.sleep(0.02)
    return seen


class Workbench:
    """One window, driven by keys; what it wrote is read from the disk."""

    def __init__(self, page: Page, workspace: Path) -> None:
        self.page = page
        self.workspace = workspace

    # What is there

    def ghost(self) -> str:
        """Return the ghost text that is shown; lines below the first begin with a newline."""
        return str(
            self.page.evaluate(
                """selector => [...document.querySelectorAll(selector)]
                    .map(element => element.matches('.ghost-text-decoration, .ghost-text-decoration-preview')
                        ? element.textContent
                        : [...element.querySelectorAll('.view-line')].map(line => '\\n' + line.textContent).join('') || element.textContent)
                    .join('').replaceAll('\\u00a0', ' ')""",
                _GHOST,
            )
        )

    def shows(self, text: str) -> None:
        """Wait until this ghost text is shown, and nothing else."""
        until(lambda: self.ghost() == text, f"ghost text {text!r}, not {self.ghost()!r}")

    def status(self) -> str:
        """Return what the status bar's item says to a screen reader."""
        item = self.page.locator(f'[id="{_EXTENSION}.codellama"] a')
        return item.first.get_attribute("aria-label") or "" if item.count() else ""

    def says(self, text: str) -> None:
        """Wait until the status bar's item says this."""
        until(lambda: text in self.status(), f"the status {text!r}, not {self.status()!r}")

    def saved(self, name: str, save: bool = True) -> bytes:
        """Save the document, and return the bytes of its file."""
        if save:
            self.press("Control+S")
            until(lambda: not self.page.locator(".tab.active.dirty").count(), "a save")
        return (self.workspace / name).read_bytes()

    # What is done

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str, pause_ms: float = 0) -> None:
        self.page.keyboard.type(text, delay=pause_ms)

    def open(self, name: str, place: str = "") -> None:
        """Open a file of the workspace; ``place`` is ``:LINE:COLUMN``, counted from 1."""
        self.quick(f"{name}{place}", "Control+P")
        tab = self.page.locator(f'.tab.active[data-resource-name="{Path(name).name}"]')
        tab.wait_for(timeout=PATIENCE_S * 1000)
        self.page.locator(".editor-group-container.active .monaco-editor.focused").wait_for(
            timeout=PATIENCE_S * 1000
        )

    def run(self, title: str) -> None:
        """Run a command of the palette by its title."""
        self.quick(title, "F1")

    def quick(self, text: str, key: str) -> None:
        """Open the input at the top, type, and take what is offered first."""
        self.press(key)
        field = self.page.locator(".quick-input-widget:visible input[type=text]").first
        field.wait_for(timeout=PATIENCE_S * 1000)
        field.fill((">" if key == "F1" else "") + text)
        first = self.page.locator(".quick-input-list .monaco-list-row").first
        first.wait_for(timeout=PATIENCE_S * 1000)
        wanted = text.partition(":")[0] if key == "Control+P" else text
        until(
            lambda: wanted.rpartition("/")[2] in (first.text_content() or ""),
            f"{wanted} among what is offered",
        )
        field.press("Enter")
        field.wait_for(state="hidden", timeout=PATIENCE_S * 1000)

    def pick(self, label: str) -> None:
        """Take an entry of a menu that is open."""
        row = self.page.locator(".quick-input-list .monaco-list-row", has_text=label)
        row.first.click(timeout=PATIENCE_S * 1000)

    def notification(self, text: str) -> Locator:
        return self.page.locator(".notification-list-item", has_text=text)


@contextlib.contextmanager
def window(
    chromium: Browser, at: Served, workspace: Path, *, size: Sequence[int] = (1280, 800)
) -> Iterator[Workbench]:
    """Open a folder in a window of its own."""
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]})
    try:
        page = context.new_page()
        page.goto(f"{at.address}/?folder={workspace}")
        page.locator(".monaco-workbench .part.statusbar").wait_for(
            timeout=PATIENCE_S * 1000
        )
        yield Workbench(page, workspace)
    finally:
        context.close()


def processes(*words: str) -> list[int]:
    """Return the ids of processes whose command line has all of these words."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if all(any(word in part for part in line) for word in words):
                found.append(int(folder.name))
    return found


def _write(path: Path, settings: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(settings), encoding="utf-8")


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
