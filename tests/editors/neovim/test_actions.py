"""Actions and hover by Neovim's own means, where the server offers them."""

from pathlib import Path

import pytest

from tests.editors.neovim.conftest import Open
from tests.editors.neovim.process import Neovim
from tests.editors.scripts import scripted

pytestmark = pytest.mark.editors

SOURCE = "def add(first, second):\n    return first + secnd\n\n\ntotal = add(1, 2)\n"


@pytest.fixture
def file(workspace: Path) -> Path:
    path = workspace / "sums.py"
    path.write_text(SOURCE, encoding="utf-8")
    return path


async def offered(editor: Neovim, method: str) -> None:
    """Skip where this version of the server has no such feature."""
    await editor.ready()
    supported = "return vim.lsp.get_clients({ bufnr = 0 })[1]:supports_method(...)"
    if not await editor.lua(supported, method):
        pytest.skip(f"the server has no {method} yet")


async def test_hover_tells_what_a_name_is(
    open_neovim: Open, file: Path, tmp_path: Path
) -> None:
    async with open_neovim(scripted(tmp_path), file) as editor:
        await offered(editor, "textDocument/hover")
        await editor.keys("5G/add<CR>K")

        async def told() -> bool:
            return any(
                "def add(first, second)" in line for line in await floating(editor)
            )

        await editor.until(told, "a hover")


async def floating(editor: Neovim) -> list[str]:
    lines: list[str] = await editor.lua(
        """
        local found = {}
        for _, window in ipairs(vim.api.nvim_list_wins()) do
          if vim.api.nvim_win_get_config(window).relative ~= "" then
            local buffer = vim.api.nvim_win_get_buf(window)
            vim.list_extend(found, vim.api.nvim_buf_get_lines(buffer, 0, -1, false))
          end
        end
        return found
        """
    )
    return lines


async def test_a_fix_is_applied(open_neovim: Open, file: Path, tmp_path: Path) -> None:
    fixed = "def add(first, second):\n    return first + second\n"
    answers = [{"text": f"{fixed}```\n", "contains": "is not defined"}]
    async with open_neovim(scripted(tmp_path, answers), file) as editor:
        await offered(editor, "textDocument/codeAction")
        await editor.lua(
            """
            vim.diagnostic.set(vim.api.nvim_create_namespace("lint"), 0, {{
              lnum = 1, col = 19, end_col = 24,
              severity = vim.diagnostic.severity.ERROR,
              message = 'name "secnd" is not defined', source = "lint",
            }})
            """
        )
        await editor.keys("2G20|")
        await editor.lua(
            """
            vim.lsp.buf.code_action({ apply = true, filter = function(action)
              return action.kind == "quickfix"
            end })
            """
        )

        async def applied() -> bool:
            return await editor.text() == SOURCE.replace("secnd", "second").rstrip("\n")

        await editor.until(applied, "the fix")
