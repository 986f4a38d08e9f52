"""What a person at Neovim sees, waited for: on the screen, floating, as ghost text."""

from tests.editors.neovim.process import Neovim

STATES = """
_G.states = {}
vim.api.nvim_create_autocmd("User", { pattern = "CodeLlamaStatus",
  callback = function() table.insert(_G.states, require("codellama").status()) end })
"""
"""From now on, keeps what a statusline would show, also for a moment only."""


async def on_screen(editor: Neovim, *texts: str) -> None:
    """Wait until the screen shows all of it: drawn, and not only known."""

    async def there() -> bool:
        shown = "\n".join(editor.screen.lines())
        return all(text in shown for text in texts)

    await editor.until(there, f"{texts} on the screen")


async def floating(editor: Neovim, text: str) -> None:
    """Wait until a floating window has it in one of its lines."""

    async def there() -> bool:
        lines = await editor.lua(
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
        return any(text in line for line in lines)

    await editor.until(there, f"{text!r} in a floating window")


async def answered(editor: Neovim) -> None:
    """Wait until the server has answered all that it was asked."""
    await editor.until_lua(
        "return not next(vim.lsp.get_clients({ name = 'codellama' })[1].requests)"
    )


async def suggestion(editor: Neovim) -> str:
    """Return what is suggested for the last key, once it has come."""

    async def shown() -> str:
        await answered(editor)
        return await editor.ghost()

    return str(await editor.until(shown, "a suggestion"))
