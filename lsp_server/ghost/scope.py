"""Whether a cursor that looks as if it came back to a place did.

Somebody who types along an answer says that it holds. Somebody who only comes to a line
that reads the same says nothing: it may be another function's, or in this one something
may have been given another name.
"""

import re

from lsp_server.ghost.shape import indentation
from retrieval.source import Cursor, without_end

_MOST_LINES = 150
"""Above the cursor are looked at: longer functions may change at their far end."""

_DEFINITION = re.compile(
    r"""\s*+(?:(?:async|export|default|public|private|protected|internal|static|abstract
    |override|virtual|inline|pub|def|class|function|func|fn|interface|enum|struct
    |namespace|trait|impl|module)\b
    |(?!(?:if|else|for|foreach|while|until|switch|catch|using|lock|return|new|match)\b)
    [\w:<>\[\],*&~\ ]+\([^;]*\)\s*(?:const|override|noexcept)?\s*\{?$)""",
    re.VERBOSE,
)


def came_back(earlier: Cursor, now: Cursor) -> bool:
    """Whether ``now`` is the very place ``earlier``, and means the same.

    The lines above must be the same up to the definition around; at the top level there
    is none. With edits on one side only the place is as far from the other end as it was;
    with edits on both sides nobody knows, and the answer is no.
    """
    old, new = earlier.document.lines, now.document.lines
    if old is new:
        return earlier.line == now.line
    from_top = earlier.line == now.line
    from_end = len(old) - earlier.line == len(new) - now.line
    return (from_top or from_end) and _scope(earlier) == _scope(now)


def _scope(cursor: Cursor) -> tuple[str, ...]:
    """Return the lines above that are not blank, up to the definition around."""
    lines, found = cursor.document.lines, list[str]()
    depth = indentation(lines[cursor.line])
    for row in range(cursor.line - 1, max(-1, cursor.line - 1 - _MOST_LINES), -1):
        if not depth:
            break
        line = without_end(lines[row])
        if not line.strip():
            continue
        found.append(line)
        if indentation(line) < depth and any(map(str.isalnum, line)):
            depth = 0 if _DEFINITION.match(line) else indentation(line)
    return tuple(found)
