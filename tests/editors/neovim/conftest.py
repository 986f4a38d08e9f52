"""Neovim with the plugin of this repository, and the server of this environment."""

import contextlib
import os
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.editors.needed import not_here
from tests.editors.neovim.process import Neovim, launched

ROOT = Path(__file__).parents[3]
PLUGIN = ROOT / "editors" / "neovim"
FETCHED = ROOT / "build" / "editors" / "nvim" / "bin" / "nvim"

Open = Callable[..., AbstractAsyncContextManager[Neovim]]

RunServer = Callable[..., str]

INIT = """
vim.opt.runtimepath:prepend({plugin!r})
vim.opt.swapfile = false
vim.lsp.enable("codellama")
"""
"""What a user writes: where the plugin is, and one line."""


RECORD = """
local drawing = require("codellama.drawing")
local draw = drawing.draw
_G.drawn = {}
drawing.draw = function(bufnr, row, column, text, hint)
  table.insert(_G.drawn, text)
  draw(bufnr, row, column, text, hint)
end
"""
"""Keeps what was drawn, also what was on the screen for a moment only."""


@pytest.fixture(scope="session")
def nvim() -> Path:
    """Return Neovim 0.12, as ``make test-editors`` brings it."""
    if not FETCHED.exists():
        not_here("Neovim 0.12 is not here: make test-editors brings it, where it can")
    return FETCHED


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for PATH with the server that this environment has."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "codellama-lsp"
    python = shlex.quote(sys.executable)
    path = shlex.quote(str(ROOT))
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH={path} exec {python} -m lsp_server "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    return folder


@pytest.fixture
def open_neovim(nvim: Path, server: Path, tmp_path: Path) -> Open:
    return opener(nvim, server, tmp_path)


def opener(nvim: Path, server: Path, folder: Path) -> Open:
    """Return what starts Neovim: with these variables, on this file, with more ``init.lua``."""

    @contextlib.asynccontextmanager
    async def opened(
        environment: dict[str, str],
        file: Path | None = None,
        init: str = "",
        name: str = "nvim",
        whole_init: str | None = None,
    ) -> AsyncIterator[Neovim]:
        home = folder / name
        home.mkdir(exist_ok=True)
        plain = whole_init or init + INIT.format(plugin=str(PLUGIN))
        path = os.pathsep.join([str(server), os.environ.get("PATH", "")])
        variables = {**os.environ, **environment, "PATH": path}
        variables.pop("VIMRUNTIME", None)
        async with launched(nvim, home, plain, variables, file) as editor:
            yield editor

    return opened


@pytest.fixture
def run_server(server: Path) -> RunServer:
    """Return what runs one of the server's commands and returns what it prints."""

    def run(arguments: Sequence[str], **environment: str) -> str:
        return subprocess.run(
            [server / "codellama-lsp", *arguments],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, **environment},
        ).stdout

    return run


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Return a small repository."""
    folder = tmp_path / "work"
    (folder / ".git").mkdir(parents=True)
    return folder


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Return where screenshots go; None where nobody wants new ones."""
    wanted = os.environ.get("EDITOR_PICTURES")
    if not wanted:
        return None
    folder = Path(wanted)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
