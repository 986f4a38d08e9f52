"""Writes down whom a Python process speaks to; on PYTHONPATH, each one imports this.

One line in the file CONNECTIONS_SEEN for each process that is watched, for each name
looked up and each address that is not a Unix socket, so that a test can tell that nothing
left the machine. It sees Python's own sockets; those that C++ opens, it does not.
"""

import os
import sys
from typing import Any

_EVENTS = ("socket.connect", "socket.sendto", "socket.getaddrinfo")


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _EVENTS:
        return
    address = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
    if event != "socket.getaddrinfo" and not isinstance(address, tuple):
        return  # the path of a Unix socket
    _write(f"{event} {address[0] if isinstance(address, tuple) else address}\n")


def _write(line: str) -> None:
    seen = os.open(os.environ["CONNECTIONS_SEEN"], os.O_WRONLY | os.O_APPEND)
    os.write(seen, line.encode())
    os.close(seen)


if "CONNECTIONS_SEEN" in os.environ:
    _write(f"watched {os.getpid()}\n")
    sys.addaudithook(_watch)
