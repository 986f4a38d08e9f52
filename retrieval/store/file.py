"""How a file came out when it was read: light, as each worker imports it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as it was read last. ``key`` names its content; None: skipped, or gone."""

    path: str
    size: int
    mtime_ns: int
    key: bytes | None = None
    reason: str = ""
    detail: str = ""
