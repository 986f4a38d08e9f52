"""A comment that says nothing, or that it is still to be done, is nothing to show.

But not to someone who is writing a comment.
"""

import re

from lsp_server.ghost.place import Place

_EMPTY = re.compile(
    r"""(?:\#+|//+|--+|;+|/\*+(?=.*\*/)|\*+/?|<!--|%+|\"\"\"|''')?\s*
    (?:(?:TODO|FIXME|XXX|HACK)\b.*|(?:add|write|insert|put|enter)?\s*your\ (?:code|solution|implementation)\b.*
    |\.\.\.|end\ of\ (?:file|code)\b.*)?\s*(?:\*/|-->)?""",
    re.VERBOSE | re.IGNORECASE,
)


def apply(text: str, place: Place) -> str:
    if place.inside is not None:
        return text
    sign = place.signs.comment
    if not text.lstrip().startswith((sign, "//", "#", "/*")):
        return text
    said = all(_EMPTY.fullmatch(line.strip()) for line in text.split("\n"))
    return "" if said else text
