"""Opens files as an untrusted folder demands: no links, no pipes, no devices, no surprises."""

import os
import stat
from pathlib import Path

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)  # a link is not what it seems
    | getattr(os, "O_NONBLOCK", 0)  # opening a pipe would wait for its writer
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def regular(path: str | Path, limit: int) -> tuple[bytes, os.stat_result]:
    """Read at most ``limit`` + 1 bytes of a regular file, and how it stood before that.

    Raises OSError where there is none, or where it is anything else than a file (a link,
    a folder, a pipe, a device).
    """
    descriptor = os.open(path, _FLAGS)
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise OSError(f"not a regular file: {path!r}")
        pieces = []
        left = limit + 1
        while left > 0 and (piece := os.read(descriptor, left)):
            pieces.append(piece)
            left -= len(piece)
    finally:
        os.close(descriptor)
    return b"".join(pieces), before
