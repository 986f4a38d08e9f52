"""VS Code as people meet it: code-server's workbench, in a Chromium, with our extension."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Playwright

from tests.editors.vscode.waiting import PATIENCE_S, until
from tests.processes import command, descendants

_LISTENING = re.compile(r"HTTP server listening on (http://\S+?)/?$", re.MULTILINE)

SETTINGS: Mapping[str, Any] = {
    "chat.disableAIFeatures": True,
    "editor.accessibilitySupport": "off",
    "editor.minimap.enabled": False,
    "editor.wordBasedSuggestions": "off",
    "extensions.ignoreRecommendations": True,
    "files.autoSave": "off",
    "remote.autoForwardPorts": False,
    "security.workspace.trust.startupPrompt": "never",
    "telemetry.telemetryLevel": "off",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
}
"""The user's settings of these tests: nothing asks, nothing pops up by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What the tests found: code-server's folder, with Node in it, and a Chromium."""

    code_server: Path
    chromium: Path

    def command(self, *arguments: str) -> list[str]:
        """Return a command line of code-server."""
        entry = self.code_server / "package/out/node/entry.js"
        config = self.code_server / "config.yaml"
        node = self.code_server / "bin/node"
        return [str(node), str(entry), "--config", str(config), *arguments]

    def environment(self, around: Mapping[str, str]) -> dict[str, str]:
        """Return an environment in which ``node`` and ``npm`` are these."""
        path = f"{self.code_server / 'bin'}{os.pathsep}{around.get('PATH', '')}"
        return {**around, "PATH": path}


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running code-server, which shows any folder to any browser."""

    address: str
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def settings(self) -> Path:
        return self.folder / "data/User/settings.json"


def installed_extension(
    installation: Installation, package: Path, folder: Path
) -> Path:
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
    folder.mkdir(exist_ok=True)
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


def servers(at: Served) -> set[int]:
    """Return the ids of the servers that serve a window: those without a command."""
    below = descendants(at.process.pid)
    return {pid for pid in below if command(pid).endswith("-m lsp_server ")}


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


def _write(path: Path, settings: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(settings), encoding="utf-8")
