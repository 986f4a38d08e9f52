"""A plain LSP client for benches: a server process, two pipes, and a clock for each answer.

It blocks in ``os.read`` and nothing else, so that what is measured is the server. POSIX.
"""

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PATIENCE_S = 30.0
_CHUNK_BYTES = 2**16

Place = tuple[int, int]
"""Line and character, 0-based, in UTF-16 code units."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What an editor sends when ``text`` takes the place of ``start`` to ``end``."""

    start: Place
    end: Place
    text: str


@dataclass(frozen=True, slots=True)
class Timed:
    """An answer, with ``time.monotonic_ns`` around it.

    ``started_ns`` is before the first byte of the keystroke, ``answered_ns`` after the last
    byte of the answer. The clock is the machine's, so other processes' readings compare.
    """

    result: Any
    started_ns: int
    answered_ns: int


_EACH_ASKS = {"reuse": False, "ahead": False, "debounceMs": 0, "layout": "psm"}
"""Settings with which each request asks the engine, and nothing else does."""


class ServerFailed(Exception):
    """The server ended, kept silent or refused; the words are for the user."""


class Client:
    """One server process and one open document at a time; a context manager."""

    def __init__(self, arguments: Sequence[str], folder: Path) -> None:
        self._uri = ""
        self._version = 0
        self._ids = 0
        self._buffer = b""
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the server
        self._process = subprocess.Popen(
            [sys.executable, "-m", "lsp_server", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            bufsize=0,
            env=_without_own_settings(folder),
        )
        assert self._process.stdin is not None  # noqa: S101 - for mypy: PIPE was asked for
        assert self._process.stdout is not None  # noqa: S101 - as above
        self._stdin = self._process.stdin.fileno()
        self._stdout = self._process.stdout.fileno()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._request("shutdown", None)
                self._notify("exit", None)
                self._process.wait(PATIENCE_S)
        finally:
            self._process.kill()
            self._process.communicate()
            self._log.close()

    def start(self) -> None:
        """Initialize, and return when the engine is ready."""
        capabilities = {"window": {"workDoneProgress": True}}
        self._request(
            "initialize",
            {
                "processId": None,
                "rootUri": None,
                "capabilities": capabilities,
                "initializationOptions": {"inline": _EACH_ASKS},
            },
        )
        self._notify("initialized", {})
        while True:
            message, _ = self._message()
            if message.get("method") == "$/progress":
                value = message["params"]["value"]
                if value["kind"] == "end":
                    if value.get("message") != "ready":
                        raise ServerFailed(f"The engine did not start.\n{self.log()}")
                    return

    def open(self, uri: str, language: str, text: str) -> None:
        self._uri, self._version = uri, 1
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self._notify("textDocument/didOpen", {"textDocument": item})

    def close(self) -> None:
        self._notify("textDocument/didClose", {"textDocument": {"uri": self._uri}})

    def change(self, edit: Edit) -> None:
        self._write(self._change(edit))

    def change_and_ask(self, edit: Edit, cursor: Place) -> Timed:
        """Send one keystroke and, in a write of its own as editors do, ask for ghost text."""
        change = self._change(edit)
        msg_id, ask = self._asking(
            "textDocument/inlineCompletion",
            {
                "textDocument": {"uri": self._uri},
                "position": _position(cursor),
                "context": {"triggerKind": 2},  # automatic
            },
        )
        started_ns = time.monotonic_ns()
        self._write(change)
        self._write(ask)
        result, answered_ns = self._answer(msg_id)
        return Timed(result, started_ns, answered_ns)

    def log(self) -> str:
        """Return the end of what the server wrote to stderr."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-4000:]

    def _change(self, edit: Edit) -> bytes:
        self._version += 1
        between = {"start": _position(edit.start), "end": _position(edit.end)}
        return _frame(
            {
                "method": "textDocument/didChange",
                "params": {
                    "textDocument": {"uri": self._uri, "version": self._version},
                    "contentChanges": [{"range": between, "text": edit.text}],
                },
            }
        )

    def _notify(self, method: str, params: Any) -> None:
        self._write(_frame({"method": method, "params": params}))

    def _request(self, method: str, params: Any) -> Any:
        msg_id, frame = self._asking(method, params)
        self._write(frame)
        return self._answer(msg_id)[0]

    def _asking(self, method: str, params: Any) -> tuple[int, bytes]:
        self._ids += 1
        return self._ids, _frame({"id": self._ids, "method": method, "params": params})

    def _answer(self, msg_id: int) -> tuple[Any, int]:
        while True:
            message, at_ns = self._message()
            if message.get("id") == msg_id and "method" not in message:
                if "error" in message:
                    raise ServerFailed(f"The server refused: {message['error']}")
                return message["result"], at_ns

    def _message(self) -> tuple[dict[str, Any], int]:
        """Return the next message and when its last byte was read; requests get null."""
        at_ns = time.monotonic_ns()
        while (split := _split(self._buffer)) is None:
            if not select.select([self._stdout], [], [], PATIENCE_S)[0]:
                raise ServerFailed(f"No answer for {PATIENCE_S} s.\n{self.log()}")
            chunk = os.read(self._stdout, _CHUNK_BYTES)
            at_ns = time.monotonic_ns()
            if not chunk:
                raise ServerFailed(f"The server ended.\n{self.log()}")
            self._buffer += chunk
        body, self._buffer = split
        message: dict[str, Any] = json.loads(body)
        if "method" in message and "id" in message:
            self._write(_frame({"id": message["id"], "result": None}))
        return message, at_ns

    def _write(self, data: bytes) -> None:
        try:
            while data:
                data = data[os.write(self._stdin, data) :]
        except BrokenPipeError:
            raise ServerFailed(f"The server ended.\n{self.log()}") from None


def _without_own_settings(folder: Path) -> dict[str, str]:
    """Return an environment in which the user's settings do not count."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CODELLAMA_")}
    return kept | {
        "CODELLAMA_CONFIG": str(folder / "none.toml"),
        "XDG_STATE_HOME": str(folder / "state"),
    }


def _position(place: Place) -> dict[str, int]:
    return {"line": place[0], "character": place[1]}


def _frame(message: Mapping[str, Any]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def _split(buffer: bytes) -> tuple[bytes, bytes] | None:
    """Return the first message's body and what follows it, None if it is not complete."""
    header, end, rest = buffer.partition(b"\r\n\r\n")
    if not end:
        return None
    length = int(header.partition(b":")[2])
    return (rest[:length], rest[length:]) if len(rest) >= length else None
