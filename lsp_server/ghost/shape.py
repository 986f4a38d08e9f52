"""What can be seen of code without parsing it: how deep a line stands, what only closes."""

import re

from lsp_server.ghost.lexical import Signs
from retrieval.source import CLOSERS, Cursor, without_end

_TAB_COLUMNS = 4
_KEYWORD_OPENS = {
    "bash": re.compile(r"(?:\b(?:then|do|else|in)|\{|\()\s*$"),
    "ruby": re.compile(
        r"^\s*(?:def|class|module|if|unless|while|until|case|begin|else|elsif|rescue"
        r"|ensure|when)\b|\bdo\s*(?:\|[^|]*\|)?\s*$|\{\s*(?:\|[^|]*\|)?\s*$"
    ),
    "lua": re.compile(r"(?:\b(?:then|do|else|repeat)|\bfunction\b.*\))\s*$"),
    "python": re.compile(r":\s*$"),
}
_KEYWORD_CLOSES = {
    "bash": re.compile(r"\s*(?:fi|done|esac|;;)\b|\s*;;"),
    "ruby": re.compile(r"\s*end\b"),
    "lua": re.compile(r"\s*(?:end|until)\b"),
}
_GOES_ON = re.compile(
    r"\s*(?:\}\s*)?(?:elif|else|elsif|except|finally|catch|rescue|ensure|when|case"
    r"|default)\b"
)


def indentation(line: str) -> int:
    """Return the columns of white space that the line begins with."""
    leading = line[: len(line) - len(line.lstrip(" \t"))]
    return len(leading.expandtabs(_TAB_COLUMNS))


def is_closer(text: str) -> bool:
    """Whether the text only closes what is open: brackets and quotes an editor adds."""
    return CLOSERS.issuperset(text)


def opens_block(line: str, signs: Signs) -> bool:
    """Whether the lines that belong into a block follow the line."""
    comments = [start for start, _, kind in signs.see(line).quiet if kind == "comment"]
    bare = line[: comments[0]] if comments else line
    pattern = _KEYWORD_OPENS.get(signs.name)
    if pattern is not None:
        return pattern.search(bare) is not None
    return bare.rstrip().endswith(("{", "=>")) or (
        signs.comment == "#" and bare.rstrip().endswith(":")
    )


def closes_block(line: str, signs: Signs) -> bool:
    """Whether the line begins with what closes a block: a bracket or a keyword."""
    pattern = _KEYWORD_CLOSES.get(signs.name)
    if pattern is not None and pattern.match(line):
        return True
    return line.lstrip()[:1] in tuple(")]}")


def goes_on(line: str) -> bool:
    """Whether the line is another branch of the statement above: ``else``, ``catch``."""
    return _GOES_ON.match(line) is not None


def next_line(cursor: Cursor) -> str | None:
    """Return the first line below the cursor that is not blank, without its end."""
    for line in cursor.document.lines[cursor.line + 1 :]:
        if line.strip():
            return without_end(line).rstrip()
    return None
