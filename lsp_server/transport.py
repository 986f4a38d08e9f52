"""Bytes to messages and back: framing, stdio, TCP, and how a connection ends."""

import asyncio
import contextlib
import logging
import os
import socket
import stat
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import BinaryIO, Protocol

from lsp_server.protocol import Server

logger = logging.getLogger(__name__)

OnClose = Callable[[], Awaitable[None]]
"""Called once when the connection has ended: engines stop, files close."""

MAX_MESSAGE_BYTES = 256 * 2**20
BUFFER_BYTES = 2**20
"""Bounds a header line, and how far the buffer runs ahead of the messages (twice)."""
PARENT_POLL_S = 3.0
CANCEL_PATIENCE_S = 2.0
"""How long cancelled requests may take to tidy up."""
CLOSE_PATIENCE_S = 15.0
"""How long ``on_close`` may take; an engine needs about 3 s to end its processes."""
FLUSH_PATIENCE_S = 1.0


class Writer(Protocol):
    """Where messages go, one ``write`` each; an asyncio.StreamWriter is one."""

    def write(self, data: bytes, /) -> None: ...

    def close(self) -> None: ...

    async def wait_closed(self) -> None: ...


class BadFrame(Exception):
    """The stream is not LSP, and nothing tells where the next message starts."""


async def serve_stdio(
    server: Server, stdin: BinaryIO, stdout: BinaryIO, on_close: OnClose
) -> int:
    """Serve one editor until it leaves; returns the exit code.

    Takes both streams over and closes them. Nothing may have been read from ``stdin``,
    and nobody else may write to ``stdout``.
    """
    try:
        if _is_one_socket(stdin, stdout):
            both = socket.socket(fileno=os.dup(stdin.fileno()))
            return await serve(
                server, *await asyncio.open_connection(sock=both, limit=BUFFER_BYTES)
            )
        reader, incoming = await _open_input(stdin)
        writer = await _open_output(stdout, server.protocol.end)
        try:
            return await serve(server, reader, writer)
        finally:
            incoming.close()
    finally:
        await _close(on_close)


async def serve_tcp(server: Server, host: str, port: int, on_close: OnClose) -> int:
    """Serve the first client that connects, for debugging; port 0 takes a free one."""
    ended = asyncio.create_task(server.protocol.ended.wait())
    client = asyncio.create_task(_first_client(host, port))
    try:
        await asyncio.wait({ended, client}, return_when=asyncio.FIRST_COMPLETED)
        if not client.done():  # told to end before anybody came
            return server.protocol.exit_code
        return await serve(server, *client.result())
    finally:
        ended.cancel()
        client.cancel()
        await asyncio.gather(ended, client, return_exceptions=True)
        await _close(on_close)


async def serve(
    server: Server,
    reader: asyncio.StreamReader,
    writer: Writer,
    *,
    parent_poll_s: float = PARENT_POLL_S,
    cancel_patience_s: float = CANCEL_PATIENCE_S,
) -> int:
    """Handle messages until ``exit``, the end of input, or the end of the editor.

    Then running requests are answered and cancelled, and the writer is flushed and
    closed, each with a limit. Returns the exit code.
    """
    protocol = server.protocol
    protocol.set_writer(writer)
    tasks = (
        asyncio.create_task(_read_messages(server, reader)),
        asyncio.create_task(_watch_parent(server, parent_poll_s)),
    )
    try:
        await protocol.ended.wait()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await protocol.close(cancel_patience_s)
        await _flush(writer)
    return protocol.exit_code


async def read_message(reader: asyncio.StreamReader) -> bytes | None:
    """Read the next body; None at the end of input, also where it cuts a message.

    Header names in any case, other headers and bare line feeds are fine.
    """
    length: int | None = None
    try:
        while line := await reader.readline():
            if not line.endswith(b"\n"):
                break
            name, colon, value = line.partition(b":")
            if name.strip().lower() == b"content-length":
                length = _length(value.strip())
            elif not line.strip():
                if length is not None:
                    return await reader.readexactly(length)
                raise BadFrame("a header without Content-Length")
            elif not colon:
                raise BadFrame("a header line without a colon")
    except asyncio.IncompleteReadError:
        logger.warning("the input ended inside a message")
    except ValueError:  # from readline, or from int, which takes 4,300 digits
        raise BadFrame("a header line that is too long") from None
    except ConnectionError:
        logger.warning("the connection broke")
    return None


def _length(value: bytes) -> int:
    if not value.isdigit():
        raise BadFrame("Content-Length is not a number")
    if int(value) > MAX_MESSAGE_BYTES:
        raise BadFrame(f"Content-Length is over {MAX_MESSAGE_BYTES} bytes")
    return int(value)


async def _read_messages(server: Server, reader: asyncio.StreamReader) -> None:
    protocol = server.protocol
    try:
        while not protocol.ended.is_set():
            body = await read_message(reader)
            if body is None:
                logger.info("the input ended")
                protocol.end()
                return
            protocol.receive(body)
    except BadFrame as error:
        logger.error("cannot go on: %s", error)  # noqa: TRY400 - its words say it all
    finally:
        protocol.end(1)  # decides only where nothing else did


async def _watch_parent(server: Server, poll_s: float) -> None:
    """End when the editor's process is gone although its end of the pipe is open.

    A pid that is unknown from the start is another machine's or another container's.
    """
    await server.protocol.initialized.wait()
    pid = server.process_id
    if pid is None or not _is_alive(pid):
        return
    while _is_alive(pid):  # noqa: ASYNC110 - nothing tells of a stranger's end
        await asyncio.sleep(poll_s)
    logger.info("the editor's process %d is gone", pid)
    server.protocol.end()


def _is_alive(pid: int) -> bool:
    if sys.platform == "win32" or pid <= 0:  # there os.kill(pid, 0) would end it
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


async def _close(on_close: OnClose, patience_s: float = CLOSE_PATIENCE_S) -> None:
    try:
        async with asyncio.timeout(patience_s):
            await on_close()
    except TimeoutError:
        logger.error("gave up closing after %s s", patience_s)  # noqa: TRY400
    except Exception:
        # The process ends in any case, with the protocol's exit code.
        logger.exception("closing failed")


async def _flush(writer: Writer) -> None:
    writer.close()
    try:
        async with asyncio.timeout(FLUSH_PATIENCE_S):
            await writer.wait_closed()
    except (TimeoutError, OSError):
        logger.debug("the last messages were not taken")
        if isinstance(writer, asyncio.StreamWriter):
            writer.transport.abort()


async def _first_client(
    host: str, port: int
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    connected: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
    connected = asyncio.get_running_loop().create_future()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if connected.done():
            writer.close()
        else:
            connected.set_result((reader, writer))

    listener = await asyncio.start_server(accept, host, port, limit=BUFFER_BYTES)
    for listening in listener.sockets:
        address, bound_port = listening.getsockname()[:2]
        logger.info("listening on %s:%d", address, bound_port)
    try:
        return await connected
    finally:
        listener.close()


# Standard streams


def _is_pipe(stream: BinaryIO) -> bool:
    """Tell what the event loop can wait for from files, terminals and /dev/null."""
    mode = os.fstat(stream.fileno()).st_mode
    return sys.platform != "win32" and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode))


def _is_one_socket(stdin: BinaryIO, stdout: BinaryIO) -> bool:
    """Both are one under socat or inetd.

    asyncio's pipe writer takes what arrives there for a sign that its reader has gone.
    """
    same = os.path.sameopenfile(stdin.fileno(), stdout.fileno())
    return same and stat.S_ISSOCK(os.fstat(stdin.fileno()).st_mode)


async def _open_input(
    stdin: BinaryIO,
) -> tuple[asyncio.StreamReader, asyncio.ReadTransport | BinaryIO]:
    """Return the reader, and what is to be closed."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=BUFFER_BYTES)
    if _is_pipe(stdin):
        incoming, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), stdin
        )
        return reader, incoming
    # A daemon, and not an executor's thread: nobody can end a blocking read.
    pump = threading.Thread(target=_pump, args=(stdin, reader, loop), daemon=True)
    pump.start()
    return reader, stdin


def _pump(
    stdin: BinaryIO, reader: asyncio.StreamReader, loop: asyncio.AbstractEventLoop
) -> None:
    # os.read: a buffered reader's lock, held at exit, aborts the interpreter.
    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
        with contextlib.suppress(OSError, ValueError):  # a lost terminal, a closed file
            while chunk := os.read(stdin.fileno(), BUFFER_BYTES):
                loop.call_soon_threadsafe(reader.feed_data, chunk)
        loop.call_soon_threadsafe(reader.feed_eof)


async def _open_output(stdout: BinaryIO, on_lost: Callable[[], None]) -> Writer:
    if not _is_pipe(stdout):
        return _FileWriter(stdout, on_lost)
    loop = asyncio.get_running_loop()
    outgoing, protocol = await loop.connect_write_pipe(
        lambda: _OutputProtocol(on_lost), stdout
    )
    return asyncio.StreamWriter(outgoing, protocol, None, loop)


class _OutputProtocol(asyncio.StreamReaderProtocol):
    """What a StreamWriter needs, and word of a reader that closed its end."""

    def __init__(self, on_lost: Callable[[], None]) -> None:
        super().__init__(asyncio.StreamReader())
        self._on_lost = on_lost

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._on_lost()


class _FileWriter:
    """Writes where the event loop cannot wait: each write blocks."""

    def __init__(self, stdout: BinaryIO, on_lost: Callable[[], None]) -> None:
        self._stdout = stdout
        self._on_lost = on_lost

    def write(self, data: bytes) -> None:
        try:
            self._stdout.write(data)
            self._stdout.flush()
        except OSError:
            self._on_lost()

    def close(self) -> None:
        with contextlib.suppress(OSError):  # what could not be written is lost
            self._stdout.close()

    async def wait_closed(self) -> None:
        return
