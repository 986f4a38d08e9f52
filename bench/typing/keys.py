"""Keys, and what they do to a document; and what of a text decides which keys they are."""

import random
from dataclasses import dataclass
from enum import StrEnum

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


class Key(StrEnum):
    """What was pressed."""

    TYPED = "typed"
    OVER = "typed over"  # a closing sign that the editor had put there
    ENTER = "enter"
    TAB = "tab"
    BACKSPACE = "backspace"
    DELETE = "delete"
    PAST = "moved past"  # to behind a closing sign on the next line; changes nothing
    JUMP = "jump"  # a click elsewhere; changes nothing
    WHOLE = "accepted"
    LINE = "accepted line"
    WORD = "accepted word"


ACCEPTING = frozenset({Key.WHOLE, Key.LINE, Key.WORD})
MOVING = frozenset({Key.PAST, Key.JUMP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One key: after ``wait_ms``, ``old_end - start`` characters from ``start`` become ``new``.

    Offsets are of the document before it; ``cursor`` is where it leaves the cursor.
    ``closing`` is the end of ``new``, which the editor put after the cursor by itself.
    """

    key: Key
    wait_ms: float
    start: int
    end: int
    new: str
    cursor: int
    closing: str = ""

    @property
    def typed(self) -> str:
        """What stands before the cursor now."""
        return self.new[: len(self.new) - len(self.closing)]


def common(first: str, second: str) -> int:
    """Return how many characters two texts have in common at their beginnings."""
    for at, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other:
            return at
    return min(len(first), len(second))


def wordy(character: str) -> bool:
    return character.isalnum() or character == "_"


def indentation_unit(text: str) -> str:
    """Return what one level of indentation is: the shortest there is."""
    indents = {
        line[: len(line) - len(line.lstrip())]
        for line in text.split("\n")
        if line.strip()
    } - {"", " "}
    return min(indents, key=len, default="    ")


def neighbour(letter: str, draw: random.Random) -> str:
    """Return a letter beside it on the keyboard."""
    for row in _ROWS:
        at = row.find(letter.lower())
        if at >= 0:
            near = row[max(0, at - 1) : at] + row[at + 1 : at + 2]
            found = draw.choice(near)
            return found.upper() if letter.isupper() else found
    return "x" if letter != "x" else "z"
