"""Neovim's RPC: MessagePack values, one after another, without a frame around them."""

from collections.abc import Iterator
from typing import Any

import msgspec

_FIXED = (
    dict.fromkeys((0xC0, 0xC2, 0xC3), 0)
    | dict.fromkeys((0xCC, 0xD0), 1)
    | dict.fromkeys((0xCD, 0xD1, 0xD4), 2)
    | {0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17}
    | dict.fromkeys((0xCA, 0xCE, 0xD2), 4)
    | dict.fromkeys((0xCB, 0xCF, 0xD3), 8)
)
"""By first byte: how many bytes follow."""

_SIZED = (
    {0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0)}
    | {0xC7: (1, 1), 0xC8: (2, 1), 0xC9: (4, 1)}
    | {0xD9: (1, 0), 0xDA: (2, 0), 0xDB: (4, 0)}
)
"""By first byte: bytes of the length, and how many more than that length follow."""

_NESTED = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}
"""By first byte: bytes of the count, and values for each one counted."""


class Messages:
    """Takes bytes as they come, and gives the values that are whole."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._decoder = msgspec.msgpack.Decoder(ext_hook=_handle)

    def feed(self, data: bytes) -> Iterator[Any]:
        """Yield what is whole now."""
        self._buffer += data
        start = 0
        while (end := end_of_value(self._buffer, start)) is not None:
            yield self._decoder.decode(bytes(self._buffer[start:end]))
            start = end
        del self._buffer[:start]


def end_of_value(data: bytes | bytearray, start: int) -> int | None:
    """Return where the value that begins at ``start`` ends; None where it is not all there."""
    at, wanted = start, 1
    while wanted:
        if at >= len(data):
            return None
        first = data[at]
        at += 1
        wanted -= 1
        if first <= 0x7F or first >= 0xE0:
            continue
        if first <= 0x8F:
            wanted += 2 * (first & 0x0F)
        elif first <= 0x9F:
            wanted += first & 0x0F
        elif first <= 0xBF:
            at += first & 0x1F
        elif first in _FIXED:
            at += _FIXED[first]
        elif first in _SIZED:
            size, more = _SIZED[first]
            at += size + more + int.from_bytes(data[at : at + size], "big")
        else:
            size, values = _NESTED[first]
            wanted += values * int.from_bytes(data[at : at + size], "big")
            at += size
    return at if at <= len(data) else None


def _handle(_code: int, data: memoryview) -> int:
    """Buffers, windows and tabs come as integers in an extension type."""
    return int(msgspec.msgpack.decode(bytes(data)))
