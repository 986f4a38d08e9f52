"""The server of Tabby's API answers from the truth, and stops when nobody listens."""

import asyncio
import contextlib
import io
import json
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.typing.peers.tabby import Api, configured
from lsp_server.engine.scripted import Script

TRUTH = "def first(a):\n    return a\n\n" + "value = 1\n" * 200
NEVER_MS = 3_600_000.0


class Journal(io.StringIO):
    """``noted`` is done when an event was written."""

    def __init__(self) -> None:
        super().__init__()
        self.noted = asyncio.Event()

    def flush(self) -> None:
        self.noted.set()

    async def events(self, count: int) -> list[dict[str, Any]]:
        while self.getvalue().count("\n") < count:
            self.noted.clear()
            await self.noted.wait()
        return [json.loads(line) for line in self.getvalue().splitlines()]


@asynccontextmanager
async def served(
    journal: Journal, **settings: Any
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    api = Api(Script(truths=[TRUTH], **settings), journal)
    left = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await api.serve(reader, writer)
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        left.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(host, port)
        try:
            yield reader, writer
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            await left.wait()


def post(path: str, body: Any) -> bytes:
    data = json.dumps(body).encode()
    return (
        f"POST {path} HTTP/1.1\r\ncontent-length: {len(data)}\r\n\r\n".encode() + data
    )


async def answer(reader: asyncio.StreamReader) -> tuple[str, Any]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = int(head.partition("Content-Length: ")[2].split("\r\n")[0])
    body = await reader.readexactly(length)
    return head.split("\r\n")[0], json.loads(body) if body else None


async def completed(prefix: str) -> tuple[str, list[dict[str, Any]]]:
    journal = Journal()
    async with served(journal) as (reader, writer):
        segments = {"segments": {"prefix": prefix, "suffix": "\n"}}
        writer.write(post("/v1/completions", {"language": "python", **segments}))
        status, body = await answer(reader)
        assert status == "HTTP/1.1 200 OK"
    (choice,) = body["choices"]
    return choice["text"], await journal.events(2)


async def test_it_goes_on_with_the_truth_up_to_an_empty_line() -> None:
    text, (asked, finished) = await completed("def first(")
    assert text == "a):\n    return a"
    assert (asked["event"], finished["event"]) == ("asked", "finished")
    assert (finished["tokens"], finished["place"], finished["text"]) == (4, 10, text)


async def test_it_says_64_tokens_at_most() -> None:
    text, (_, finished) = await completed(TRUTH[:29])
    assert (len(text), finished["tokens"]) == (256, 64)


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ("/v1/health", "model", "scripted"),
        ("/v1beta/server_setting", "disable_client_side_telemetry", True),
    ],
)
async def test_it_says_how_it_is(path: str, key: str, value: object) -> None:
    async with served(Journal()) as (reader, writer):
        writer.write(f"GET {path} HTTP/1.1\r\n\r\n".encode())
        status, body = await answer(reader)
        assert (status, body[key]) == ("HTTP/1.1 200 OK", value)
        writer.write(post("/v1/events?select_kind=line", {"type": "view"}))
        assert (await answer(reader))[0] == "HTTP/1.1 200 OK"
        writer.write(b"GET /else HTTP/1.1\r\n\r\n")
        assert (await answer(reader))[0] == "HTTP/1.1 404 Not Found"


@pytest.mark.parametrize(
    ("first_ms", "piece_ms", "tokens"), [(NEVER_MS, 0, 0), (0, NEVER_MS, 1)]
)
async def test_who_hangs_up_aborts_the_request(
    first_ms: float, piece_ms: float, tokens: int
) -> None:
    journal = Journal()
    delays = {"first_piece_ms": first_ms, "piece_ms": piece_ms}
    async with served(journal, **delays) as (_, writer):
        writer.write(post("/v1/completions", {"segments": {"prefix": "def first("}}))
        await journal.events(1)
        writer.close()
        _, aborted = await journal.events(2)
    assert (aborted["event"], aborted["tokens"]) == ("aborted", tokens)


def test_the_agent_is_told_where_the_server_is_and_to_tell_nobody(
    tmp_path: Path,
) -> None:
    environment = configured(tmp_path, 4711)
    assert environment["HOME"] == str(tmp_path)
    path = tmp_path / ".tabby-client" / "agent" / "config.toml"
    settings = tomllib.loads(path.read_text())
    assert settings["server"]["endpoint"] == "http://127.0.0.1:4711"
    assert settings["anonymousUsageTracking"]["disable"]
