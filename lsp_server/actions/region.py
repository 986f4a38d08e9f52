"""Which lines an answer may replace, fixed before the model is asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from lsp_server.actions.catalogue import Name
from lsp_server.actions.comment_lines import comment_at
from lsp_server.actions.enclosing import (
    defined,
    enclosing,
    innermost,
    length,
    near,
    place,
)
from lsp_server.actions.meant import (
    MOST_FIXED_LINES,
    MOST_LINES,
    few,
    lines_of_findings,
    rewritable,
    selection,
)
from lsp_server.actions.refused import ActionRefused, TooMuch
from lsp_server.actions.situation import Situation
from lsp_server.actions.statements import Span, grown
from retrieval.outline import FUNCTIONS, FUNCTIONS_AND_CLASSES, Definition
from retrieval.source import Document, without_end

_MOST_EXPLAINED_LINES = 10_000
"""Some 100,000 tokens."""
_BESIDE_LINES = 12
"""Above and below a diagnostic that no definition is around."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Whole lines ``first`` to ``last`` may be replaced, both included.

    With ``insert`` none is: new lines go before ``first``, which may be one more than the
    document has. ``indent`` is the white space that the text begins with. The model sees the
    lines ``shown_first`` to ``shown_last`` of the document as the place. ``line_end`` is
    that of the document's first line: a new file gets it, too.
    """

    first: int
    last: int
    insert: bool
    indent: str
    shown_first: int
    shown_last: int
    line_end: str = "\n"


def region_for(name: Name, situation: Situation) -> Region:
    """Return what the action may change; raises ActionRefused in words for the user.

    For a fix the situation's findings are those to be fixed. For tests nothing of this
    document is changed: the region is what is shown, the tests are a document of their own.
    """
    lines = situation.document.lines
    scopes = tuple(one for one in situation.scopes if one.last < len(lines))
    region = _RULES[name](replace(situation, scopes=scopes))
    if any("\0" in line for line in lines[region.shown_first : region.shown_last + 1]):
        raise ActionRefused("This is no text: it holds NUL characters.")
    if not region.insert and name is not Name.EXPLAIN:
        rewritable(situation.document, (region.first, region.last))
    return region


def _fix(situation: Situation) -> Region:
    document = situation.document
    lines = lines_of_findings(situation)
    around = enclosing(situation, lines, FUNCTIONS_AND_CLASSES)
    function = innermost(around, FUNCTIONS)
    for one in (function, around[-1] if around else None):
        if one is not None and length(one) <= MOST_FIXED_LINES:
            return _whole(situation, one)
    low, high = (
        (around[-1].first, around[-1].last) if around else (0, len(document.lines) - 1)
    )
    beside = max(low, lines[0] - _BESIDE_LINES), min(high, lines[1] + _BESIDE_LINES)
    window = max(low, beside[0] - MOST_LINES), min(high, beside[1] + MOST_LINES)
    first, last = grown(document, beside, window)
    if last - first >= MOST_FIXED_LINES:
        first, last = beside
    return _replaced(situation, first, last)


def _explain(situation: Situation) -> Region:
    document = situation.document
    lines = selection(situation)
    if lines is None:
        one = innermost(situation.scopes, FUNCTIONS_AND_CLASSES)
        line = situation.start[0]
        lines = (one.first, one.last) if one else near(document, (line, line))
    if lines[1] - lines[0] >= _MOST_EXPLAINED_LINES:
        raise TooMuch(
            f"{lines[1] - lines[0] + 1:,} lines are more than can be explained at once: "
            f"select {_MOST_EXPLAINED_LINES:,} at most."
        )
    return _shown(document, lines, lines)


def _rewrite(situation: Situation) -> Region:
    """Of a selection whole statements, else the function around the cursor."""
    lines = selection(situation)
    if lines is None:
        one = innermost(situation.scopes, FUNCTIONS) or innermost(
            situation.scopes, FUNCTIONS_AND_CLASSES
        )
        if one is None:
            raise ActionRefused("Select some code, or put the cursor into a function.")
        return _whole(situation, one)
    few(lines)
    one = innermost(
        enclosing(situation, lines, FUNCTIONS_AND_CLASSES), FUNCTIONS_AND_CLASSES
    )
    low, high = (one.first, one.last) if one else (0, len(situation.document.lines) - 1)
    window = max(low, lines[0] - MOST_LINES), min(high, lines[1] + MOST_LINES)
    return _replaced(situation, *grown(situation.document, lines, window))


def _extract(situation: Situation) -> Region:
    lines = selection(situation)
    if lines is None:
        raise ActionRefused("Select the statements that are to become a function.")
    few(lines)
    one = innermost(enclosing(situation, lines, FUNCTIONS), FUNCTIONS)
    if one is None:
        return _rewrite(situation)
    if lines[0] <= one.header_last:
        raise ActionRefused(
            f"Select statements within {one.name}, not its first line: they are to become "
            "a function of their own."
        )
    return _whole(situation, one)


def _function(situation: Situation) -> Region:
    one = innermost(situation.scopes, FUNCTIONS)
    if one is None:
        raise ActionRefused("Put the cursor into a function.")
    return _whole(situation, one)


def _document(situation: Situation) -> Region:
    one = defined(situation)
    document = situation.document
    shown = one.first, min(one.last, one.first + MOST_LINES)
    if document.language == "python":
        return _docstring(document, one, shown)
    if one.doc_first >= 0 and one.doc_last < one.start:
        return _shown(document, (one.doc_first, one.doc_last), shown)
    return _inserted(document, one.first, indent_of(document.lines[one.start]), shown)


def _docstring(document: Document, one: Definition, shown: Span) -> Region:
    if one.header_last == one.last:
        raise ActionRefused(
            f"The body of {one.name} stands on its first line: there is no place for a "
            "docstring."
        )
    body = one.header_last + 1
    if one.doc_first > one.header_last:
        if not document.lines[one.doc_last].rstrip().endswith(('"', "'")):
            raise ActionRefused(f"Something follows the docstring of {one.name}.")
        return _shown(document, (one.doc_first, one.doc_last), shown)
    text = (line for line in document.lines[body : one.last + 1] if line.strip())
    return _inserted(document, body, indent_of(next(text, "")), shown)


def _generate(situation: Situation) -> Region:
    document, line = situation.document, situation.end[0]
    comment = comment_at(document, line)
    if comment is None:
        raise ActionRefused(
            "Put the cursor into a comment that says what is to be written."
        )
    around = enclosing(situation, comment, FUNCTIONS_AND_CLASSES)
    shown = place(document, comment, around)
    indent = indent_of(document.lines[comment[0]])
    return _inserted(document, comment[1] + 1, indent, shown)


def _tests(situation: Situation) -> Region:
    one = defined(situation)
    if length(one) > _MOST_EXPLAINED_LINES:
        raise TooMuch(f"{one.name} is too long for tests of all of it.")
    region = _inserted(situation.document, 0, "", (one.first, one.last))
    first = situation.document.lines[0]
    return replace(region, line_end=first[len(without_end(first)) :] or "\n")


_RULES: Mapping[Name, Callable[[Situation], Region]] = {
    Name.FIX: _fix,
    Name.EXPLAIN: _explain,
    Name.SIMPLIFY: _rewrite,
    Name.EXTRACT: _extract,
    Name.RENAME: _function,
    Name.TYPES: _rewrite,
    Name.REWRITE: _rewrite,
    Name.DOCUMENT: _document,
    Name.TESTS: _tests,
    Name.GENERATE: _generate,
    Name.SUMMARY: _tests,
}


def indent_of(line: str) -> str:
    """Return the white space that a line begins with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def _first_indent(lines: Sequence[str]) -> str:
    return indent_of(next((line for line in lines if line.strip()), ""))


def _whole(situation: Situation, one: Definition) -> Region:
    return _replaced(situation, one.first, one.last)


def _replaced(situation: Situation, first: int, last: int) -> Region:
    """Blank lines at the edges are not the answer's: nor is the end of the last line."""
    lines = situation.document.lines
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last].strip():
        last -= 1
    around = enclosing(situation, (first, last), FUNCTIONS_AND_CLASSES)
    shown = place(situation.document, (first, last), around)
    return _shown(situation.document, (first, last), shown)


def _shown(document: Document, lines: Span, shown: Span) -> Region:
    return Region(
        first=lines[0],
        last=lines[1],
        insert=False,
        indent=_first_indent(document.lines[lines[0] : lines[1] + 1]),
        shown_first=min(shown[0], lines[0]),
        shown_last=max(shown[1], lines[1]),
    )


def _inserted(document: Document, before: int, indent: str, shown: Span) -> Region:
    return Region(
        first=before,
        last=before,
        insert=True,
        indent=indent,
        shown_first=shown[0],
        shown_last=min(shown[1], len(document.lines) - 1),
    )
