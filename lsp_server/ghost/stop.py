"""Where an answer ends: asked after each piece, so that the engine stops in time."""

import re
from collections.abc import Sequence
from functools import lru_cache

from lsp_server.ghost.block import Line, is_below, lines_of
from lsp_server.ghost.lexical import PAIRS
from lsp_server.ghost.loops import loop_in_line, said_again
from lsp_server.ghost.place import Place, place_at
from lsp_server.ghost.shape import closes_block, goes_on, indentation
from retrieval.source import Cursor

_DEFINITION = re.compile(
    r"""\s*(?:@|\#\[|(?:async|export|default|public|private|protected|internal|static
    |abstract|def|class|function|func|fn|interface|enum|struct|namespace|template|trait
    |impl|pub|module|type|describe|it|test)\b|[\w:<>*&\s]+\([^;]*\)\s*\{?$)""",
    re.VERBOSE,
)
_OUTDENTED = re.compile(
    r"\s*(?:\#|(?:case|default|public|private|protected)\b|\w+\s*:(?!:))"
)
"""Preprocessor lines and labels stand where they like."""

_WORD = re.compile(r"\s*(?:\w+\s*\W|[^\w\s])")

_CHAINED = (".", "?", "->", "+", "&&", "||", ":", "{")


def decided(text: str, cursor: Cursor, most_lines: int) -> str | None:
    """Return the answer if no further token can change it, None to go on generating.

    With one line wanted, the answer is decided when the line is. Otherwise it ends

    - before the line that already stands below the cursor;
    - before lines that it has just said, and in a line that says the same for ever;
    - with the line that closes the block the cursor is in, or before that line, if the
      document has it already;
    - before a line that is less deep than where it began, and before the statement that
      follows the block which the cursor's own line opens;
    - at an empty line between two definitions: one is enough at a time;
    - after ``most_lines`` lines.
    """
    newline = text.find("\n")
    place = place_at(cursor, most_lines)
    if newline >= 0 and most_lines == 1:
        return text[:newline].removesuffix("\r")
    if newline < 0:
        looped = loop_in_line(text, place.before)
        return None if looped is None else text[:looped]
    looped = loop_in_line(text[text.rfind("\n") + 1 :])
    head, _, begun = text.replace("\r\n", "\n").rpartition("\n")
    word = _WORD.match(begun)
    kept = _kept(f"{head}\n{word[0] if word else ''}", place)
    if kept is not None:
        return "\n".join(text.split("\n")[:kept]).removesuffix("\r")
    if looped is not None:
        return text[: text.rfind("\n") + 1 + looped]
    return None


@lru_cache(maxsize=8)
def _kept(text: str, place: Place) -> int | None:
    """Return how many lines the answer has, None where that is still open.

    Of the line that is being said only the first word counts: so most tokens change
    nothing, and the last answers are remembered.
    """
    lines = text.split("\n")
    read = lines_of(text, place)
    base = _base(lines, place)
    deeper = False
    for number, line in enumerate(read):
        complete = number < len(read) - 1
        if complete and not place.code_follows and is_below(line, place):
            return number
        if number and line.text.strip() and not line.silent:
            told = not place.code_follows and (complete or _WORD.match(line.text))
            if told and _leaves(read, number, base, place, deeper):
                return number
            deeper = deeper or indentation(line.text) > base
        if complete:
            again = said_again(lines[: number + 1], place.before, place.lines_above)
            if again is not None:
                return again
            ends = _closes(read, number, place)
            if ends is not None:
                return ends
            if number + 1 == place.most_lines:
                return place.most_lines
    return None


def _base(lines: Sequence[str], place: Place) -> int:
    """Return the depth that the answer begins at."""
    if place.before.strip() or lines[0].strip():
        return indentation(place.before + lines[0])
    following = [line for line in lines if line.strip()]
    return indentation(following[0]) if following else indentation(place.before)


def _leaves(
    read: Sequence[Line], number: int, base: int, place: Place, deeper: bool
) -> bool:
    """Whether a line stands outside of the block that the answer is in, or opens."""
    line = read[number]
    depth = indentation(line.text)
    if line.opened or _stands_anywhere(line, depth, base, place):
        return False
    if depth < base:
        return True
    if not deeper or depth > base or goes_on(line.text):
        return False
    return bool(place.before.strip()) or _next_definition(read, number, base, place)


def _stands_anywhere(line: Line, depth: int, base: int, place: Place) -> bool:
    """Whether the line's depth says nothing: brackets, labels, arguments."""
    arguments = place.open and place.open[-1].sign != "{" and place.open[-1].own_line
    closes = depth >= base and closes_block(line.text, place.signs)
    if arguments or closes or line.text.lstrip()[0] in PAIRS:
        return True
    return place.signs.comment == "//" and _OUTDENTED.match(line.text) is not None


def _next_definition(
    read: Sequence[Line], number: int, base: int, place: Place
) -> bool:
    """Whether, after an empty line, another definition or part of a file begins."""
    if read[number - 1].text.strip():
        return False
    first = next(one.text for one in read if one.text.strip())
    lines = (place.before + first, read[number].text)
    return base == 0 or any(_DEFINITION.match(line) for line in lines)


def _closes(read: Sequence[Line], number: int, place: Place) -> int | None:
    """Return how many lines are kept if a complete line closes the cursor's block."""
    line = read[number]
    if not line.closed and not line.stray:
        return None
    goes_on_below = line.still_opened or (
        place.signs.name == "python" and line.text.rstrip().endswith(":")
    )
    if goes_on_below:
        return None
    block = place.signs.name != "python" and any(one.sign == "{" for one in line.closed)
    if number == 0 and not block and not line.stray:
        return None
    if (
        line.closed
        and line.closed[0].closed
        and number
        and line.text.lstrip()[0] in PAIRS
    ):
        return number
    if not block and not line.stray and place.signs.comment == "//":
        below = read[number + 1].text.lstrip()
        if not below or below.startswith(_CHAINED):
            return None  # or not yet: the next line may go on, ``).then(``
    return number + 1
