"""The lines of an answer, and what each does to the brackets around it."""

import re
from dataclasses import dataclass

from lsp_server.ghost.brackets import Open
from lsp_server.ghost.lexical import OPENERS, PAIRS
from lsp_server.ghost.place import Place
from lsp_server.ghost.shape import is_closer

_LETTER = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of an answer; ``whole`` is it with what stands before it. ``opened`` are its own brackets that are open where it begins.

    ``closed`` are those of the document that it closes, and ``stray`` says that it closes
    what nothing opened; ``silent``: it begins within a string or a comment of many lines.
    """

    text: str
    whole: str
    silent: bool
    opened: int
    still_opened: int
    closed: tuple[Open, ...]
    stray: bool


def lines_of(text: str, place: Place) -> list[Line]:
    """Return the answer's lines with their brackets; ``text`` has LF only."""
    seen = place.see(text)
    marks = iter((at, sign) for at, sign in seen.marks if at >= len(place.before))
    mark = next(marks, None)
    outer, own = list(place.open), list[str]()
    lines, end = [], len(place.before)
    for number, line in enumerate(text.split("\n")):
        start, end = end, end + len(line) + 1
        opened, closed, stray = len(own), list[Open](), False
        while mark is not None and mark[0] < end:
            sign = mark[1]
            if sign in OPENERS:
                own.append(sign)
            elif own:
                if own[-1] == PAIRS[sign]:
                    own.pop()
            elif outer and outer[-1].sign == PAIRS[sign]:
                closed.append(outer.pop())
            else:
                stray = place.signs.name != "bash"
            mark = next(marks, None)
        lines.append(
            Line(
                text=line,
                whole=line if number else place.before + line,
                silent=number > 0 and seen.silent(start) is not None,
                opened=opened,
                still_opened=len(own),
                closed=tuple(closed),
                stray=stray,
            )
        )
    return lines


def is_below(line: Line, place: Place) -> bool:
    """Whether the line is the one that already stands below the cursor.

    Not where it only closes what the answer itself has opened, or opens within that, nor
    if it says nothing.
    """
    whole = line.whole.rstrip()
    if whole != place.below or line.silent or not line.text.strip():
        return False
    if is_closer(whole.strip()) or whole.strip() == "{":
        return not line.opened
    return _LETTER.search(whole) is not None
