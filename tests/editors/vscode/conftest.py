"""VS Code as code-server serves it, Chromium to look at it, and the extension, as packaged."""

import os
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, sync_playwright

from tests.editors.needed import not_here
from tests.editors.vscode.code_server import (
    Installation,
    browser,
    installed_extension,
)
from tests.editors.vscode.workbench import Workbench

ROOT = Path(__file__).parents[3]
EXTENSION = ROOT / "editors" / "vscode"
FETCHED = ROOT / "build" / "editors"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep a picture of the window in which a test failed: build/editors/failed."""
    report = yield
    window = getattr(item, "funcargs", {}).get("workbench")
    if call.when == "call" and report.failed and isinstance(window, Workbench):
        window.page.screenshot(path=FETCHED / "failed" / f"{item.name}.png")
    return report


@pytest.fixture(scope="session")
def installation() -> Installation:
    """Return what ``make test-editors`` brings."""
    code_server = FETCHED / "code-server"
    if not (code_server / "version").exists():
        not_here("code-server is not here: make test-editors brings it, where it can")
    chromium = FETCHED / "chromium" / "chromium"
    if not chromium.exists():
        not_here("no Chromium is here: make test-editors brings one, where it can")
    return Installation(code_server=code_server, chromium=chromium)


@pytest.fixture(scope="session")
def package(
    installation: Installation,
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
) -> Path:
    """Return the extension as ``npm run package`` makes it, without the server's wheel.

    Once, also where several processes run the tests.
    """
    if worker_id == "master":
        return _packaged(installation)
    made = tmp_path_factory.getbasetemp().parent / "packaged"
    with FileLock(f"{made}.lock"):
        if not made.exists():
            _packaged(installation)
            made.touch()
    return _package()


def _packaged(installation: Installation) -> Path:
    environment = installation.environment(os.environ)
    npm = str(installation.code_server / "bin/npm")
    if not (EXTENSION / "node_modules").exists():
        command = [npm, "ci", "--silent", "--ignore-scripts"]
        subprocess.run(command, cwd=EXTENSION, env=environment, check=True)
    command = [npm, "run", "--silent", "package", "--", "--without-server"]
    subprocess.run(
        command, cwd=EXTENSION, env=environment, check=True, stdout=subprocess.DEVNULL
    )
    return _package()


def _package() -> Path:
    return next(EXTENSION.glob("codellama-*.vsix"))


@pytest.fixture(scope="session")
def extensions(
    installation: Installation, package: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return the folder of extensions: ours is installed there."""
    return installed_extension(
        installation, package, tmp_path_factory.mktemp("extensions")
    )


@pytest.fixture(scope="module")
def chromium(installation: Installation) -> Iterator[Browser]:
    """Return a browser. While Playwright is there its event loop runs in this thread.

    So it ends with the module: no other loop can run beside it, and tests that follow in
    this process need one.
    """
    with sync_playwright() as playwright:
        started = browser(playwright, installation)
        yield started
        started.close()
