"""Summaries as small files, by what they are of: for this user alone, the oldest go first."""

import contextlib
import hashlib
import os
from pathlib import Path

import msgspec

_MOST = 2_000
_FEWER = 1_800
"""Left when there were too many: so they are not counted and sorted each time."""


class Summary(msgspec.Struct, frozen=True):
    """``text`` is what ``model`` wrote."""

    text: str
    model: str


_decode = msgspec.json.Decoder(Summary).decode


def key_of(text: str, model: str) -> str:
    """Return the name of what ``model`` says of a definition's ``text``."""
    said = f"{model}\0{text}".encode("utf-8", "replace")
    return hashlib.blake2b(said, digest_size=20).hexdigest()


class Kept:
    """A folder of them; all methods block, and none raises: what cannot be kept is lost."""

    def __init__(self, folder: Path, most: int = _MOST) -> None:
        self._folder = folder
        self._most = most
        self._count: int | None = None

    def get(self, key: str) -> Summary | None:
        """Return what is kept; what is used stays longer."""
        file = self._folder / key
        try:
            found = _decode(file.read_bytes())
            os.utime(file)
        except (OSError, msgspec.MsgspecError):
            return None
        return found

    def put(self, key: str, summary: Summary) -> None:
        beside = self._folder / f".{key}.{os.getpid()}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(beside, "wb", opener=_private) as file:
                file.write(msgspec.json.encode(summary))
            beside.replace(self._folder / key)
            self._tidy()
        except OSError:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)

    def remove(self, key: str) -> None:
        with contextlib.suppress(OSError):
            (self._folder / key).unlink(missing_ok=True)

    def clear(self) -> int:
        """Remove all; returns how many there were."""
        with contextlib.suppress(OSError):
            files = [*self._folder.iterdir()]
            for file in files:
                file.unlink(missing_ok=True)
            return len(files)
        return 0

    def _tidy(self) -> None:
        """Remove those that were used least lately, where there are too many."""
        if self._count is not None and self._count < self._most:
            self._count += 1
            return
        files = [(file.stat().st_mtime_ns, file) for file in self._folder.iterdir()]
        if len(files) > self._most:
            files.sort(key=lambda one: one[0])
            fewer = min(self._most, _FEWER * self._most // _MOST)
            for _, file in files[: len(files) - fewer]:
                file.unlink(missing_ok=True)
        self._count = min(len(files), self._most)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
