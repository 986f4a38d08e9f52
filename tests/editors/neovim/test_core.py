"""Neovim's own suggestions, without the plugin: as docs/editors.md says it, word by word."""

import re
from pathlib import Path

import pytest

from tests.editors.neovim.conftest import PLUGIN, ROOT, Open
from tests.editors.neovim.process import Neovim, ghost_text
from tests.editors.scripts import scripted

pytestmark = pytest.mark.editors

SUM = [{"text": "a + b\n", "contains": "return "}]
PAGE = ROOT / "docs" / "editors.md"


def lua_of(heading: str) -> str:
    """Return the Lua that stands under a heading of the page."""
    page = PAGE.read_text(encoding="utf-8")
    section = page.partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    found = re.search(r"```lua\n(.*?)```", section, re.DOTALL)
    assert found, heading
    return found[1]


async def core_ghost(editor: Neovim) -> str:
    marks = await editor.lua(
        """
        local space = vim.api.nvim_create_namespace("nvim.lsp.inline_completion")
        local marks = vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })
        return vim.tbl_map(function(mark) return mark[4] end, marks)
        """
    )
    return ghost_text(marks)


async def shown_and_accepted(editor: Neovim) -> None:
    await editor.lua(
        """
        vim.api.nvim_create_autocmd("LspProgress", { pattern = "end",
          callback = function(event)
            if vim.startswith(event.data.params.value.title or "", "Code Llama") then
              _G.loaded = true
            end
          end })
        """
    )
    await editor.until_lua("return _G.loaded")
    await editor.keys("GA    return ")

    async def there() -> bool:
        return await core_ghost(editor) == "a + b"

    await editor.until(there, "ghost text")
    await editor.keys("<Tab>")

    async def accepted() -> bool:
        return await editor.text() == "def add(a, b):\n    return a + b"

    await editor.until(accepted, "accepted text")


@pytest.fixture
def file(workspace: Path) -> Path:
    path = workspace / "sum.py"
    path.write_text("def add(a, b):\n\n", encoding="utf-8")
    return path


async def test_without_the_plugin(
    open_neovim: Open, file: Path, tmp_path: Path
) -> None:
    lines = lua_of("### Without the plugin")
    async with open_neovim(scripted(tmp_path, SUM), file, whole_init=lines) as editor:
        await shown_and_accepted(editor)


async def test_with_the_plugin_as_the_page_says(
    open_neovim: Open, file: Path, tmp_path: Path
) -> None:
    lines = lua_of("## Neovim 0.12").replace(
        "/path/to/codellama-lsp/editors/neovim", str(PLUGIN)
    )
    async with open_neovim(scripted(tmp_path, SUM), file, whole_init=lines) as editor:
        await editor.ready()
        await editor.keys("GA    return ")
        await editor.shows("a + b")
        await editor.keys("<Tab>")
        assert await editor.text() == "def add(a, b):\n    return a + b"


async def test_one_of_the_two_shows_it(
    open_neovim: Open, file: Path, tmp_path: Path
) -> None:
    both = "vim.lsp.inline_completion.enable()\n"
    async with open_neovim(scripted(tmp_path, SUM), file, init=both) as editor:
        await editor.ready()
        await editor.keys("GA    return ")
        await editor.shows("a + b")
        enabled = (
            "return vim.lsp.inline_completion.is_enabled({ bufnr = 0, client_id = 1 })"
        )
        assert not await editor.lua(enabled)
        assert await core_ghost(editor) == ""


async def test_with_the_plugin_neovims_own_can_be_had(
    open_neovim: Open, file: Path, tmp_path: Path
) -> None:
    init = """
    vim.g.codellama = { ghost = false }
    vim.lsp.inline_completion.enable()
    vim.keymap.set("i", "<Tab>", function()
      if not vim.lsp.inline_completion.get() then return "<Tab>" end
    end, { expr = true })
    """
    async with open_neovim(scripted(tmp_path, SUM), file, init=init) as editor:
        await shown_and_accepted(editor)
