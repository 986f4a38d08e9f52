"""Which lines an answer may replace, fixed before the model is asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from lsp_server.actions.catalogue import Name
from lsp_server.actions.comment_lines import comment_at
from lsp_server.actions.refused import ActionRefused, TooMuch
from lsp_server.actions.situation import Finding, Situation
from lsp_server.actions.statements import Span, grown
from retrieval.outline import Definition, Kind
from retrieval.source import Document

MOST_LINES = 500
"""That are written anew at once."""
_MOST_FIXED_LINES = 200
"""Around a diagnostic."""
_MOST_CHARACTERS = 60_000
_MOST_EXPLAINED_LINES = 10_000
"""Some 100,000 tokens."""
_SHOWN_LINES = 300
"""What encloses a place is shown as a whole up to here."""
_AROUND_LINES = 20
_NEAR_LINES = 12

_FUNCTIONS = frozenset({Kind.FUNCTION, Kind.METHOD})
_HOLDERS = _FUNCTIONS | {Kind.CLASS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Whole lines ``first`` to ``last`` may be replaced, both included.

    With ``insert`` none is: new lines go before ``first``, which may be one more than the
    document has. ``indent`` is the white space that the text begins with. The model sees the
    lines ``shown_first`` to ``shown_last`` of the document as the place.
    """

    first: int
    last: int
    insert: bool
    indent: str
    shown_first: int
    shown_last: int


def region_for(name: Name, situation: Situation) -> Region:
    """Return what the action may change; raises ActionRefused in words for the user.

    For a fix the situation's findings are those to be fixed. For tests nothing of this
    document is changed: the region is what is shown, the tests are a document of their own.
    """
    if any("\0" in line for line in situation.document.lines):
        raise ActionRefused("This is no text: it holds NUL characters.")
    count = len(situation.document.lines)
    scopes = tuple(one for one in situation.scopes if one.last < count)
    region = _RULES[name](replace(situation, scopes=scopes))
    if not region.insert and name is not Name.EXPLAIN:
        _rewritable(situation.document, region)
    return region


def _fix(situation: Situation) -> Region:
    document = situation.document
    lines = _lines_of_findings(situation)
    around = _enclosing(situation, lines, _HOLDERS)
    function = _innermost(around, _FUNCTIONS)
    for one in (function, around[-1] if around else None):
        if one is not None and _length(one) <= _MOST_FIXED_LINES:
            return _whole(situation, one)
    low, high = (
        (around[-1].first, around[-1].last) if around else (0, len(document.lines) - 1)
    )
    near = max(low, lines[0] - _NEAR_LINES), min(high, lines[1] + _NEAR_LINES)
    window = max(low, near[0] - MOST_LINES), min(high, near[1] + MOST_LINES)
    first, last = grown(document, near, window)
    if last - first >= _MOST_FIXED_LINES:
        first, last = near
    return _replaced(situation, first, last)


def _explain(situation: Situation) -> Region:
    document = situation.document
    lines = _selection(situation)
    if lines is None:
        one = _innermost(situation.scopes, _HOLDERS)
        line = situation.start[0]
        lines = (one.first, one.last) if one else _near(document, (line, line))
    if lines[1] - lines[0] >= _MOST_EXPLAINED_LINES:
        raise TooMuch(
            f"{lines[1] - lines[0] + 1:,} lines are more than can be explained at once: "
            f"select {_MOST_EXPLAINED_LINES:,} at most."
        )
    return _shown(document, lines, lines)


def _rewrite(situation: Situation) -> Region:
    """Of a selection whole statements, else the function around the cursor."""
    lines = _selection(situation)
    if lines is None:
        one = _innermost(situation.scopes, _FUNCTIONS) or _innermost(
            situation.scopes, _HOLDERS
        )
        if one is None:
            raise ActionRefused("Select some code, or put the cursor into a function.")
        return _whole(situation, one)
    _few(lines)
    one = _innermost(_enclosing(situation, lines, _HOLDERS), _HOLDERS)
    low, high = (one.first, one.last) if one else (0, len(situation.document.lines) - 1)
    window = max(low, lines[0] - MOST_LINES), min(high, lines[1] + MOST_LINES)
    return _replaced(situation, *grown(situation.document, lines, window))


def _extract(situation: Situation) -> Region:
    lines = _selection(situation)
    if lines is None:
        raise ActionRefused("Select the statements that are to become a function.")
    _few(lines)
    one = _innermost(_enclosing(situation, lines, _FUNCTIONS), _FUNCTIONS)
    if one is None:
        return _rewrite(situation)
    if lines[0] <= one.header_last:
        raise ActionRefused(
            f"Select statements within {one.name}, not its first line: they are to become "
            "a function of their own."
        )
    return _whole(situation, one)


def _function(situation: Situation) -> Region:
    one = _innermost(situation.scopes, _FUNCTIONS)
    if one is None:
        raise ActionRefused("Put the cursor into a function.")
    return _whole(situation, one)


def _document(situation: Situation) -> Region:
    one = _defined(situation)
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
    around = _enclosing(situation, comment, _HOLDERS)
    shown = _place(document, comment, around)
    indent = indent_of(document.lines[comment[0]])
    return _inserted(document, comment[1] + 1, indent, shown)


def _tests(situation: Situation) -> Region:
    one = _defined(situation)
    if _length(one) > _MOST_EXPLAINED_LINES:
        raise TooMuch(f"{one.name} is too long for tests of all of it.")
    return _inserted(situation.document, 0, "", (one.first, one.last))


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


def _selection(situation: Situation) -> Span | None:
    """Return the lines that are selected, without blank ones at the edges."""
    if not situation.selected:
        return None
    lines = situation.document.lines
    first, last = situation.start[0], situation.end[0]
    if situation.end[1] == 0 and last > first:
        last -= 1
    while first <= last and not lines[first].strip():
        first += 1
    while last > first and not lines[last].strip():
        last -= 1
    if first > last:
        raise ActionRefused("The selection is blank: select some code.")
    return first, last


def _lines_of_findings(situation: Situation) -> Span:
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
    last = min(max(map(_last_line, inside)), count - 1, first + _MOST_FIXED_LINES // 2)
    while last > first and not situation.document.lines[last].strip():
        last -= 1
    return first, last


def _last_line(one: Finding) -> int:
    """Return the last line that a finding is about: its end is not part of it."""
    (first, _), (last, column) = one.start, one.end
    return max(first, last - (column == 0))


def _few(lines: Span) -> None:
    count = lines[1] - lines[0] + 1
    if count > MOST_LINES:
        raise TooMuch(
            f"{count:,} lines are more than the model can write anew: select "
            f"{MOST_LINES} at most."
        )


def _rewritable(document: Document, region: Region) -> None:
    _few((region.first, region.last))
    characters = sum(map(len, document.lines[region.first : region.last + 1]))
    if characters > _MOST_CHARACTERS:
        raise TooMuch(
            f"These lines have {characters:,} characters, more than the model can write "
            "anew."
        )


def _enclosing(
    situation: Situation, lines: Span, kinds: frozenset[Kind]
) -> list[Definition]:
    """Return the definitions around lines, the outermost first."""
    return [
        one
        for one in situation.scopes
        if one.kind in kinds and one.first <= lines[0] and lines[1] <= one.last
    ]


def _innermost(
    scopes: Sequence[Definition], kinds: frozenset[Kind]
) -> Definition | None:
    return next((one for one in reversed(scopes) if one.kind in kinds), None)


def _defined(situation: Situation) -> Definition:
    one = _innermost(situation.scopes, _HOLDERS)
    if one is None:
        raise ActionRefused("Put the cursor into a function, a method or a class.")
    return one


def _length(one: Definition) -> int:
    return one.last - one.first + 1


def _near(document: Document, lines: Span) -> Span:
    last = len(document.lines) - 1
    return max(0, lines[0] - _AROUND_LINES), min(last, lines[1] + _AROUND_LINES)


def _place(document: Document, lines: Span, around: Sequence[Definition]) -> Span:
    """Return what is shown around lines: the largest definition that is not too long."""
    for one in around:
        if _length(one) <= _SHOWN_LINES:
            return min(one.first, lines[0]), max(one.last, lines[1])
    return _near(document, lines)


def _whole(situation: Situation, one: Definition) -> Region:
    return _replaced(situation, one.first, one.last)


def _replaced(situation: Situation, first: int, last: int) -> Region:
    around = _enclosing(situation, (first, last), _HOLDERS)
    shown = _place(situation.document, (first, last), around)
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
