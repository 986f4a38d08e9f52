"""One Neovim: its process, its RPC and its screen."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tests.editors.neovim.messages import Messages
from tests.editors.neovim.screen import COLUMNS, ROWS, Screen

PATIENCE_S = 120.0
"""How long something may take that will come; only a test that fails waits for it."""

POLL_S = 0.01

MARK = "<F12>"
"""The key behind the keys of a test: when it has been counted, they have been typed."""

_PREPARED = f"""
vim.opt.messagesopt = "wait:0,history:500"
vim.g.marks_seen = 0
vim.keymap.set({{ "", "!", "t" }}, "{MARK}", "<Cmd>let g:marks_seen += 1<CR>")
"""
"""Nor does a long message wait for Enter: until then Neovim would answer nothing."""

_REQUEST, _RESPONSE, _NOTIFICATION = 0, 1, 2
_SOFTLY_S = 10.0
"""Neovim waits for its server, and that for what it has begun."""


class NeovimError(Exception):
    """What Neovim answers to a call that fails."""


class Neovim:
    """Speaks to one process; opened by :func:`launched`."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self.process = process
        self.folder = folder
        self.screen = Screen()
        self._pressed = 0
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._reading = asyncio.create_task(self._read())

    async def call(self, method: str, *arguments: Any) -> Any:
        """Call a function of its API."""
        answer = self._send(method, *arguments)
        async with asyncio.timeout(PATIENCE_S):
            return await answer

    async def lua(self, code: str, *arguments: Any) -> Any:
        """Run Lua; ``...`` are the arguments, what it returns is returned."""
        return await self.call("nvim_exec_lua", code, arguments)

    async def keys(self, keys: str) -> None:
        """Press keys, as in a mapping; what they do is done when this returns."""
        self._pressed += 1
        await self.call("nvim_input", keys + MARK)
        await self.until_lua("return vim.g.marks_seen == ...", self._pressed)

    async def type(self, text: str) -> None:
        """Type text, whatever it is."""
        await self.keys(text.replace("<", "<LT>").replace("\n", "<CR>"))

    async def until(
        self, condition: Callable[[], Awaitable[Any]], what: str = ""
    ) -> Any:
        """Wait until it returns something true, and return that."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not (found := await condition()):  # noqa: ASYNC110 - another process
                    await asyncio.sleep(POLL_S)
                return found
        except TimeoutError:
            shown = "\n".join(self.screen.lines())
            raise AssertionError(f"never: {what}\n{shown}\n{self.log()}") from None

    async def until_lua(self, code: str, *arguments: Any) -> Any:
        """Wait until Lua returns something true."""
        return await self.until(lambda: self.lua(code, *arguments), code)

    async def says(self, command: str) -> str:
        """Run a command from the command line, and return what it says at once."""
        await self.lua(
            """
            _G.said = {}
            vim.notify = function(text) table.insert(_G.said, text) end
            """
        )
        await self.keys(f"<Esc>:{command}<CR>")
        return "\n".join(await self.lua("return _G.said"))

    # What tests look at

    async def text(self) -> str:
        """Return the buffer's text, lines with LF between them."""
        return "\n".join(await self.call("nvim_buf_get_lines", 0, 0, -1, True))

    async def ghost(self) -> str:
        """Return the virtual text that the plugin shows, "" where there is none."""
        found = await self.lua(
            """
            local space = vim.api.nvim_create_namespace(...)
            local marks = vim.api.nvim_buf_get_extmarks(0, space, 0, -1, {details = true})
            return vim.tbl_map(function(mark) return mark[4] end, marks)
            """,
            "codellama",
        )
        return ghost_text(found)

    async def shows(self, ghost: str) -> None:
        """Wait until exactly that is shown."""

        async def same() -> bool:
            return await self.ghost() == ghost

        await self.until(same, f"ghost text {ghost!r}")

    async def ready(self) -> None:
        """Wait until the engine is there, or has failed."""
        await self.until_lua(
            """
            local status = require("codellama.status").of(0)
            return status and (status.state == "ready" or status.state == "down")
            """
        )

    async def messages(self) -> str:
        """Return what ``:messages`` shows."""
        told = await self.call("nvim_exec2", "messages", {"output": True})
        return str(told["output"])

    def log(self) -> str:
        """Return what its LSP client and the server have logged."""
        path = self.folder / "state" / "nvim" / "lsp.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    # Its life

    async def leave(self) -> None:
        """Quit as a person does, whatever is not saved."""
        with contextlib.suppress(TimeoutError, ConnectionError):
            self._send("nvim_command", "qa!")
            async with asyncio.timeout(_SOFTLY_S):
                await self.process.wait()
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        await self._reading

    def _send(self, method: str, *arguments: Any) -> asyncio.Future[Any]:
        number = len(self._answers) + 1
        answer = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        assert self.process.stdin is not None
        self.process.stdin.write(
            msgspec.msgpack.encode([_REQUEST, number, method, arguments])
        )
        return answer

    async def _read(self) -> None:
        assert self.process.stdout is not None
        messages = Messages()
        while data := await self.process.stdout.read(1 << 16):
            for kind, *message in messages.feed(data):
                self._heard(kind, message)
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(NeovimError("Neovim has ended"))
                answer.exception()

    def _heard(self, kind: int, message: list[Any]) -> None:
        if kind == _RESPONSE:
            number, fault, result = message
            answer = self._answers[number]
            if answer.done():
                return
            if fault is None:
                answer.set_result(result)
            else:
                answer.set_exception(NeovimError(str(fault[1])))
        elif kind == _NOTIFICATION and message[0] == "redraw":
            self.screen.take(message[1])


def ghost_text(marks: list[dict[str, Any]]) -> str:
    """Return the text of extmarks: the virtual text, and the lines below."""
    shown = []
    for mark in marks:
        lines = [mark.get("virt_text", []), *mark.get("virt_lines", [])]
        shown.append("\n".join("".join(text for text, *_ in line) for line in lines))
    return "\n".join(shown)


@contextlib.asynccontextmanager
async def launched(
    nvim: Path,
    folder: Path,
    init: str,
    environment: Mapping[str, str] = os.environ,
    file: Path | None = None,
) -> AsyncIterator[Neovim]:
    """Start Neovim with this ``init.lua``, in a home of its own, and quit it at the end."""
    config = folder / "config" / "nvim"
    config.mkdir(parents=True, exist_ok=True)
    (config / "init.lua").write_text(_PREPARED + init, encoding="utf-8")
    homes = {
        f"XDG_{name}_HOME": str(folder / name.lower())
        for name in ("CONFIG", "STATE", "DATA", "CACHE")
    }
    command = [str(nvim), "--embed", *([str(file)] if file else [])]
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=folder,
        env={**environment, **homes, "HOME": str(folder), "NVIM_LOG_FILE": os.devnull},
        limit=1 << 20,
    )
    editor = Neovim(process, folder)
    try:
        await editor.call(
            "nvim_ui_attach", COLUMNS, ROWS, {"rgb": True, "ext_linegrid": True}
        )
        yield editor
    finally:
        await editor.leave()
