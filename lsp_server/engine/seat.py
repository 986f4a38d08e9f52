"""Which process is the host of a choice of models: the one that holds its seat.

The seat is a lock on a file beside the socket, held until the process ends, however it
does. So there is never a second host, whatever became of the window that started the first,
and a socket belongs to whoever has the seat.
"""

import os
import sys
from pathlib import Path

if sys.platform != "win32":  # there, engines are elsewhere
    import fcntl


def seat_of(socket: Path) -> Path:
    """Return the file beside a socket that is its host's seat."""
    return socket.with_suffix(".seat")


def take_seat(socket: Path) -> bool:
    """Be the host behind ``socket`` until this process ends; False: another one is."""
    file = os.open(seat_of(socket), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return False
    os.ftruncate(file, 0)
    os.pwrite(file, b"%d" % os.getpid(), 0)
    return True  # and the file stays open


def holder(socket: Path) -> int | None:
    """Return the process that holds the seat, 0 if it has not said yet, None for nobody."""
    try:
        file = os.open(seat_of(socket), os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        said = os.pread(file, 20, 0)
        return int(said) if said.isdigit() else 0
    finally:
        os.close(file)
    return None
