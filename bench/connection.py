"""One LSP server process, written to by the typist and read by a thread that stamps answers.

The thread blocks in ``os.read``: an answer's time is when its last byte came, whatever
the typist does then. POSIX.
"""

import contextlib
import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.client import ServerFailed

PATIENCE_S = 60.0
_INDEXED_S = 15.0
"""A small index is there before anything is shown."""

_CHUNK_BYTES = 2**16
_LOG_CHARS = 4_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered with, and when its last byte was read.

    ``error`` is LSP's, also for what was cancelled.
    """

    result: Any
    error: Any
    at_ns: int


def _nothing(_method: str, _params: Any) -> None:
    """Answer what a server asks of its editor with null."""


class Connection:
    """A server's process and pipes; a context manager that ends it.

    ``reply`` answers what the server asks of its editor, on the reading thread. After
    ``patience_s`` without an answer the server has failed.
    """

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        folder: Path,
        reply: Callable[[str, Any], Any] = _nothing,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._reply = reply
        self._patience_s = patience_s
        self._ids = 0
        self._arrived = threading.Condition()
        self._answers: dict[int, Answer] = {}
        self._progress: list[str] = []
        self._messages: list[str] = []
        self._states: list[tuple[str, int]] = []
        self._ended = False
        self._killed = False
        self._writing = threading.Lock()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the server
        self._process = subprocess.Popen(
            [*command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            bufsize=0,
            env={**env},
            cwd=folder,
        )
        assert self._process.stdin is not None  # noqa: S101 - for mypy: PIPE was asked for
        assert self._process.stdout is not None  # noqa: S101 - as above
        self._stdin = self._process.stdin.fileno()
        self._stdout = self._process.stdout.fileno()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None and not self._killed:
                self.call("shutdown", None)
                self.notify("exit", None)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(PATIENCE_S)
        finally:
            self._process.kill()
            self._process.wait()
            self._reader.join(PATIENCE_S)
            for stream in (self._process.stdin, self._process.stdout, self._log):
                if stream is not None:
                    stream.close()

    def notify(self, method: str, params: Any) -> None:
        self._write({"method": method, "params": params})

    def ask(self, method: str, params: Any) -> int:
        """Send a request and return its id, without waiting."""
        self._ids += 1
        self._write({"id": self._ids, "method": method, "params": params})
        return self._ids

    def call(self, method: str, params: Any) -> Any:
        """Return the answer's result; raises ServerFailed where it is an error or silence."""
        answer = self.wait(self.ask(method, params))
        if answer.error is not None:
            raise ServerFailed(f"The server refused {method}: {answer.error}")
        return answer.result

    def wait(self, msg_id: int) -> Answer:
        """Return the answer when it is there; raises ServerFailed on silence."""
        with self._arrived:
            self._wait(lambda: msg_id in self._answers)
            return self._answers.pop(msg_id)

    def answer(self, msg_id: int) -> Answer | None:
        """Return the answer if it is there, and forget it."""
        with self._arrived:
            return self._answers.pop(msg_id, None)

    def wait_ready(self) -> None:
        """Return when a work-done progress ends with "ready", as ours says of its engine."""
        with self._arrived:
            self._wait(lambda: bool(self._progress))
            if "ready" not in self._progress:
                raise ServerFailed(f"The engine did not start.\n{self.log()}")

    def wait_indexed(self) -> None:
        """Return when another progress has ended, too: ours builds an index, and says so."""
        with self._arrived:
            self._arrived.wait_for(lambda: len(self._progress) > 1, _INDEXED_S)

    @property
    def messages(self) -> tuple[str, ...]:
        """What the server showed the user."""
        return tuple(self._messages)

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._process.pid

    def kill(self) -> None:
        """End the server as the kernel would, without a word."""
        self._killed = True
        self._process.kill()
        self._process.wait()

    def wait_state(self, state: str, since_ns: int, seconds: float = PATIENCE_S) -> int:
        """Return when, after ``since_ns``, the status was ``state``, in ns."""

        def when() -> int | None:
            times = (at for said, at in self._states if said == state and at > since_ns)
            return next(times, None)

        with self._arrived:
            if not self._arrived.wait_for(lambda: when() or self._ended, seconds):
                raise ServerFailed(f"Not {state} for {seconds} s.\n{self.log()}")
            found = when()
        if found is None:
            raise ServerFailed(f"The server ended.\n{self.log()}")
        return found

    def log(self) -> str:
        """Return the end of what the server wrote to stderr."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-_LOG_CHARS:]

    def _wait(self, done: Any) -> None:
        patience_s = self._patience_s
        if not self._arrived.wait_for(lambda: done() or self._ended, patience_s):
            raise ServerFailed(f"No answer for {patience_s:g} s.\n{self.log()}")
        if not done():
            raise ServerFailed(f"The server ended.\n{self.log()}")

    def _read(self) -> None:
        buffer = b""
        while chunk := os.read(self._stdout, _CHUNK_BYTES):
            at_ns = time.monotonic_ns()
            buffer += chunk
            while (split := _split(buffer)) is not None:
                body, buffer = split
                self._take(json.loads(body), at_ns)
        with self._arrived:
            self._ended = True
            self._arrived.notify_all()

    def _take(self, message: Mapping[str, Any], at_ns: int) -> None:
        if "method" not in message:
            answer = Answer(message.get("result"), message.get("error"), at_ns)
            with self._arrived:
                self._answers[message["id"]] = answer
                self._arrived.notify_all()
        elif "id" in message:
            result = self._reply(message["method"], message.get("params"))
            with contextlib.suppress(ServerFailed):
                self._write({"id": message["id"], "result": result})
        elif message["method"] == "window/showMessage":
            self._messages.append(message["params"]["message"])
        elif message["method"] == "codellama/status":
            with self._arrived:
                self._states.append((message["params"]["state"], at_ns))
                self._arrived.notify_all()
        elif message["method"] == "$/progress":
            value = message["params"]["value"]
            if value["kind"] == "end":
                with self._arrived:
                    self._progress.append(value.get("message", ""))
                    self._arrived.notify_all()

    def _write(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        data = b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        with self._writing:
            try:
                while data:
                    data = data[os.write(self._stdin, data) :]
            except BrokenPipeError:
                raise ServerFailed(f"The server ended.\n{self.log()}") from None


def _split(buffer: bytes) -> tuple[bytes, bytes] | None:
    """Return the first message's body and what follows it, None if it is not complete."""
    header, end, rest = buffer.partition(b"\r\n\r\n")
    if not end:
        return None
    lengths = [
        line for line in header.split(b"\r\n") if line.lower().startswith(b"content-l")
    ]
    length = int(lengths[0].partition(b":")[2])
    return (rest[:length], rest[length:]) if len(rest) >= length else None
