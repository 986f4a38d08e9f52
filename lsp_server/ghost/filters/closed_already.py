"""Brackets that the document closes already are not closed again, nor what nothing opened.

An editor adds ``)`` when ``(`` is typed, and the model closes it once more, and may go on
with what would come behind it; or it says the ``}`` that stands some lines below. But it
may also close a bracket to open another, ``f(‸)`` to ``f(a) + g(b)``, in the same line: of
all the ways to end the answer the one that parses best is taken, then one whose brackets
match.
"""

from collections.abc import Sequence

from lsp_server.ghost.lexical import OPENERS, PAIRS
from lsp_server.ghost.place import Place

_MOST = 4


def apply(text: str, place: Place) -> str:
    if place.inside is not None and place.after[:1] in PAIRS:
        return _in_quotes(text, place)
    ends, balanced = _ends(text, place)
    if balanced or not ends:
        return text
    return place.best([_cut(text, at, place) for at in reversed(ends[:_MOST])])


def _ends(text: str, place: Place) -> tuple[list[int], bool]:
    """Return before which brackets the text could end, and whether it need not.

    Whatever it closes and opens, what the document closes must be open behind it; where
    that is to the right of the cursor, at the end of each of its lines.
    """
    offset, ends = len(place.before), list[int]()
    beside = place.after.lstrip()[:1] in PAIRS
    before = offset
    stack = [one.sign for one in place.open]
    needed = [one.sign for one in place.open if one.closed]
    lenient = place.signs.name == "bash"  # ``case x in a)``
    for at, sign in place.see(text).marks:
        if at < offset:
            continue
        ended = "\n" in text[before - offset : at - offset]
        if beside and ended and not _within(needed, stack):
            return ends, False
        before = at
        if sign in OPENERS:
            stack.append(sign)
            continue
        matches = bool(stack) and stack[-1] == PAIRS[sign]
        if not matches and (lenient or not (stack or place.knows_all_brackets)):
            continue
        fits = _within(needed, stack)
        left = stack[:-1] if matches else stack
        if fits and not (matches and _within(needed, left)):
            ends.append(at - offset)
        if not matches:
            return ends, False
        stack = left
    return ends, _within(needed, stack)


def _in_quotes(text: str, place: Place) -> str:
    """Cut a string or comment before the bracket to the right: ``"$(‸)"``, prose too."""
    close = place.after[0]
    opening = PAIRS[close]
    depth = 0
    if place.before.count(opening) <= place.before.count(close):
        return text
    for at, sign in enumerate(text):
        depth += (sign == opening) - (sign == close)
        if depth < 0:
            return text[:at]
    return text


def _within(needed: Sequence[str], stack: Sequence[str]) -> bool:
    """Whether the brackets that are needed are open, in this order."""
    rest = iter(stack)
    return all(sign in rest for sign in needed)


def _cut(text: str, at: int, place: Place) -> str:
    """Return what stands before a bracket; one on a line of its own takes the line along.

    Unless it is the one to the right of the cursor: that stays on its line.
    """
    head, newline, indent = text[:at].rpartition("\n")
    if newline and not indent.strip() and not place.after.startswith(text[at]):
        return head
    return text[:at]
