"""The processes below a Neovim: the server, and the engine's host where it began that one."""

import os
import signal

from tests.editors.neovim.process import Neovim
from tests.processes import command, descendants


async def kill_server(editor: Neovim) -> None:
    """Kill it with SIGKILL, and wait until Neovim has begun another for this buffer."""
    (server,) = [
        pid
        for pid in descendants(editor.process.pid)
        if command(pid).rstrip().endswith("-m lsp_server")
    ]
    current = "vim.lsp.get_clients({ bufnr = 0, name = 'codellama' })[1]"
    client = await editor.lua(f"return {current}.id")
    os.kill(server, signal.SIGKILL)
    await editor.until_lua(f"return {current} and {current}.id ~= ...", client)


def hosts(editor: Neovim) -> set[int]:
    """Return the engine hosts that belong to a window."""
    return {
        pid
        for pid in descendants(editor.process.pid)
        if "lsp_server.engine.host" in command(pid)
    }
