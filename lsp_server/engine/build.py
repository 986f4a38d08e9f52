"""Which build of this program a process runs: an upgrade replaces an older engine host."""

from importlib.metadata import version
from pathlib import Path

import msgspec

_DISTRIBUTION = "codellama-lsp"
PROTOCOL = 1
"""Of the frames. Raised with each change that an older side would not understand."""


class Build(msgspec.Struct, frozen=True, order=True):
    """What can be compared: the newer is the greater.

    ``stamp`` is when the newest file of the engine was written, in nanoseconds: it tells
    two builds of one version apart, while somebody works on it.
    """

    version: tuple[int, ...]
    stamp: int
    protocol: int = PROTOCOL


def _own() -> Build:
    files = Path(__file__).parent.rglob("*.py")
    numbers = version(_DISTRIBUTION).split(".")
    return Build(
        version=tuple(int(part) for part in numbers if part.isdecimal()),
        stamp=max(file.stat().st_mtime_ns for file in files),
    )


BUILD = _own()
"""Of this process: that of the files when they were imported."""
