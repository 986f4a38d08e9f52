"""A host behind a socket: whether one is there, and who it is."""

import asyncio
import contextlib
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lsp_server.engine import frames
from lsp_server.engine.base import EngineDown
from lsp_server.engine.local.processes import kill_group, until_ended
from lsp_server.engine.peer import peer
from lsp_server.framing import read_frame

HELLO_S = 60.0
"""A host that is busy importing vLLM may take that long to say who it is."""
_END_S = 30.0


@dataclass(slots=True, kw_only=True)
class Met:
    """A host that has said who it is, and the connection to it.

    ``pid`` is its process, None where what it says of itself cannot be held against what
    the system says: then nothing may be killed. ``started`` is that process where this
    window started it for itself alone.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    hello: frames.Hello
    pid: int | None
    started: subprocess.Popen[bytes] | None = None
    folder: "tempfile.TemporaryDirectory[str] | None" = None


async def knock(path: Path, patience_s: float | None = None) -> Met | None:
    """Return the host behind a socket, None for none.

    One that hangs is ended, unless it only had ``patience_s`` to answer.
    """
    try:
        reader, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return None
    other = peer(writer.get_extra_info("socket"))
    if not other.ours:
        writer.close()
        raise EngineDown(
            f"{path} is another user's: remove it, or set standalone = true."
        )
    with contextlib.suppress(TimeoutError, ValueError):
        async with asyncio.timeout(HELLO_S if patience_s is None else patience_s):
            hello = await next_frame(reader)
            if isinstance(hello, frames.Hello):
                known = other.pid in {None, hello.pid}
                pid = hello.pid if known else None
                return Met(reader=reader, writer=writer, hello=hello, pid=pid)
    writer.close()
    if other.pid is not None and patience_s is None:
        kill_group(other.pid)
        await until_ended(other.pid, _END_S)
    return None


async def next_frame(reader: asyncio.StreamReader) -> frames.FromHost | None:
    """Return what the host says next, None if it has left.

    Raises ValueError where it speaks no frames of ours.
    """
    try:
        body = await read_frame(reader)
    except OSError:
        return None
    return None if body is None else frames.from_host.decode(body)
