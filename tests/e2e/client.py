"""An editor as the server meets one: documents, and frames over a process's own pipes."""

import asyncio
import contextlib
import json
import os
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from lsp_server.licence import ONCE
from tests.marked import MARK

PATIENCE_S = 120.0
"""How long something may take that will come; only a test that fails waits for it."""

Message = dict[str, Any]
T = TypeVar("T")

CAPABLE: Message = {
    "general": {"positionEncodings": ["utf-16"]},
    "notebookDocument": {"synchronization": {}},
    "textDocument": {"inlineCompletion": {"dynamicRegistration": True}},
    "window": {"workDoneProgress": True},
    "workspace": {
        "configuration": True,
        "didChangeConfiguration": {"dynamicRegistration": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "workspaceFolders": True,
    },
}
"""What an editor of today can do, as far as this server asks."""

PLAIN = 'inline.layout = "psm"\ninline.ahead = false\n'
"""A user's configuration: prompts as ``answer`` wants them, and none but for requests."""

FRESH = f"{PLAIN}inline.reuse = false\n"
"""And each request asks the engine."""

_HEADER = re.compile(rb"Content-Length: ([0-9]+)\r\n\r\n")
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Buffer:
    """One open document; ``cursor`` is an offset in code points."""

    text: str
    cursor: int
    version: int = 1


class Editor:
    """Speaks to one server process; opened by :func:`launched`.

    What is sent goes out at once and in order, nothing waits for an answer unless it says
    so. Each byte from the server must belong to a frame, and by the end each request must
    have one answer: ``leave`` looks.
    """

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self.process = process
        self.folder = folder
        self.received: list[Message] = []
        self.announced: Message = {}
        self.encoding = "utf-16"
        self.settings: Any = None
        self.refused: frozenset[str] = frozenset()
        self.replies: dict[str, Callable[[Any], Any]] = {}
        self.silent: frozenset[str] = frozenset()
        self.fault_is_logged = False
        self._buffers: dict[str, Buffer] = {}
        self._asked: Counter[int | str] = Counter()
        self._first_journal_line = 0
        self._together: bytearray | None = None
        self._news = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None

    def connect(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._writer = writer
        self._reading = asyncio.create_task(self._read(reader))

    # The session

    async def begin(
        self,
        capabilities: Message = CAPABLE,
        options: Any = None,
        folder: Path | None = None,
    ) -> None:
        """Initialize, in a workspace of one folder or none; ``announced`` is what can be had."""
        told = await self.ask(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": folder.as_uri() if folder else None,
                "workspaceFolders": [workspace_folder(folder)] if folder else None,
                "capabilities": capabilities,
                "initializationOptions": options,
            },
        )
        self.notify("initialized", {})
        self.announced = told["result"]["capabilities"]
        self.encoding = self.announced["positionEncoding"]

    async def ready(self) -> None:
        """Wait until the engine is there, or has failed to start."""
        await self.until(lambda: "end" in self.progress("Code Llama"))

    async def settle(self) -> None:
        """Wait until the server has looked at all that was sent, and what it said is here."""
        await self.ask("test/unknown")

    async def leave(self) -> int:
        """Shut down and exit as told to; returns the exit code."""
        assert await self.ask("shutdown") == {"result": None}
        self.notify("exit")
        return await self.gone()

    async def gone(self) -> int:
        """Wait for the end of the process, and look at all it said."""
        assert self._reading is not None
        async with asyncio.timeout(PATIENCE_S):
            await self._reading
            code = await self.process.wait()
        answered = Counter(
            message["id"]
            for message in self.received
            if "method" not in message and message["id"] is not None
        )
        assert answered == self._asked
        assert ("Traceback" in self.stderr()) is self.fault_is_logged
        assert "Warning: " not in self.stderr()
        return code

    def hang_up(self) -> None:
        """Close the editor's end without a word."""
        assert self._writer is not None
        self._writer.close()

    # Messages

    def send(self, message: Any) -> None:
        self.write(frame(json.dumps(message).encode()))

    def write(self, data: bytes) -> None:
        if self._together is not None:
            self._together += data
            return
        assert self._writer is not None
        self._writer.write(data)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Send all that is sent in here in one write."""
        self._together = bytearray()
        yield
        data, self._together = bytes(self._together), None
        self.write(data)

    def notify(self, method: str, params: Any = None) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method: str, params: Any = None, **more: Any) -> int:
        """Send a request and return its id."""
        number = len(self._asked) + 1
        self.expect(number)
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        self.send(message | more)
        return number

    def expect(self, number: int | str) -> None:
        """Count a request of which one answer is due."""
        self._asked[number] += 1

    def cancel(self, number: int) -> None:
        self.notify("$/cancelRequest", {"id": number})

    async def answer(self, number: int | str) -> Message:
        """Wait for the answer to a request."""
        return await self.until(lambda: next(iter(self.answers(number)), None))

    async def ask(self, method: str, params: Any = None) -> Message:
        return await self.answer(self.request(method, params))

    def answers(self, number: int | str | None) -> list[Message]:
        """Return the answers to ``number`` that have come, without what all have."""
        return [
            {key: message[key] for key in message.keys() - {"jsonrpc", "id"}}
            for message in self.received
            if "method" not in message and message["id"] == number
        ]

    async def error_code(self, number: int | str) -> int | None:
        error = (await self.answer(number)).get("error")
        return error["code"] if error else None

    def heard(self, method: str) -> list[Any]:
        """Return the params of each such message that has come from the server."""
        return [m.get("params") for m in self.received if m.get("method") == method]

    def shown_messages(self) -> list[str]:
        """Return what the user was told, but for the licences of models."""
        return [one for one in self._messages() if not one.endswith(ONCE)]

    def licences(self) -> list[str]:
        """Return what the user was told of models' licences."""
        return [one for one in self._messages() if one.endswith(ONCE)]

    def _messages(self) -> list[str]:
        return [params["message"] for params in self.heard("window/showMessage")]

    def progress(self, title: str = "") -> list[str]:
        """Return the kinds of what was said of each progress that is called so."""
        told = self.heard("$/progress")
        tokens = {
            params["token"]
            for params in told
            if params["value"].get("title", "-").startswith(title)
        }
        return [p["value"]["kind"] for p in told if p["token"] in tokens]

    async def until(self, look: Callable[[], T | None]) -> T:
        """Wait until ``look``, asked again after each message, finds something."""
        assert self._reading is not None
        async with asyncio.timeout(PATIENCE_S):
            while not (found := look()):
                assert not self._reading.done(), f"the server left: {self.stderr()}"
                self._news.clear()
                await self._news.wait()
        return found

    # Documents

    def open(self, drawn: str, *, uri: str = "", language: str = "python") -> str:
        """Open what is drawn, with the cursor at the mark; returns its uri."""
        uri = uri or f"file:///project/{len(self._buffers)}.py"
        buffer = self._buffers[uri] = _drawn(drawn)
        self.notify(
            "textDocument/didOpen", {"textDocument": item(uri, buffer.text, language)}
        )
        return uri

    def text(self, uri: str) -> str:
        """Return what stands in the buffer."""
        return self._buffers[uri].text

    def version(self, uri: str) -> int:
        return self._buffers[uri].version

    def hold(self, uri: str, drawn: str) -> str:
        """Remember what is drawn without telling the server; returns its text."""
        self._buffers[uri] = _drawn(drawn)
        return self._buffers[uri].text

    def close(self, uri: str) -> None:
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def type(self, uri: str, text: str) -> None:
        """Insert at the cursor."""
        self.notify("textDocument/didChange", self.change(uri, "", text + MARK))

    def replace(self, uri: str, old: str, new: str) -> None:
        """Put ``new`` where ``old`` stands, with the cursor at its mark."""
        self.notify("textDocument/didChange", self.change(uri, old, new))

    def change(self, uri: str, old: str, new: str) -> Message:
        """Change the buffer; returns the params that tell of it."""
        buffer, to = self._buffers[uri], _drawn(new)
        start = buffer.text.index(old) if old else buffer.cursor
        end = start + len(old)
        told = {
            "textDocument": {"uri": uri, "version": buffer.version + 1},
            "contentChanges": [
                {
                    "range": {
                        "start": position(buffer.text, start, self.encoding),
                        "end": position(buffer.text, end, self.encoding),
                    },
                    "text": to.text,
                }
            ],
        }
        self._buffers[uri] = replace(
            buffer,
            text=buffer.text[:start] + to.text + buffer.text[end:],
            cursor=start + to.cursor,
            version=buffer.version + 1,
        )
        return told

    # Ghost text

    def complete(self, uri: str, **context: Any) -> int:
        """Ask for ghost text at the cursor; returns the request's id."""
        params = self._here(uri)
        params["context"] |= context
        return self.request("textDocument/inlineCompletion", params)

    async def choices(self, uri: str, **context: Any) -> list[str]:
        """Ask for ghost text; return the texts of all that is offered."""
        answer = await self.answer(self.complete(uri, **context))
        items = (answer["result"] or {"items": []})["items"]
        return [each["insertText"] for each in items]

    def move(self, uri: str, drawn: str) -> None:
        """Put the cursor where the mark is in the text that stands there."""
        buffer = self._buffers[uri]
        before, _, after = drawn.partition(MARK)
        at = buffer.text.index(before + after) + len(before)
        self._buffers[uri] = replace(buffer, cursor=at)

    def tell_cursor(self, uri: str) -> None:
        """Say where the cursor rests, as our clients do."""
        here = self._here(uri)
        del here["context"]
        self.notify("codellama/cursorMoved", here)

    async def command(self, name: str, *arguments: Any) -> Any:
        """Run one of the server's commands; returns its result."""
        told = {"command": name, "arguments": [*arguments]}
        return (await self.ask("workspace/executeCommand", told))["result"]

    async def offer(self, uri: str, number: int | None = None) -> Message | None:
        """Ask for ghost text, or wait for it; returns the one item offered.

        None where there is none, whichever way it was said.
        """
        answer = await self.answer(self.complete(uri) if number is None else number)
        offered = answer["result"]
        if offered is None or not offered["items"]:
            return None
        assert offered.keys() == {"items"}
        (only,) = offered["items"]
        found: Message = only
        return found

    async def shown(self, uri: str, number: int | None = None) -> str | None:
        """As :meth:`offer`, but the text; it must be for the place of the cursor."""
        offered = await self.offer(uri, number)
        if offered is None:
            return None
        here = self._here(uri)["position"]
        assert offered["range"] == {"start": here, "end": here}
        text: str = offered["insertText"]
        return text

    def _here(self, uri: str) -> Message:
        buffer = self._buffers[uri]
        return {
            "textDocument": {"uri": uri},
            "position": position(buffer.text, buffer.cursor, self.encoding),
            "context": {"triggerKind": 2},
        }

    # What the server leaves behind

    def stderr(self) -> str:
        return (self.folder / "stderr").read_text()

    def forget_journal(self) -> None:
        """Look from now on only at what the engine is asked from now on."""
        self._first_journal_line = len(self._journal_lines())

    def journal(self, event: str) -> list[Message]:
        """Return what the engine wrote down of the event since ``forget_journal``."""
        recent = self._journal_lines()[self._first_journal_line :]
        lines: list[Message] = [json.loads(line) for line in recent]
        return [line for line in lines if line["event"] == event]

    def fates(self) -> list[str]:
        """Return for each prompt that the engine was asked since: asked, aborted, finished."""
        ends = {
            line["request"]: end
            for end in ("aborted", "finished")
            for line in self.journal(end)
        }
        return [ends.get(line["request"], "asked") for line in self.journal("asked")]

    async def engine_was(self, *fates: str) -> None:
        """Wait until the prompts that the engine was asked since have met these fates."""
        with contextlib.suppress(TimeoutError):
            await eventually(lambda: self.fates() == [*fates])
        assert self.fates() == [*fates]

    def _journal_lines(self) -> list[str]:
        path = self.folder / "journal"
        text = path.read_text() if path.exists() else ""
        return text[: text.rfind("\n") + 1].splitlines()

    # Reading

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while (body := await _next_body(reader)) is not None:
                message = json.loads(body)
                assert message["jsonrpc"] == "2.0"
                self.received.append(message)
                if "method" in message and "id" in message:
                    self._reply(message)
                self._news.set()
        finally:
            self._news.set()

    def _reply(self, message: Message) -> None:
        reply: Message = {"result": None}
        if message["method"] in self.silent:
            return
        if message["method"] in self.refused:
            reply = {"error": {"code": -32603, "message": "the editor refuses"}}
        elif message["method"] in self.replies:
            reply = {"result": self.replies[message["method"]](message["params"])}
        elif message["method"] == "workspace/configuration":
            reply = {"result": [self.settings for _ in message["params"]["items"]]}
        self.send({"jsonrpc": "2.0", "id": message["id"]} | reply)

    async def release(self) -> None:
        """Leave nothing behind, whatever state a failed test left things in."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
            await asyncio.gather(self._writer.wait_closed(), return_exceptions=True)


@contextlib.asynccontextmanager
async def launched(
    folder: Path,
    script: Mapping[str, Any],
    *arguments: str,
    config: str = PLAIN,
    tcp: bool = False,
) -> AsyncIterator[Editor]:
    """Start the server with a scripted engine, all its files in ``folder``.

    Scripts are written for prompts in PSM order: see ``answer``.
    It runs in ``folder / "workspace"``; over TCP the editor connects to the port that the
    server names, and its standard output must stay empty.
    """
    (folder / "workspace").mkdir(exist_ok=True)
    (folder / "script").write_text(json.dumps(script))
    (folder / "config.toml").write_text(config)
    with (folder / "stderr").open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "lsp_server", "--engine", "scripted"),
            *("--script", f"{folder / 'script'}", "--journal", f"{folder / 'journal'}"),
            *(("--tcp", "0") if tcp else ()),
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            cwd=folder / "workspace",
            env=_environment(folder),
            limit=2**24,
        )
    assert process.stdin is not None
    assert process.stdout is not None
    editor = Editor(process, folder)
    try:
        if tcp:
            port = await eventually(lambda: _port(editor.stderr()))
            editor.connect(*await asyncio.open_connection("127.0.0.1", port))
        else:
            editor.connect(process.stdout, process.stdin)
        yield editor
    finally:
        await editor.release()
        process.stdin.close()


def answer(drawn: str, text: str) -> dict[str, str]:
    """Script ``text`` for a prompt in which the cursor stands as drawn, in these lines."""
    return {"contains": drawn.replace(MARK, "▁<SUF>"), "text": text}


def item(uri: str, text: str, language: str = "python") -> Message:
    return {"uri": uri, "languageId": language, "version": 1, "text": text}


def workspace_folder(folder: Path) -> Message:
    return {"uri": folder.as_uri(), "name": folder.name}


def frame(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def position(text: str, offset: int, encoding: str) -> Message:
    """Return LSP's position of an offset in code points: written anew, to judge ours."""
    lines = _LINE_END.split(text[:offset])
    size = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    name = encoding if encoding == "utf-8" else f"{encoding}-le"
    return {"line": len(lines) - 1, "character": len(lines[-1].encode(name)) // size}


async def eventually(look: Callable[[], T | None]) -> T:
    """Ask again and again until ``look`` finds something: files do not tell of changes."""
    async with asyncio.timeout(PATIENCE_S):
        while not (found := look()):  # noqa: ASYNC110 - as said above
            await asyncio.sleep(0.01)
    return found


async def _next_body(reader: asyncio.StreamReader) -> bytes | None:
    try:
        header = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as end:
        header = end.partial
    if not header:
        return None
    found = _HEADER.fullmatch(header)
    assert found is not None, f"no frame: {header!r}"
    return await reader.readexactly(int(found[1]))


def _drawn(drawn: str) -> Buffer:
    before, _, after = drawn.partition(MARK)
    return Buffer(text=before + after, cursor=len(before))


def _port(stderr: str) -> int:
    found = re.search(r"listening on 127\.0\.0\.1:(\d+)\n", stderr)
    return int(found[1]) if found else 0


def _environment(folder: Path) -> dict[str, str]:
    """Return this process's environment, without the settings and folders of its user."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("CODELLAMA_")}
    homes = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
    ours = dict.fromkeys((*homes, "XDG_DATA_HOME"), f"{folder / 'home'}")
    return inherited | ours | {"CODELLAMA_CONFIG": f"{folder / 'config.toml'}"}
