"""Who is at the other end of a Unix socket."""

import os
import socket
import struct
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Peer:
    """``pid`` is None where the system does not tell, 0 in a namespace that we cannot see."""

    ours: bool
    pid: int | None


def peer(connection: socket.socket) -> Peer:
    """Return who called, or listens; ``ours``: the same user as we are.

    The socket's 0700 folder already says so: twice is safe.
    """
    if not hasattr(socket, "SO_PEERCRED"):
        return Peer(ours=True, pid=None)
    size = struct.calcsize("3i")
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    pid, uid, _gid = struct.unpack("3i", credentials)
    return Peer(ours=uid == os.getuid(), pid=pid)
