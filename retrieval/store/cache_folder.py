"""A folder for each repository's store: its name, its locks, for its user alone."""

import fcntl
import hashlib
import os
import re
from pathlib import Path
from typing import IO

_NETWORK = ("nfs", "cifs", "smb", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs")


def folder_name(root: Path) -> str:
    """Return the folder's name: readable, and another for each real path."""
    real = os.fsencode(os.path.realpath(root))
    readable = re.sub(r"[^A-Za-z0-9._-]+", "_", root.name).strip(".")[:40]
    return f"{readable or 'root'}-{hashlib.sha256(real).hexdigest()[:16]}"


def private_folder(folder: Path) -> None:
    """Make ``folder`` for its user alone; raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def stamp(folder: Path, root: Path) -> None:
    """Note whose folder this is, and that it is used now."""
    file = folder / "root"
    named = os.fsencode(os.path.realpath(root))
    with open(file, "wb", opener=_private) as opened:  # its opener
        opened.write(named)


def locked(file: Path, how: int) -> IO[bytes]:
    """Return the lock file, locked; raises BlockingIOError with LOCK_NB, or OSError.

    A folder may be removed while one waits: then its lock is made and taken again.
    """
    while True:
        opened = open(file, "ab", opener=_private)  # noqa: SIM115 # it stays open
        try:
            fcntl.flock(opened, how)
            if os.fstat(opened.fileno()).st_ino == inode(file):
                return opened
        except BaseException:
            opened.close()
            raise
        opened.close()
        file.parent.mkdir(mode=0o700, exist_ok=True)


def on_network(path: Path, mounts: str) -> bool:
    """Return whether ``path`` lies on a network's file system, by the text of /proc/mounts.

    WAL needs memory that all processes share, which is only there on one machine.
    """
    real = os.path.realpath(path)
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:  # noqa: PLR2004 # device, mount point, type
            continue
        mount = fields[1].replace("\\040", " ")
        inside = real == mount or real.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best):
            best, kind = mount, fields[2]
    return kind.startswith(_NETWORK)


def mounted() -> str:
    """Return the text of /proc/mounts, "" where there is none."""
    try:
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def inode(file: Path) -> int:
    """Return the file's inode, 0 where there is none that can be seen."""
    try:
        return file.stat().st_ino
    except OSError:
        return 0


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
