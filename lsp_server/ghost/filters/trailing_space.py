"""No white space at the end of the answer, nor at the end of its lines.

But what follows on the line needs it: the space before code, ``and ‸x``, and the line end
before a bracket that the answer has gone around, ``{‸}``.
"""

from lsp_server.ghost.place import Place
from lsp_server.ghost.shape import is_closer


def apply(text: str, place: Place) -> str:
    *whole, last = text.split("\n")
    lines = [line.rstrip() for line in whole]
    bare = "\n".join((*lines, last)).rstrip()
    if not bare:
        return ""
    if place.code_follows:
        tight = last.strip() and is_closer(place.after[0])
        return "\n".join((*lines, last.rstrip() if tight else last))
    if not last.strip() and whole and place.after[:1] in tuple(")]}"):
        return f"{bare}\n{last}"
    return bare
