"""Where an answer ends: asked after each piece, so that the engine stops in time."""

from lsp_server.ghost.shape import indentation, is_closer, next_line
from retrieval.source import Cursor


def decided(text: str, cursor: Cursor, max_lines: int) -> str | None:
    """Return the answer if no further token can change it, None to go on generating.

    With code to the right of the cursor the answer is the rest of one line. Otherwise it
    ends before the line that already stands below the cursor, before a line that it has
    just said, where the block that it is in or opens ends, and after ``max_lines`` lines.
    """
    lines = text.split("\n")
    if not is_closer(cursor.after):
        return lines[0] if len(lines) > 1 else None
    below = next_line(cursor)
    base = indentation(cursor.before + lines[0])
    opened = False
    for number, line in enumerate(lines):
        complete = number < len(lines) - 1
        if number and line.strip():
            inside = indentation(line) > base
            leaves = indentation(line) < base or (opened and not inside)
            above = cursor.before + lines[0] if number == 1 else lines[number - 1]
            said_again = line.rstrip() == above.rstrip() and not is_closer(line)
            repeats = complete and (said_again or line.rstrip() == below)
            if repeats or (leaves and not is_closer(line.strip()[0])):
                return "\n".join(lines[:number])
            opened = opened or inside
        if complete and number + 1 == max_lines:
            return "\n".join(lines[:max_lines])
    return None
