"""What has just been said is not said again: lines above the cursor, or of the answer."""

from lsp_server.ghost.loops import loop_in_line, said_again
from lsp_server.ghost.place import Place


def apply(text: str, place: Place) -> str:
    lines = text.split("\n")
    for number in range(1, len(lines) + 1):
        again = said_again(lines[:number], place.before, place.lines_above)
        if again is not None:
            return "\n".join(lines[:again])
    head, newline, last = text.rpartition("\n")
    looped = loop_in_line(last, "" if newline else place.before)
    return text if looped is None else head + newline + last[:looped]
