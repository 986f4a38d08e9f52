"""A file that is hashed while it is written, and that goes on where it was left."""

import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path

from lsp_server.engine.download.selection import RemoteFile

_READ_AT_ONCE = 1 << 20


class CheckedFile(io.FileIO):
    """What there is of ``expected``; ``written`` is told its size when it changes.

    The downloader writes at the end, or cuts the file back to nothing where a server
    cannot go on in the middle.
    """

    def __init__(
        self, path: Path, expected: RemoteFile, written: Callable[[int], None]
    ) -> None:
        super().__init__(path, "a+")
        if self.tell() > expected.size:
            super().truncate(0)
        self._expected = expected
        self._written = written
        self._hash_anew()

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override] # what is written here
        """Write all of it: a raw file may take less, on a full disk for one."""
        rest = memoryview(data)
        while rest:
            taken = super().write(rest)
            self._digest.update(rest[:taken])
            rest = rest[taken:]
        self._written(self.tell())
        return len(data)

    def truncate(self, size: int | None = None) -> int:
        length = super().truncate(size)
        self._hash_anew()
        return length

    def is_right(self) -> bool:
        """Whether all that was written is what the hub says the file is."""
        os.fsync(self.fileno())
        return self._digest.hexdigest() == self._expected.checksum

    def _hash_anew(self) -> None:
        self._digest = _digest(self._expected)
        self.seek(0)
        while block := self.read(_READ_AT_ONCE):
            self._digest.update(block)
        self._written(self.tell())


def _digest(file: RemoteFile) -> "hashlib._Hash":
    """Return the hash that the hub tells: SHA-256, or git's own of a blob."""
    if file.sha256 is not None:
        return hashlib.sha256()
    return hashlib.sha1(b"blob %d\0" % file.size, usedforsecurity=False)
