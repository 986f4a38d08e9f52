"""The tokenizer's questions: blocking HTTP, from threads."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp import web

from lsp_server.engine.base import EngineDown, EngineError
from lsp_server.engine.remote.asking import Asking
from lsp_server.engine.remote.settings import RemoteSettings
from tests.unit.engine.fake_vllm import FakeVllm, failed, page, running


@pytest.fixture
async def server() -> AsyncGenerator[FakeVllm]:
    async with running(FakeVllm()) as fake:
        yield fake


@pytest.fixture
def asking(server: FakeVllm) -> Iterator[Asking]:
    settings = RemoteSettings(
        endpoint=server.endpoint, api_key="sesame", session="workspace-1"
    )
    found = Asking(settings, seconds=5.0)
    yield found
    found.close()


async def tokens(asking: Asking, text: str) -> list[tuple[int, str]]:
    return await asyncio.to_thread(asking.tokens, text)


async def test_tokens_are_ids_and_pieces(server: FakeVllm, asking: Asking) -> None:
    assert await tokens(asking, "aé") == [(97, "a"), (233, "é")]
    (asked,) = server.of("/tokenize")
    assert asked.body == {
        "model": "demo",
        "prompt": "aé",
        "add_special_tokens": False,
        "return_token_strs": True,
    }
    assert asked.headers["Authorization"] == "Bearer sesame"
    assert asked.headers["X-Session-ID"] == "workspace-1"


async def test_threads_share_one_connection(server: FakeVllm, asking: Asking) -> None:
    texts = [f"text {number}" for number in range(20)]
    found = await asyncio.gather(*(tokens(asking, text) for text in texts))
    assert ["".join(piece for _, piece in one) for one in found] == texts
    assert {one.connection for one in server.seen} == {1}


async def test_a_connection_that_was_closed_is_opened_again(
    server: FakeVllm, asking: Asking
) -> None:
    assert await tokens(asking, "a")
    for connection in {id(one): one for one in server.kept}.values():
        assert isinstance(connection, asyncio.Transport)
        connection.abort()
    assert await tokens(asking, "b")
    assert len({one.connection for one in server.seen}) == 2


async def test_a_server_without_tokenize_is_said_to_be_one(
    server: FakeVllm, asking: Asking
) -> None:
    server.tokenizes = False
    with pytest.raises(EngineError, match="has no /tokenize"):
        await tokens(asking, "a")


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (page, "with text/html"),
        (lambda: failed(503, {}), "cannot serve"),
        (lambda: web.json_response({"tokens": [1]}), "does not tell the pieces"),
        (lambda: web.json_response([]), "something else than tokens"),
    ],
)
async def test_other_answers_are_said_to_be_others(
    server: FakeVllm, asking: Asking, says: object, words: str
) -> None:
    server.instead["/tokenize"] = [says]  # type: ignore[list-item] # from a table
    with pytest.raises(EngineError, match=words):
        await tokens(asking, "a")
    assert await tokens(asking, "a")


async def test_a_server_that_is_gone_is_said_to_be(
    server: FakeVllm, asking: Asking
) -> None:
    await tokens(asking, "a")
    await server.stop()
    with pytest.raises(EngineDown, match="cannot be reached: Connection refused"):
        await tokens(asking, "b")


Says = Callable[[asyncio.StreamWriter], Awaitable[None]]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@asynccontextmanager
async def saying(says: Says) -> AsyncIterator[RemoteSettings]:
    """Serve what ``says`` writes to each that comes, and end it with the test."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(ConnectionError, asyncio.CancelledError):
            await says(writer)
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield RemoteSettings(endpoint=f"http://127.0.0.1:{port}/v1")
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def nothing(_: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def ever_slower(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def headers_without_end(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"\r\n")
    while True:
        writer.write(b" " * 2**16)
        await writer.drain()


@pytest.mark.parametrize("says", [nothing, ever_slower, headers_without_end])
async def test_an_answer_has_so_much_time_and_no_more(says: Says) -> None:
    async with saying(says) as settings:
        asking = Asking(settings, seconds=0.2)
        with pytest.raises(EngineDown, match="does not answer"):
            await asyncio.to_thread(asking.served)


async def test_an_answer_without_an_end_is_not_read_to_it() -> None:
    async with saying(endless) as settings:
        asking = Asking(settings, seconds=60.0)
        with pytest.raises(EngineError, match="without an end"):
            await asyncio.to_thread(asking.served)


async def test_whoever_waits_waits_no_longer_once_it_is_closed() -> None:
    asked = asyncio.Event()

    async def silent(writer: asyncio.StreamWriter) -> None:
        asked.set()
        await nothing(writer)

    async with saying(silent) as settings:
        asking = Asking(settings, seconds=3600.0)
        waiting = asyncio.create_task(asyncio.to_thread(asking.served))
        await asked.wait()
        asking.close()
        with pytest.raises(EngineDown, match="was closed"):
            await waiting
        with pytest.raises(EngineDown, match="was closed"):
            await asyncio.to_thread(asking.served)
