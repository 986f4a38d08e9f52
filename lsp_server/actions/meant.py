"""Which lines the user means: what is selected, or what is wrong, and how many."""

from lsp_server.actions.refused import ActionRefused, TooMuch
from lsp_server.actions.situation import Finding, Situation, last_line
from lsp_server.actions.statements import Span
from retrieval.source import Document

MOST_LINES = 500
"""That are written anew at once."""
MOST_FIXED_LINES = 200
"""Around a diagnostic."""
_MOST_CHARACTERS = 60_000


def selection(situation: Situation) -> Span | None:
    """Return the lines that are selected, without blank ones at the edges."""
    if not situation.selected:
        return None
    lines = situation.document.lines
    first, last = situation.start[0], last_line(situation.start, situation.end)
    while first <= last and not lines[first].strip():
        first += 1
    while last > first and not lines[last].strip():
        last -= 1
    if first > last:
        raise ActionRefused("The selection is blank: select some code.")
    return first, last


def lines_of_findings(situation: Situation) -> Span:
    """Return the lines that findings are about; raises ActionRefused."""
    if not situation.findings:
        raise ActionRefused("There is no diagnostic here to fix.")
    count = len(situation.document.lines)
    inside = [one for one in situation.findings if 0 <= one.start[0] < count]
    if not inside:
        line = situation.findings[0].start[0] + 1
        raise ActionRefused(
            f"The diagnostic is about line {line:,}, and there are {count:,}: it is older "
            "than the text."
        )
    first = min(one.start[0] for one in inside)
    last = min(max(map(_last_line, inside)), count - 1, first + MOST_FIXED_LINES // 2)
    while last > first and not situation.document.lines[last].strip():
        last -= 1
    return first, last


def few(lines: Span) -> None:
    """Raise TooMuch where a model cannot write so many lines."""
    count = lines[1] - lines[0] + 1
    if count > MOST_LINES:
        raise TooMuch(
            f"{count:,} lines are more than the model can write anew: select "
            f"{MOST_LINES} at most."
        )


def rewritable(document: Document, lines: Span) -> None:
    """Raise TooMuch where lines are too many, or too long, to be written anew."""
    few(lines)
    characters = sum(map(len, document.lines[lines[0] : lines[1] + 1]))
    if characters > _MOST_CHARACTERS:
        raise TooMuch(
            f"These lines have {characters:,} characters, more than the model can write "
            "anew."
        )


def _last_line(one: Finding) -> int:
    """Return the last line that a finding is about: its end is not part of it."""
    (first, _), (last, column) = one.start, one.end
    return max(first, last - (column == 0))
