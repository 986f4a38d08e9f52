"""What stands around lines: definitions, and how much of it is shown."""

from collections.abc import Sequence

from lsp_server.actions.refused import ActionRefused
from lsp_server.actions.situation import Situation
from lsp_server.actions.statements import Span
from retrieval.outline import FUNCTIONS_AND_CLASSES, Definition, Kind
from retrieval.source import Document

_SHOWN_LINES = 300
"""What encloses a place is shown as a whole up to here."""
_NEAR_LINES = 20


def enclosing(
    situation: Situation, lines: Span, kinds: frozenset[Kind]
) -> list[Definition]:
    """Return the definitions around lines, the outermost first."""
    return [
        one
        for one in situation.scopes
        if one.kind in kinds and one.first <= lines[0] and lines[1] <= one.last
    ]


def innermost(
    scopes: Sequence[Definition], kinds: frozenset[Kind]
) -> Definition | None:
    """Return the last of ``scopes`` that is one of ``kinds``."""
    return next((one for one in reversed(scopes) if one.kind in kinds), None)


def defined(situation: Situation) -> Definition:
    """Return the innermost definition; raises ActionRefused where there is none."""
    one = innermost(situation.scopes, FUNCTIONS_AND_CLASSES)
    if one is None:
        raise ActionRefused("Put the cursor into a function, a method or a class.")
    return one


def length(one: Definition) -> int:
    return one.last - one.first + 1


def place(document: Document, lines: Span, around: Sequence[Definition]) -> Span:
    """Return what is shown around lines: the largest definition that is not too long."""
    for one in around:
        if length(one) <= _SHOWN_LINES:
            return min(one.first, lines[0]), max(one.last, lines[1])
    return near(document, lines)


def near(document: Document, lines: Span) -> Span:
    """Return lines with some more, above and below."""
    last = len(document.lines) - 1
    return max(0, lines[0] - _NEAR_LINES), min(last, lines[1] + _NEAR_LINES)
