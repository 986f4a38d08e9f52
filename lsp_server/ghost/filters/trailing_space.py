"""No white space at the end of the answer, nor at the end of its lines.

But where code follows on the line, the space before it is a part of the answer: ``and ‸x``.
"""

from lsp_server.ghost.shape import is_closer
from retrieval.source import Cursor


def apply(text: str, cursor: Cursor) -> str:
    bare = "\n".join(line.rstrip() for line in text.rstrip().split("\n"))
    follows = cursor.after[:1]
    if not bare or is_closer(follows):
        return bare
    last = text.rpartition("\n")[2]
    return bare + last[len(last.rstrip()) :] if last.strip() else bare
