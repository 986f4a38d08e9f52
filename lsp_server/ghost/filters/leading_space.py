"""No stray space where the answer begins: behind ``(``, or behind a space.

Models of SentencePiece's kind like to begin with one. What is aligned stays: a comment
behind code, text in a string, and ``( a )`` where the document is written so.
"""

import re

from lsp_server.ghost.place import Place

_TIGHT = re.compile(r"[(\[.!~@]$|(?:::|\?\.)$")
_BEHIND_A_NAME = re.compile(r"[\w\]]->$")
_MEMBER = {
    "c": _BEHIND_A_NAME,
    "cpp": _BEHIND_A_NAME,
    "php": re.compile(r"->$"),
}
"""Where an arrow is member access; elsewhere a type or a body comes behind it."""

_SPACED = re.compile(r"[(\[] \S")
_ALIGNED = ("\\", "/*", "=")
_ENOUGH = 2


def apply(text: str, place: Place) -> str:
    before, bare = place.before, text.lstrip(" ")
    if bare is text or text == bare or not before.strip() or place.in_string:
        return text
    if before[-1] in " \t":
        if place.in_comment:
            return bare if text[:2].strip() else text
        return text if bare.startswith((place.signs.comment, *_ALIGNED)) else bare
    if place.in_comment or not _is_tight(place):
        return text
    lines = (*place.lines_above, *place.lines_below)
    written = sum(_SPACED.search(line) is not None for line in lines)
    return text if before[-1] in "([" and written >= _ENOUGH else bare


def _is_tight(place: Place) -> bool:
    """Whether nobody writes a space behind what stands before the cursor."""
    if place.before.endswith("->"):
        member = _MEMBER.get(place.signs.name)
        return member is not None and member.search(place.before) is not None
    return _TIGHT.search(place.before) is not None
