import asyncio
import errno
import functools
import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp_server import transport
from lsp_server.parameters import exact_converter
from lsp_server.protocol import Server
from lsp_server.transport import (
    MAX_MESSAGE_BYTES,
    BadFrame,
    read_message,
    serve,
    serve_stdio,
    serve_tcp,
)

PATIENCE_S = 60  # only a test that fails waits for it
SECRET = "password = 'hunter2'"  # noqa: S105 - stands for a user's code
URI = "file:///a.py"


# The server under test


@dataclass
class State:
    """What the features of the test server see and wait for."""

    text: str = ""
    seen: list[str] = field(default_factory=list)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    tidied: asyncio.Event = field(default_factory=asyncio.Event)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def on_close(self) -> None:
        self.closed.set()

    async def wait(self) -> None:
        self.started.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped.set()

    async def wait_and_tidy_slowly(self) -> None:
        try:
            await self.wait()
        finally:
            await self.tidied.wait()


shared_converter = functools.cache(exact_converter)  # its code takes 50 ms to make


def make_server(state: State) -> Server:
    server = Server("test", "0", converter_factory=shared_converter)
    add_documents(server, state)
    add_waits(server, state)
    add_faults(server)
    return server


def add_documents(server: Server, state: State) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        state.text = params.text_document.text

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        state.text = params.content_changes[-1].text

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover:
        return types.Hover(contents=f"line {params.position.line}: {state.text}")

    @server.feature(
        types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions()
    )
    def inline_completion(_params: types.InlineCompletionParams) -> Awaitable[Any]:
        text = state.text  # the snapshot, taken at dispatch

        async def complete() -> list[types.InlineCompletionItem]:
            return [types.InlineCompletionItem(insert_text=text)]

        return complete()

    @server.feature("test/asyncDef")
    async def completion_of_pygls(_params: Any) -> list[types.InlineCompletionItem]:
        return [types.InlineCompletionItem(insert_text=state.text)]

    @server.command("test.command")
    def command(text: str) -> Awaitable[str]:
        snapshot = state.text

        async def run() -> str:
            return f"{text}: {snapshot}"

        return run()


def add_waits(server: Server, state: State) -> None:
    @server.feature("test/echo")
    def echo(params: Any) -> Any:
        return params

    @server.feature("test/wait")
    def wait(_params: Any) -> Awaitable[None]:
        return state.wait()

    @server.feature("test/waitAndTidySlowly")
    def wait_and_tidy_slowly(_params: Any) -> Awaitable[None]:
        return state.wait_and_tidy_slowly()

    @server.feature("test/askClient")
    async def ask_client(_params: Any) -> Any:
        edit = types.ApplyWorkspaceEditParams(edit=types.WorkspaceEdit())
        answer = await server.workspace_apply_edit_async(edit)
        return {"applied": answer.applied}


def add_faults(server: Server) -> None:
    @server.feature("test/fail")
    def fail(_params: Any) -> None:
        raise ValueError(SECRET)

    @server.feature("test/failLater")
    async def fail_later(_params: Any) -> None:
        raise ValueError(SECRET)

    @server.feature("test/refuse")
    async def refuse(_params: Any) -> None:
        raise JsonRpcException("no model", code=-32803)

    @server.feature("test/notJson")
    def not_json(_params: Any) -> object:
        return {1, 2}

    @server.feature("test/nan")
    def nan(_params: Any) -> float:
        return float("nan")


# Messages


def request(msg_id: Any, method: str, params: Any = None) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": msg_id, "method": method, "params": params}


def notification(method: str, params: Any = None) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, "params": params}


def changed(text: Any) -> dict[str, Any]:
    return notification(
        "textDocument/didChange",
        {
            "textDocument": {"uri": URI, "version": 2},
            "contentChanges": [{"text": text}],
        },
    )


def hover(msg_id: Any, position: Any, **more: Any) -> dict[str, Any]:
    params = {"textDocument": {"uri": URI}, "position": position, **more}
    return request(msg_id, "textDocument/hover", params)


def inline(msg_id: Any, trigger_kind: int = 2) -> dict[str, Any]:
    params = {
        "textDocument": {"uri": URI},
        "position": {"line": 0, "character": 0},
        "context": {"triggerKind": trigger_kind},
    }
    return request(msg_id, "textDocument/inlineCompletion", params)


START = {"line": 0, "character": 0}
INITIALIZE = request("i", "initialize", {"processId": None, "capabilities": {}})
INITIALIZED = notification("initialized", {})
SHUTDOWN = request("s", "shutdown")
EXIT = notification("exit")


def frame(message: dict[str, Any] | list[Any] | bytes) -> bytes:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def unframe(data: bytes) -> list[dict[str, Any]]:
    messages = []
    while data:
        header, _, rest = data.partition(b"\r\n\r\n")
        length = int(header.removeprefix(b"Content-Length: "))
        messages.append(json.loads(rest[:length]))
        data = rest[length:]
    return messages


def short(answer: dict[str, Any]) -> tuple[Any, Any]:
    """The id with the error's code, or with the result."""
    if "error" in answer:
        return answer["id"], answer["error"]["code"]
    if answer["id"] == "i":
        return "i", "capabilities"
    return answer["id"], answer["result"]


class Sink:
    """A writer that keeps what is written; each write is one message."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []

    def write(self, data: bytes, /) -> None:
        self.writes.append(data)

    def close(self) -> None:
        pass

    async def wait_closed(self) -> None:
        pass


async def talk(data: bytes, state: State | None = None) -> tuple[list[Any], int]:
    """Give the server its whole input at once; its answers and exit code."""
    reader, sink = asyncio.StreamReader(), Sink()
    reader.feed_data(data)
    reader.feed_eof()
    async with asyncio.timeout(PATIENCE_S):
        code = await serve(make_server(state or State()), reader, sink)
    return [message for write in sink.writes for message in unframe(write)], code


async def check(sent: list[Any], answers: list[Any], exit_code: int = 1) -> None:
    got, code = await talk(b"".join(map(frame, sent)))
    assert ([short(answer) for answer in got], code) == (answers, exit_code)


# One table: what comes in, what goes out


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (b"{", (None, -32700)),
        (b"", (None, -32700)),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "\xff"}', (None, -32700)),
        (json.dumps(request(1, "test/echo")).encode("utf-16"), (None, -32700)),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "test/\x00"}', (None, -32700)),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "x", "params": NaN}', (None, -32700)),
        (b"[" * 200_000, (None, -32700)),
        (b"[" * 200_000 + b"]" * 200_000, (None, -32700)),
        ([request(1, "test/echo")], (None, -32600)),
        (b"5", (None, -32600)),
        (b'"text"', (None, -32600)),
        (b"null", (None, -32600)),
        ({}, (None, -32600)),
        ({"jsonrpc": "2.0"}, (None, -32600)),
        ({"jsonrpc": "2.0", "id": 7}, (7, -32600)),
        ({"jsonrpc": "1.0", "id": 7, "method": "test/echo"}, (7, -32600)),
        ({"id": "seven", "method": "test/echo"}, ("seven", -32600)),
        ({"jsonrpc": "2.0", "id": 7, "method": 5}, (7, -32600)),
        ({"jsonrpc": "2.0", "method": None}, (None, -32600)),
        (request(None, "test/echo"), (None, -32600)),
        (request(1.5, "test/echo"), (None, -32600)),
        (request(True, "test/echo"), (None, -32600)),
        (request([1], "test/echo"), (None, -32600)),
        (request({"jsonrpc": "2.0"}, "test/echo"), (None, -32600)),
        (INITIALIZE, ("i", -32600)),
        (request(1, "textDocument/didOpen", {}), (1, -32600)),
        (request(1, "exit"), (1, -32600)),
        (request(1, "nobody/knows"), (1, -32601)),
        (request(1, "$/nobodyKnows"), (1, -32601)),
        (request(1, "textDocument/definition", {}), (1, -32601)),
        (request(1, "textDocument/hover"), (1, -32602)),
        (request(1, "textDocument/hover", []), (1, -32602)),
        (request(1, "textDocument/hover", 5), (1, -32602)),
        (hover(1, {"line": 0}), (1, -32602)),
        (hover(1, {"line": 0, "character": -1}), (1, -32602)),
        (hover(1, {"line": 0, "character": 1.5}), (1, -32602)),
        (hover(1, {"line": 0, "character": True}), (1, -32602)),
        (hover(1, {"line": 0, "character": "1"}), (1, -32602)),
        (hover(1, START, textDocument={"uri": None}), (1, -32602)),
        (request(1, "workspace/executeCommand", {"command": "rm"}), (1, -32602)),
        (request(1, "test/fail"), (1, -32603)),
        (request(1, "test/notJson"), (1, -32603)),
        (request(1, "test/nan"), (1, -32603)),
        # What is unusual and fine
        (request(0, "test/echo", {}), (0, {})),
        (request("", "test/echo"), ("", None)),
        (request(-1, "test/echo", [1]), (-1, [1])),
        ({"jsonrpc": "2.0", "id": 1, "method": "test/echo"}, (1, None)),
        (
            request(1, "test/echo", {"jsonrpc": "2.0", "id": 2, "method": "test/fail"}),
            (1, {"jsonrpc": "2.0", "id": 2, "method": "test/fail"}),
        ),
        (
            request(1, "test/echo", ["\ud800", "é", "\x00"]),
            (1, ["\ud800", "é", "\x00"]),
        ),
        (hover(1, START, new={"field": 1}), (1, {"contents": "line 0: "})),
        (hover(1, {"line": 3.0, "character": 0}), (1, {"contents": "line 3: "})),
    ],
)
async def test_each_message_has_its_one_answer(body: Any, answer: Any) -> None:
    sent = [INITIALIZE, body, SHUTDOWN, EXIT]
    await check(sent, [("i", "capabilities"), answer, ("s", None)], exit_code=0)


@pytest.mark.parametrize(
    "ignored",
    [
        notification("nobody/knows"),
        notification("$/nobodyKnows", {}),
        notification("$/cancelRequest", {"id": 99}),
        notification("$/cancelRequest", {"id": []}),
        notification("$/cancelRequest", None),
        notification("$/setTrace", {"value": "from the future"}),
        notification("$/setTrace", {"value": 5}),
        notification("textDocument/didOpen", {"textDocument": None}),
        notification("textDocument/didOpen", 5),
        changed(None),
        notification("notebookDocument/didOpen", {}),
        notification("test/fail"),
        notification("test/failLater"),
        notification("textDocument/hover", {}),
        notification("shutdown"),
        {"jsonrpc": "2.0", "id": "unknown", "result": {}},
        {"jsonrpc": "2.0", "id": None, "error": {"code": 1, "message": "m"}},
        {"jsonrpc": "2.0", "id": [1], "result": 1},
        {"id": 5, "error": "text"},
    ],
)
async def test_nothing_answers_what_is_not_a_request(ignored: Any) -> None:
    sent = [INITIALIZE, ignored, changed("later"), hover(1, START)]
    hovered = (1, {"contents": "line 0: later"})
    await check(sent, [("i", "capabilities"), hovered])


@pytest.mark.parametrize(
    ("sent", "answers", "exit_code"),
    [
        ([], [], 1),
        ([EXIT], [], 1),
        ([hover(1, START)], [(1, -32002)], 1),
        ([request(1, "nobody/knows")], [(1, -32002)], 1),
        ([SHUTDOWN, EXIT], [("s", -32002)], 1),
        ([notification("initialize", {"capabilities": {}}), SHUTDOWN],
         [("s", -32002)], 1),
        ([changed("early"), INITIALIZE, hover(1, START)],
         [("i", "capabilities"), (1, {"contents": "line 0: "})], 1),
        ([request("i", "initialize", {}), INITIALIZE],
         [("i", -32602), ("i", "capabilities")], 1),
        ([request("i", "initialize", {"capabilities": {}, "trace": 5})],
         [("i", -32602)], 1),
        ([INITIALIZE, INITIALIZED], [("i", "capabilities")], 1),
        ([INITIALIZE, EXIT, hover(1, START)], [("i", "capabilities")], 1),
        ([INITIALIZE, SHUTDOWN], [("i", "capabilities"), ("s", None)], 0),
        ([INITIALIZE, SHUTDOWN, SHUTDOWN, hover(1, START), INITIALIZE,
          changed("late"), EXIT],
         [("i", "capabilities"), ("s", None), ("s", -32600), (1, -32600),
          ("i", -32600)], 0),
        # What runs when the session ends has its answer too, and an id in use is not
        # given away.
        ([INITIALIZE, request(1, "test/wait"), request(1, "test/echo")],
         [("i", "capabilities"), (1, -32600), (1, -32800)], 1),
        ([INITIALIZE, request(1, "test/wait"), SHUTDOWN, EXIT],
         [("i", "capabilities"), (1, -32800), ("s", None)], 0),
    ],
)  # fmt: skip
async def test_the_session_has_a_beginning_and_an_end(
    sent: list[Any], answers: list[Any], exit_code: int
) -> None:
    await check(sent, answers, exit_code)


async def test_nothing_changes_after_shutdown() -> None:
    state = State(text="saved")
    sent = (INITIALIZE, SHUTDOWN, changed("late"), EXIT)
    await talk(b"".join(map(frame, sent)), state)
    assert state.text == "saved"


async def test_unknown_notifications_are_no_news(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    await talk(frame(INITIALIZE) + frame(notification("$/progress", {})))
    assert [record.message for record in caplog.records] == ["the input ended"]


async def error_message(sent: dict[str, Any]) -> Any:
    (_, answer), _ = await talk(frame(INITIALIZE) + frame(sent))
    return answer["error"]["message"]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (hover(1, {"line": 0}), "required field missing @ params.position.character"),
        (
            hover(1, START, textDocument={"uri": {SECRET: SECRET}}),
            "invalid value for type, expected str @ params.textDocument.uri",
        ),
        (request(1, "textDocument/hover", SECRET), "params: expected an object"),
        (
            request(1, "textDocument/hover"),
            "; ".join(
                f"required field missing @ params.{name}"
                for name in ("textDocument", "position")
            ),
        ),
        (request(1, "test/fail"), "test/fail failed: ValueError"),
        (request(1, "nobody/knows"), "Method Not Found: nobody/knows"),
    ],
)
async def test_an_error_names_the_field_and_quotes_nothing(
    sent: dict[str, Any], message: str
) -> None:
    assert await error_message(sent) == message


async def test_values_from_the_future_do_not_fail_initialize() -> None:
    capabilities = {
        "general": {"positionEncodings": ["utf-5", "utf-8"]},
        "workspace": {
            "symbol": {"symbolKind": {"valueSet": [1, 999]}},
            "workspaceEdit": {"failureHandling": "new", "resourceOperations": ["new"]},
        },
    }
    params = {"processId": None, "capabilities": capabilities, "trace": "new"}
    (answer,), _ = await talk(frame(request(1, "initialize", params)))
    assert answer["result"]["capabilities"]["positionEncoding"] == "utf-8"


@pytest.mark.parametrize(
    "root", ["", "untitled:x", "vscode-remote://host/%zz", "C:\\x"]
)
async def test_a_strange_root_does_not_fail_initialize(root: str) -> None:
    params: dict[str, Any] = {"processId": None, "capabilities": {}, "rootUri": root}
    (answer,), _ = await talk(frame(request(1, "initialize", params)))
    assert "result" in answer


async def test_pygls_own_documents_are_not_used() -> None:
    """Its Workspace would have a document, and would fail on a change out of order."""
    reader, state = asyncio.StreamReader(), State()
    reader.feed_data(frame(INITIALIZE) + frame(changed("text")))
    reader.feed_eof()
    server = make_server(state)
    await serve(server, reader, Sink())
    assert (state.text, dict(server.workspace.text_documents)) == ("text", {})


async def test_each_message_is_one_write() -> None:
    reader, sink = asyncio.StreamReader(), Sink()
    reader.feed_data(frame(INITIALIZE) + frame(hover(1, START)))
    reader.feed_eof()
    await serve(make_server(State()), reader, sink)
    assert [len(unframe(write)) for write in sink.writes] == [1, 1]


# Framing


async def read_all(data: bytes, limit: int = 2**16) -> list[bytes | None]:
    reader = asyncio.StreamReader(limit=limit)
    reader.feed_data(data)
    reader.feed_eof()
    bodies: list[bytes | None] = [await read_message(reader)]
    while bodies[-1] is not None:
        bodies.append(await read_message(reader))
    return bodies


@pytest.mark.parametrize(
    ("data", "bodies"),
    [
        (b"", [None]),
        (b"Content-Length: 2\r\n\r\n{}", [b"{}", None]),
        (b"content-length:2\r\n\r\n{}", [b"{}", None]),
        (b"CONTENT-LENGTH:  2 \r\nX: y\r\n\r\n{}", [b"{}", None]),
        (
            b"Content-Type: a/b; charset=utf8\r\nContent-Length: 2\r\n\r\n{}",
            [b"{}", None],
        ),
        (b"Content-Length: 2\n\n{}", [b"{}", None]),
        (b"Content-Length: 0\r\n\r\nContent-Length: 1\r\n\r\n1", [b"", b"1", None]),
        (b"Content-Length: 4\r\n\r\n\r\n\r\n", [b"\r\n\r\n", None]),
        (b"Content-Length: 2\r\n\r\n{", [None]),
        (b"Content-Length: 2\r\n\r\n", [None]),
        (b"Content-Length: 2\r\n", [None]),
        (b"Content-Le", [None]),
    ],
)
async def test_frames_are_read(data: bytes, bodies: list[bytes | None]) -> None:
    assert await read_all(data) == bodies


@pytest.mark.parametrize(
    "data",
    [
        b"Content-Length: two\r\n\r\n",
        b"Content-Length: -2\r\n\r\n",
        b"Content-Length: \r\n\r\n",
        b"Content-Length: %d\r\n\r\n" % (MAX_MESSAGE_BYTES + 1),
        b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"Content-Type: text\r\n\r\n{}",
        b"\r\n",
        b"print() wrote this\r\n",
        b"x" * 100_000,
    ],
)
async def test_what_cannot_be_framed_ends_with_one_line(
    data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(BadFrame):
        await read_all(data)
    caplog.clear()
    assert await talk(frame(INITIALIZE) + frame(SHUTDOWN) + data + frame(EXIT)) == (
        (await talk(frame(INITIALIZE) + frame(SHUTDOWN)))[0],
        1,
    )
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1


# A connection that stays open


@dataclass
class Client:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, *messages: dict[str, Any]) -> None:
        self.writer.write(b"".join(map(frame, messages)))

    async def receive(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_S):
            body = await read_message(self.reader)
        assert body is not None, "the server closed the connection"
        answer: dict[str, Any] = json.loads(body)
        return answer

    async def leave(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


@asynccontextmanager
async def connected(
    state: State, server: Server | None = None, **options: Any
) -> AsyncIterator[tuple[Client, asyncio.Task[int]]]:
    ours, theirs = socket.socketpair()
    client = Client(*await asyncio.open_connection(sock=ours))
    far_end = await asyncio.open_connection(sock=theirs)
    served = asyncio.create_task(
        serve(server or make_server(state), *far_end, **options)
    )
    faults: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, each: faults.append(each)
    )
    client.send(INITIALIZE)
    await client.receive()
    try:
        yield client, served
    finally:
        await client.leave()
        await result_of(served)
    assert faults == []


async def happens(event: asyncio.Event) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await event.wait()


async def result_of(served: asyncio.Task[int]) -> int:
    async with asyncio.timeout(PATIENCE_S):
        return await served


class Listening(logging.Handler):
    """Hears the port that serve_tcp logs."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.port: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def emit(self, record: logging.LogRecord) -> None:
        assert isinstance(record.args, tuple)
        self.port.set_result(int(str(record.args[1])))


@pytest.mark.parametrize(
    ("ask", "seen"),
    [
        (inline(1), "between"),
        # pygls' way: an `async def` starts when both changes have been seen.
        (request(1, "test/asyncDef"), "after"),
    ],
)
async def test_the_snapshot_is_taken_at_dispatch(
    ask: dict[str, Any], seen: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, transport.__name__)
    state, listening = State(), Listening()
    logging.getLogger(transport.__name__).addHandler(listening)
    served = asyncio.create_task(
        serve_tcp(make_server(state), "127.0.0.1", 0, state.on_close)
    )
    async with asyncio.timeout(PATIENCE_S):
        port = await listening.port
        logging.getLogger(transport.__name__).removeHandler(listening)
        client = Client(*await asyncio.open_connection("127.0.0.1", port))
        client.send(INITIALIZE)
        await client.receive()
        client.send(changed("between"), ask, changed("after"))
        answer = await client.receive()
        await client.leave()
        assert await served == 1
    assert answer["result"] == [{"insertText": seen}]
    assert state.closed.is_set()


async def test_an_async_handler_beside_pygls_own_is_awaited() -> None:
    server, handled = make_server(State()), asyncio.Event()

    @server.feature(types.SHUTDOWN)
    async def shutdown(_params: None) -> None:
        await asyncio.sleep(0)
        handled.set()

    async with connected(State(), server) as (client, _):
        client.send(SHUTDOWN)
        assert short(await client.receive()) == ("s", None)
        assert handled.is_set()


async def test_a_command_takes_its_snapshot_at_dispatch_too() -> None:
    ask = request(
        1, "workspace/executeCommand", {"command": "test.command", "arguments": ["x"]}
    )
    async with connected(State()) as (client, _):
        client.send(changed("between"), ask, changed("after"))
        assert short(await client.receive()) == (1, "x: between")


async def test_cancel_is_answered_before_the_task_has_ended() -> None:
    state = State()
    cancel = notification("$/cancelRequest", {"id": 1})
    async with connected(state) as (client, _):
        client.send(request(1, "test/waitAndTidySlowly"))
        await happens(state.started)
        client.send(cancel)
        assert short(await client.receive()) == (1, -32800)
        await happens(state.stopped)
        # The id is free again, and the first task's end is no answer to the second.
        client.send(request(1, "test/wait"), request(2, "test/echo"))
        assert short(await client.receive()) == (2, None)
        state.tidied.set()
        client.send(request(3, "test/echo"))
        assert short(await client.receive()) == (3, None)
        client.send(cancel)
        assert short(await client.receive()) == (1, -32800)


async def test_cancel_may_come_with_its_request() -> None:
    state = State()
    cancel = notification("$/cancelRequest", {"id": 1})
    async with connected(state) as (client, _):
        client.send(request(1, "test/wait"), cancel, cancel, request(2, "test/echo"))
        assert [short(await client.receive()) for _ in range(2)] == [
            (1, -32800),
            (2, None),
        ]
        assert not state.started.is_set()


async def test_late_errors_are_answers() -> None:
    async with connected(State()) as (client, _):
        client.send(request(1, "test/failLater"))
        assert short(await client.receive()) == (1, -32603)
        client.send(request(1, "test/refuse"))
        assert short(await client.receive()) == (1, -32803)


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ({"result": {"applied": True}}, {"applied": True}),
        ({"result": {"applied": "yes"}}, -32603),
        ({"result": None}, -32603),
        ({"error": {"code": -32803, "message": SECRET}}, -32803),
        ({"error": "text"}, -32603),
        ({"error": {"code": "text"}, "result": None}, -32603),
    ],
)
async def test_the_clients_answer_reaches_who_asked(reply: Any, answer: Any) -> None:
    async with connected(State()) as (client, _):
        client.send(request(1, "test/askClient"))
        asked = await client.receive()
        assert asked["method"] == "workspace/applyEdit"
        client.send({"jsonrpc": "2.0", "id": asked["id"], **reply})
        assert short(await client.receive()) == (1, answer)


async def test_an_answer_after_its_waiter_gave_up_is_ignored() -> None:
    async with connected(State()) as (client, _):
        client.send(request(1, "test/askClient"))
        asked = await client.receive()
        client.send(notification("$/cancelRequest", {"id": 1}))
        assert short(await client.receive()) == (1, -32800)
        client.send({"jsonrpc": "2.0", "id": asked["id"], "result": {"applied": True}})
        client.send(request(2, "test/echo"))
        assert short(await client.receive()) == (2, None)


NO_IDS: tuple[Any, ...] = (True, 1.0, None, [], {})


async def test_the_clients_ids_and_ours_do_not_meet() -> None:
    """In pygls' one table this cancels our question, or answers the client's."""
    state = State()
    async with connected(state) as (client, _):
        client.send(request(1, "test/wait"), request(2, "test/askClient"))
        asked = (await client.receive())["id"]
        client.send(notification("$/cancelRequest", {"id": asked}))
        client.send(*(notification("$/cancelRequest", {"id": i}) for i in NO_IDS))
        client.send({"jsonrpc": "2.0", "id": 1, "result": "an answer to nothing"})
        client.send(*({"jsonrpc": "2.0", "id": i, "result": None} for i in NO_IDS))
        client.send({"jsonrpc": "2.0", "id": asked, "result": {"applied": True}})
        assert short(await client.receive()) == (2, {"applied": True})
        assert not state.stopped.is_set()


async def test_a_callback_gets_results_and_no_refusals(
    caplog: pytest.LogCaptureFixture,
) -> None:
    results: list[Any] = []
    server = make_server(State())
    async with connected(State(), server) as (client, _):
        for reply in ({"error": {"code": 1, "message": "no"}}, {"result": None}):
            server.protocol.send_request(
                types.CLIENT_REGISTER_CAPABILITY,
                types.RegistrationParams(registrations=[]),
                callback=results.append,
            )
            asked = (await client.receive())["id"]
            client.send(
                {"jsonrpc": "2.0", "id": asked, **reply}, request(1, "test/echo")
            )
            await client.receive()
    assert results == [None]
    assert "exception calling callback" not in caplog.text


async def test_large_messages_arrive_whole() -> None:
    text = "x = 'é'\n" * 600_000
    state = State()
    async with connected(state) as (client, _):
        client.send(changed(text), request(1, "test/echo"))
        await client.receive()
    assert state.text == text


# Ends


@pytest.mark.parametrize("slow", [request(1, "test/wait"), notification("test/wait")])
async def test_a_vanished_editor_stops_what_runs(slow: dict[str, Any]) -> None:
    state = State()
    async with connected(state) as (client, served):
        client.send(slow)
        await happens(state.started)
        await client.leave()
        assert await result_of(served) == 1
        assert state.stopped.is_set()


async def test_a_task_that_ignores_its_cancellation_does_not_hold_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    state = State()
    server = make_server(state)
    async with connected(state, server, cancel_patience_s=0.01) as (client, served):
        client.send(request(1, "test/waitAndTidySlowly"))
        await happens(state.started)
        server.protocol.end()
        assert short(await client.receive()) == (1, -32800)
        assert await result_of(served) == 1
    assert "ignored their cancellation" in caplog.text
    state.tidied.set()


async def test_a_dead_parent_ends_the_server_though_its_pipe_is_open() -> None:
    command = [sys.executable, "-c", "input()"]
    editor = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE)
    params = {"processId": editor.pid, "capabilities": {}}
    ours, theirs = socket.socketpair()
    client = Client(*await asyncio.open_connection(sock=ours))
    far_end = await asyncio.open_connection(sock=theirs)
    served = asyncio.create_task(
        serve(make_server(State()), *far_end, parent_poll_s=0.01)
    )
    client.send(request(1, "initialize", params), request(2, "test/echo"))
    assert [(await client.receive())["id"] for _ in range(2)] == [1, 2]
    assert not served.done()
    editor.kill()
    await editor.wait()
    assert await result_of(served) == 1
    await client.leave()


@pytest.mark.parametrize("pid", [0, -1, 2**31 - 1, 2**62])
async def test_a_parent_of_another_machine_is_not_missed(pid: int) -> None:
    watch = transport._watch_parent
    server = make_server(State())
    server.process_id = pid
    server.protocol.initialized.set()
    async with asyncio.timeout(PATIENCE_S):
        await watch(server, 0.01)
    assert not server.protocol.ended.is_set()


async def test_end_decides_the_exit_code_once() -> None:
    server = make_server(State())
    async with connected(State(), server) as (_, served):
        server.protocol.end(143)
        server.protocol.end(0)
        assert await result_of(served) == 143


async def test_closing_that_fails_or_hangs_does_not_hold_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail() -> None:
        raise OSError(errno.EIO, "disk")

    async def hang() -> None:
        await asyncio.Event().wait()

    async with asyncio.timeout(PATIENCE_S):
        await transport._close(fail)
        await transport._close(hang, 0.01)
    ours = [each for each in caplog.records if each.name == transport.__name__]
    assert [record.message for record in ours] == [
        "closing failed",
        "gave up closing after 0.01 s",
    ]


# Logs


@pytest.mark.parametrize("level", [logging.INFO, logging.DEBUG])
async def test_user_code_is_logged_at_debug_only(
    level: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(level)
    command = {"command": "test.command", "arguments": [SECRET]}
    folder = {"uri": URI, "name": SECRET}
    messages = [
        changed(SECRET),
        notification(
            "workspace/didChangeWorkspaceFolders",
            {"event": {"added": [folder], "removed": []}},
        ),
        hover(1, START),
        inline(2),
        request(3, "test/fail"),
        notification("test/fail", SECRET),
        notification("test/failLater", SECRET),
        request(4, "test/failLater"),
        request(5, "workspace/executeCommand", command),
        request(6, "textDocument/hover", {"textDocument": SECRET}),
        hover(7, SECRET),
        changed({SECRET: 1}),
        notification("textDocument/didOpen", [SECRET]),
    ]
    async with connected(State()) as (client, _):
        client.send(*messages, {"id": "x", "result": SECRET})
        client.writer.write(frame(SECRET.encode()))
        ids = {(await client.receive())["id"] for _ in range(8)}
    assert ids == {1, 2, 3, 4, 5, 6, 7, None}
    assert (SECRET in caplog.text) == (level == logging.DEBUG)
    quoted = [record for record in caplog.records if SECRET in record.getMessage()]
    assert {record.levelno for record in quoted} <= {logging.DEBUG}
    assert "raise ValueError" in caplog.text  # where it failed is told


# A process


def main() -> None:
    """Serve the standard streams; closing is told on stderr."""

    async def on_close() -> None:
        sys.stderr.write("closed\n")

    async def run() -> int:
        stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
        return await serve_stdio(make_server(State()), stdin, stdout, on_close)

    sys.exit(asyncio.run(run()))


if __name__ == "__main__":
    main()

COMMAND = (sys.executable, "-W", "error", "-m", "tests.unit.test_protocol")
GOODBYE = b"".join(map(frame, (INITIALIZE, SHUTDOWN, EXIT)))


@contextmanager
def started(**streams: int) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(COMMAND, **streams) as process:  # type: ignore[call-overload] # ints
        try:
            yield process
        finally:
            process.kill()  # if it has not ended by itself


@pytest.mark.parametrize(
    ("data", "exit_code"),
    [
        (GOODBYE, 0),
        (frame(INITIALIZE) + frame(EXIT), 1),
        (frame(INITIALIZE) + frame(request(1, "test/wait")), 1),
        (b"Content-Length: x\r\n\r\n", 1),
    ],
)
def test_a_process_ends_by_itself(data: bytes, exit_code: int) -> None:
    done = subprocess.run(
        COMMAND, input=data, capture_output=True, timeout=PATIENCE_S, check=False
    )
    assert done.stderr.decode() in (
        "closed\n",
        "cannot go on: Content-Length is not a number\nclosed\n",
    )
    assert done.returncode == exit_code
    unframe(done.stdout)


def test_files_and_devices_are_streams_too(tmp_path: Path) -> None:
    """The event loop cannot wait for them."""
    said, answered = tmp_path / "in", tmp_path / "out"
    said.write_bytes(GOODBYE)
    with said.open("rb") as stdin, answered.open("wb") as stdout:
        done = subprocess.run(
            COMMAND, stdin=stdin, stdout=stdout, timeout=PATIENCE_S, check=False
        )
    assert done.returncode == 0
    assert [answer["id"] for answer in unframe(answered.read_bytes())] == ["i", "s"]
    done = subprocess.run(
        COMMAND, stdin=subprocess.DEVNULL, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == 1


def test_a_terminal_that_hangs_up_ends_the_process() -> None:
    master, terminal = os.openpty()
    with started(stdin=terminal) as process:
        os.close(terminal)
        os.close(master)
        assert process.wait(PATIENCE_S) == 1


async def test_a_stdin_that_fails_is_at_its_end(tmp_path: Path) -> None:
    reader, loop = asyncio.StreamReader(), asyncio.get_running_loop()
    with (tmp_path / "write_only").open("wb") as unreadable:
        transport._pump(unreadable, reader, loop)
    async with asyncio.timeout(PATIENCE_S):
        assert await read_message(reader) is None


def test_one_socket_for_both_streams() -> None:
    ours, theirs = socket.socketpair()
    with started(stdin=theirs.fileno(), stdout=theirs.fileno()) as process:
        theirs.close()
        ours.sendall(frame(INITIALIZE))
        first = ours.recv(2**16)
        ours.sendall(frame(hover(1, START)) + frame(SHUTDOWN) + frame(EXIT))
        received = first
        while chunk := ours.recv(2**16):
            received += chunk
        assert process.wait(PATIENCE_S) == 0
    assert [answer["id"] for answer in unframe(received)] == ["i", 1, "s"]
    ours.close()


def test_a_closed_stdout_ends_the_process_though_stdin_is_open() -> None:
    pipe = subprocess.PIPE
    with started(stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(frame(INITIALIZE))
        process.stdin.flush()
        assert process.stdout.read(16) == b"Content-Length: "
        process.stdout.close()
        assert process.wait(PATIENCE_S) == 1
        assert process.stderr.read() == b"closed\n"


def test_an_editor_that_reads_slowly_gets_everything_in_order() -> None:
    """Far more than a pipe holds: the server must not block on it, nor lose any."""
    count = 300
    asks = b"".join(
        frame(request(number, "test/echo", "x" * 10_000)) for number in range(count)
    )
    done = subprocess.run(
        COMMAND,
        input=frame(INITIALIZE) + asks + frame(SHUTDOWN) + frame(EXIT),
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    answered = [answer["id"] for answer in unframe(done.stdout)]
    assert answered == ["i", *range(count), "s"]
