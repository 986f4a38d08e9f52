"""A file with a fault that somebody else has found, and asking for its fix."""

from tests.editors.neovim.process import Neovim

SOURCE = "def add(first, second):\n    return first + secnd\n\n\ntotal = add(1, 2)\n"


async def ask_for_a_fix(editor: Neovim) -> None:
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
