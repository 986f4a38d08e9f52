"""What a contestant shows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of another file; ``why`` tells people."""

    path: str
    text: str
    why: str = ""
