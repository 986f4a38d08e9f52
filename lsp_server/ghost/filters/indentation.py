"""Indentation as the document has it: its tabs or spaces, and as many.

The first line does not bring again what stands to the left of the cursor. Lines within
strings and comments of many lines are let alone.
"""

import re
from collections.abc import Sequence

from lsp_server.ghost.block import Line, lines_of
from lsp_server.ghost.place import Place
from lsp_server.ghost.shape import indentation, opens_block
from lsp_server.ghost.style import Style, style_of

_LEADS = " \t"
_DEFAULT_STEP = 4
_GOES_ON_ABOVE = re.compile(r"[\\,=+\-*/&|(\[.?<>]$|\b(?:and|or|return|in)$")
_GOES_ON = re.compile(r"[.?:&|+\-*/<>=)\]]|(?:and|or)\b")


def apply(text: str, place: Place) -> str:
    if place.inside is not None or ("\n" not in text and text[0] not in _LEADS):
        return text
    style = style_of(place)
    text = _first_line(text, place, style)
    if "\n" not in text or style.tabs is None:
        return text
    read = lines_of(text, place)
    step = _step(read, place)
    base = indentation(read[0].whole if read[0].text.strip() else place.before)
    scaled = style.step and step not in {0, style.step} and base % style.step == 0
    lines = [read[0].text]
    for line in read[1:]:
        bare = line.text.lstrip(_LEADS)
        lead = line.text[: len(line.text) - len(bare)]
        if line.silent or not bare or not lead:
            lines.append(line.text)
            continue
        columns = indentation(line.text)
        if scaled and columns > base:
            levels, rest = divmod(columns - base, step)
            if not rest:
                lines.append(style.written(base + levels * style.step) + bare)
                continue
        foreign = "\t" not in lead if style.tabs else "\t" in lead
        lines.append(style.written(columns) + bare if foreign else line.text)
    return "\n".join(lines)


def _first_line(text: str, place: Place, style: Style) -> str:
    """Take away what makes the first line deeper than it can be, and the others with it."""
    if place.before.strip() or place.above is None:
        return text
    if place.open and (place.open[-1].sign != "{" or place.signs.name == "python"):
        return text
    first, *others = text.split("\n")
    bare = first.lstrip(_LEADS)
    step = style.step or _DEFAULT_STEP
    stands = indentation(place.before)
    lead = indentation(place.before + first) - stands
    if (
        not bare
        or not lead
        or _GOES_ON.match(bare)
        or _GOES_ON_ABOVE.search(place.above)
    ):
        return text
    deepest = indentation(place.above)
    if opens_block(place.above, place.signs):
        deepest += step
    room = max(deepest - stands, 0)
    if lead <= room or lead not in {1, stands}:
        return text
    stray = lead - room
    deep = [indentation(line) for line in others if line.strip()]
    if deep and min(deep) >= stands + lead:
        others = [
            style.written(max(indentation(line) - stray, 0)) + line.lstrip(_LEADS)
            for line in others
        ]
    return "\n".join((style.written(room) + bare, *others))


def _step(read: Sequence[Line], place: Place) -> int:
    """Return the columns by which the answer indents a block, 0 where it does not tell."""
    steps = set[int]()
    above = ""
    for line in read:
        if line.silent or not line.text.strip():
            continue
        if above and opens_block(above, place.signs):
            steps.add(indentation(line.whole) - indentation(above))
        above = line.whole
    step = steps.pop() if len(steps) == 1 else 0
    return max(step, 0)
