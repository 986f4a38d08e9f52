"""No answer that is, or completes, what looks like a key or a password.

A model has seen keys that someone published, and makes up others: neither helps.
"""

from lsp_server.ghost.place import Place
from retrieval.files.secrets import masked


def apply(text: str, place: Place) -> str:
    line = f"{place.before}{text}{place.after}"
    hidden = masked(line)
    if hidden == line:
        return text
    first, last = len(place.before), len(place.before) + len(text)
    start, end = _changed(line, hidden)
    if masked(f"{place.before}{place.after}") != f"{place.before}{place.after}":
        inside = masked(text) != text or start >= first
        return "" if inside or _joins(place) else text
    return "" if start < last and end > first else text


def _changed(line: str, hidden: str) -> tuple[int, int]:
    """Return from where to where the line differs from its masked form."""
    shorter = min(len(line), len(hidden))
    start = next((i for i in range(shorter) if line[i] != hidden[i]), shorter)
    tail = next(
        (i for i in range(shorter - start) if line[-1 - i] != hidden[-1 - i]),
        shorter - start,
    )
    return start, len(line) - tail


def _joins(place: Place) -> bool:
    """Whether the answer continues a value that is a secret already."""
    return place.in_string and masked(place.before) != place.before
