"""What can be seen of code without parsing it: how deep a line stands, what only closes."""

from retrieval.source import Cursor, without_end

_TAB_COLUMNS = 4
_CLOSERS = frozenset(")]}>\"'`,;: \t")


def indentation(line: str) -> int:
    """Return the columns of white space that the line begins with."""
    leading = line[: len(line) - len(line.lstrip(" \t"))]
    return len(leading.expandtabs(_TAB_COLUMNS))


def is_closer(text: str) -> bool:
    """Whether the text only closes what is open: brackets and quotes an editor adds."""
    return _CLOSERS.issuperset(text)


def next_line(cursor: Cursor) -> str | None:
    """Return the first line below the cursor that is not blank, without its end."""
    for line in cursor.document.lines[cursor.line + 1 :]:
        if line.strip():
            return without_end(line).rstrip()
    return None
