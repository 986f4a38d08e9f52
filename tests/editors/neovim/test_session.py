"""How the plugin and the server live together: status, pauses, commands, a server that dies."""

from pathlib import Path

import pytest

from tests.editors.neovim.below import kill_server
from tests.editors.neovim.conftest import Open
from tests.editors.neovim.process import Neovim
from tests.editors.neovim.seen import STATES, answered, on_screen
from tests.editors.scripts import scripted
from tests.processes import all_gone, descendants

pytestmark = pytest.mark.editors

HELLO = [{"text": "hello\n"}]
STATUSLINE = """
vim.opt.laststatus = 2
vim.opt.statusline = "%f [%{v:lua.require'codellama'.status()}]"
"""


@pytest.fixture
def file(workspace: Path) -> Path:
    path = workspace / "a.py"
    path.write_text("\n", encoding="utf-8")
    return path


async def test_the_statusline_shows_how_the_engine_is(
    open_neovim: Open, file: Path, tmp_path: Path
) -> None:
    slow = scripted(tmp_path, HELLO, start_ms=1500, first_piece_ms=1500)
    async with open_neovim(slow, file, init=STATUSLINE) as editor:
        await on_screen(editor, "[Code Llama: loading")
        await on_screen(editor, "[Code Llama: ready]")
        await editor.keys("ix")
        await on_screen(editor, "[Code Llama: thinking]")
        await on_screen(editor, "[Code Llama: ready]")
        await editor.says("CodeLlama pause")
        await on_screen(editor, "[Code Llama: paused]")


async def test_a_message_that_does_not_fit_waits_until_nobody_types(
    open_neovim: Open, file: Path, tmp_path: Path
) -> None:
    as_usual = 'vim.opt.messagesopt = "hit-enter,history:500"\n'
    async with open_neovim(scripted(tmp_path, HELLO), file, init=as_usual) as editor:
        await editor.ready()
        await editor.keys("ix")
        await editor.shows("hello")
        await editor.type("y = 1 + 2")  # the licence is said with the first suggestion
        assert (await editor.call("nvim_get_mode"))["mode"] == "i"
        assert "Apache-2.0" not in await editor.messages()
        await editor.call("nvim_input", "<Esc>")
        await on_screen(editor, "Apache-2.0")
        await editor.keys("<CR>")
        assert await editor.text() == "xy = 1 + 2"


async def test_an_engine_that_does_not_start_is_down(
    open_neovim: Open, file: Path, tmp_path: Path
) -> None:
    broken = scripted(tmp_path, fail_start="no GPU here")
    async with open_neovim(broken, file, init=STATUSLINE) as editor:
        await on_screen(editor, "[Code Llama: down]")
        assert "no GPU here" in await editor.says("CodeLlama status")


@pytest.mark.parametrize("scope", ["", "file", "language"])
async def test_a_pause_is_of_what_it_says(
    open_neovim: Open, file: Path, workspace: Path, tmp_path: Path, scope: str
) -> None:
    other, third = workspace / "b [1].py", workspace / "c.lua"
    for path in (other, third):
        path.write_text("\n", encoding="utf-8")
    async with open_neovim(scripted(tmp_path, HELLO), other) as editor:
        await editor.ready()
        assert "paused" in await editor.says(f"CodeLlama pause {scope}")
        for path, quiet in (
            (other, True),
            (file, scope != "file"),
            (third, not scope),
        ):
            await editor.lua(
                "vim.cmd.edit({ ..., magic = { file = false } })", str(path)
            )
            await editor.until_lua("return #vim.lsp.get_clients({ bufnr = 0 }) == 1")
            await editor.keys("i")
            if quiet:
                await answered(editor)
            await editor.shows("" if quiet else "hello")
            await editor.keys("<Esc>")
        await editor.says("CodeLlama resume")
        await editor.call("nvim_command", f"edit {file}")
        await editor.keys("i")
        await editor.shows("hello")


async def test_a_server_that_is_killed_comes_back(
    open_neovim: Open, file: Path, tmp_path: Path
) -> None:
    async with open_neovim(scripted(tmp_path, HELLO), file) as editor:
        await editor.ready()
        await editor.keys("i")
        await editor.shows("hello")
        await kill_server(editor)
        assert await editor.ghost() == ""
        await editor.ready()
        await editor.keys("x")
        await editor.shows("hello")
        await editor.keys("<Tab>")
        assert await editor.text() == "xhello"


async def test_a_server_that_is_stopped_stays_away_until_it_is_wanted(
    open_neovim: Open, file: Path, tmp_path: Path
) -> None:
    async with open_neovim(scripted(tmp_path, HELLO), file) as editor:
        await editor.ready()
        await editor.lua("vim.lsp.enable('codellama', false)")
        await editor.until_lua("return #vim.lsp.get_clients() == 0")
        assert "no server" in await editor.says("CodeLlama status")
        await editor.says("CodeLlama restart")
        await editor.ready()
        await editor.keys("i")
        await editor.shows("hello")


async def test_the_engine_is_begun_anew(
    open_neovim: Open, file: Path, tmp_path: Path
) -> None:
    async with open_neovim(scripted(tmp_path, HELLO), file) as editor:
        await editor.lua(STATES)
        await editor.ready()
        await editor.lua("_G.states = {}")
        await editor.says("CodeLlama restart")
        await editor.until_lua(
            "return vim.list_contains(_G.states, 'Code Llama: loading')"
            " and _G.states[#_G.states] == 'Code Llama: ready'"
        )


async def test_what_was_sent_is_shown(
    open_neovim: Open, file: Path, tmp_path: Path
) -> None:
    async with open_neovim(scripted(tmp_path, HELLO), file) as editor:
        await editor.ready()
        await editor.keys("iname = ")
        await editor.shows("hello")
        await editor.says("CodeLlama prompt")
        await editor.until_lua("return vim.fn.expand('%:t') == 'prompt.md'")
        assert "name = " in await editor.text()


async def test_a_missing_server_is_told_once_with_what_to_do(
    open_neovim: Open, file: Path, tmp_path: Path
) -> None:
    init = 'vim.g.codellama = { command = "/nowhere/codellama-lsp" }\n'
    async with open_neovim(scripted(tmp_path), file, init=init) as editor:
        await editor.keys("<CR>")
        await editor.until(lambda: told(editor, "make install"), "how to install it")
        await editor.keys(":checkhealth codellama<CR>")
        await editor.until_lua("return vim.bo.filetype == 'checkhealth'")
        assert "was not found: /nowhere/codellama-lsp" in await editor.text()


async def told(editor: Neovim, text: str) -> bool:
    return text in await editor.messages()


async def test_the_server_goes_with_the_editor(
    open_neovim: Open, file: Path, tmp_path: Path
) -> None:
    async with open_neovim(scripted(tmp_path, HELLO), file) as editor:
        await editor.ready()
        below = descendants(editor.process.pid)
        assert below
    assert not await all_gone(below)
