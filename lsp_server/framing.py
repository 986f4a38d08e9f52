"""Length-prefixed frames, as they go between the server and processes of its own."""

import asyncio
import struct

LARGEST_FRAME = 64 * 2**20
"""Bytes. A 100,000-token prompt is under 1 MiB; more than this is not one of ours."""

_LENGTH = struct.Struct(">I")


def framed(body: bytes) -> bytes:
    """Return ``body`` as it goes over the wire: 4 bytes of length, then the body."""
    return _LENGTH.pack(len(body)) + body


async def read_frame(reader: asyncio.StreamReader) -> bytes | None:
    """Return the body of the next frame, or None where the other side has left.

    Raises ValueError for a length that no message of ours has.
    """
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        if length > LARGEST_FRAME:
            raise ValueError(f"a frame of {length} bytes is not of this protocol")
        return await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
