"""What is shown of an answer holds still while it is typed.

The filters judge a place, and each key makes another one: asked anew they would show more
lines now and fewer then. So what was shown of an answer first is what its rest is the rest
of, as long as the same stands behind it. Brackets that an editor closes by itself, that
Enter takes down, and that are typed over are for the filters again: ``if (‸)`` has room
for a condition, and its block is back behind the bracket.
"""

from lsp_server.ghost.filters import shown
from lsp_server.ghost.memory import Answer, Recalled
from lsp_server.ghost.reuse import behind
from retrieval.source import Cursor


def still_shown(known: Recalled, cursor: Cursor, most_lines: int) -> str:
    """Return what to show of a known answer, "" for nothing, and take note of it."""
    answer, typed = known.answer, known.typed
    if typed:
        rest = _rest(answer.shown.get(behind(cursor), ""), typed)
        if rest:
            return rest
        rest = _rest(next(iter(answer.shown.values()), ""), typed)
        if rest:
            most_lines = min(most_lines, rest.count("\n") + 1)
    text = shown(known.rest, cursor, most_lines)
    if text:
        take_note(answer, cursor, typed + text)
    return text


def take_note(answer: Answer, cursor: Cursor, text: str) -> None:
    """Remember that ``text``, from the answer's own place on, was shown at ``cursor``."""
    answer.shown[behind(cursor)] = text


def _rest(text: str, typed: str) -> str:
    """Return what is left of what was shown, "" if nothing is that can be seen."""
    rest = text.removeprefix(typed)
    return rest if rest != text and rest.strip() else ""
