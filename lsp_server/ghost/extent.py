"""How much is offered at a cursor: the rest of a line, or a block."""

import re
from enum import StrEnum

from lsp_server.ghost.place import Place, place_at
from lsp_server.ghost.shape import opens_block
from retrieval.source import Cursor


class Lines(StrEnum):
    """The setting: whether an answer may have several lines."""

    AUTO = "auto"
    LINE = "line"
    BLOCK = "block"


_HEADER = re.compile(
    r"""\s*(?:(?:export|default|public|private|protected|internal|static|abstract|final
    |async|override|virtual|inline|pub(?:\(\w+\))?|unsafe|extern|constexpr|partial|sealed
    )\s+)*(?:def|class|function|func|fn|interface|enum|struct|namespace|trait|impl|module
    |if|elif|else|for|foreach|while|until|switch|match|try|with|case|select|do)\b""",
    re.VERBOSE,
)

_SIGNATURE = re.compile(
    r"""\s*(?!(?:return|new|throw|await|yield|delete|else|case|goto)\b)
    [\w:<>\[\],*&~\ ]+\s[*&]*[\w:~]+\([^=;]*\)\s*(?:const|override|noexcept)?\s*$""",
    re.VERBOSE,
)
"""``int f()``: a type and a name; the block opens on the next line."""


def most_lines(cursor: Cursor, lines: Lines, max_lines: int) -> int:
    """Return the most lines that are wanted: 1, the rest of this one, or ``max_lines``.

    AUTO offers one line where what is typed has its place in a line already:

    - code stands to the right of the cursor (not only what editors close by themselves);
    - in a comment, and in a string, docstrings and templates included: prose runs on;
    - between round or square brackets: an argument, an element. A function's body among
      the arguments is a block again, and so is an object or dictionary;
    - at the end of a line that says something and opens no block.

    It offers a block where a line of code begins (an empty line: after a comment it is
    what the comment asks for, in an empty body it is the body), behind what opens a block
    at the end of a line, ``{`` and its like or ``:`` in Python, ``then`` and ``do`` in the
    shell, and in a header that is being typed, ``def fib‸``: header and body are one
    thought.

    Brackets, strings and comments are found by their signs, not in a tree: the line that
    is being typed is the one that a parser reads worst.
    """
    if lines is not Lines.AUTO:
        return most_anywhere(lines, max_lines)
    return max_lines if _block(place_at(cursor, max_lines)) else 1


def most_anywhere(lines: Lines, max_lines: int) -> int:
    """Return the most lines that may be shown at any place, whatever is wanted at it.

    The rest of a block is a block also where one would not begin.
    """
    return 1 if lines is Lines.LINE else max_lines


def _block(place: Place) -> bool:
    if place.code_follows or place.inside is not None:
        return False
    innermost = place.open[-1].sign if place.open else ""
    if innermost in {"(", "["}:
        return False
    if not place.before.strip() or opens_block(place.before, place.signs):
        return True
    if place.signs.comment == "//" and _SIGNATURE.match(place.before):
        return True
    return _HEADER.match(place.before) is not None
