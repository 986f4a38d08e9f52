"""What syntax says of the open document around a cursor."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from retrieval.index import Alone, Index
from retrieval.languages import Language, language_of
from retrieval.near import Query, enclosing
from retrieval.outline import Binding, Definition, Outline
from retrieval.syntax import Parsed
from retrieval.syntax.spans import HOLDERS

_LONG_LINES = 1_200
"""Of a longer document only parts are looked at: its outline would take too long."""

_HEAD_LINES = 150
_LINES_BEFORE = 500
_LINES_AFTER = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Lines here are counted in what was looked at, ``line`` being the cursor's.

    ``imported`` are the repository's files that the document imports, ``scope`` the
    definitions around the cursor, the outermost first.
    """

    line: int
    outline: Outline = field(default_factory=Outline)
    imported: tuple[str, ...] = ()
    bindings: tuple[Binding, ...] = ()
    scope: tuple[Definition, ...] = ()


def surroundings(index: Index | Alone, query: Query) -> Surroundings:
    """Return what the document's tree says: little in a language without a grammar."""
    cursor = query.cursor
    document = cursor.document
    language = language_of(query.path, document.lines[0], document.language)
    if language is None:
        return Surroundings(line=cursor.line)
    parsed, line = _parsed(index, query, language)
    outline = parsed.outline()
    return Surroundings(
        line=line,
        outline=outline,
        imported=index.resolved(outline.imports, query.path, language.name),
        bindings=parsed.bindings(),
        scope=parsed.scope_at(line, cursor.column),
    )


def holding(
    definitions: Sequence[Definition], first: int, last: int
) -> tuple[Definition, ...]:
    """Return the classes, functions and modules that enclose these lines, the outermost first.

    A definition's leading comment and its decorators belong to it.
    """
    found = (
        one
        for one in definitions
        if one.kind in HOLDERS and one.first <= first and last <= one.last
    )
    return tuple(sorted(found, key=lambda one: (one.start, -one.last)))


def _parsed(
    index: Index | Alone, query: Query, language: Language
) -> tuple[Parsed, int]:
    """Return the document's tree, or that of its parts, and the cursor's line in it."""
    lines, line = query.cursor.document.lines, query.cursor.line
    if len(lines) > _LONG_LINES and line > _HEAD_LINES + _LINES_BEFORE:
        above = [*lines[:_HEAD_LINES], *_opened(lines, line)]
        above += lines[line - _LINES_BEFORE : line]
        below = lines[line : line + _LINES_AFTER]
        part = index.parsed_part(query.path, [*above, *below], language)
        return part, len(above)
    if len(lines) > _LONG_LINES:
        part = index.parsed_part(query.path, lines[: line + _LINES_AFTER], language)
        return part, line
    parsed = index.parsed(query.path)
    if parsed is None or len(parsed.rows) != len(lines):
        parsed = Parsed.parse(lines, language)
    return parsed, line


def _opened(lines: Sequence[str], line: int) -> list[str]:
    """Return the lines between head and near lines that open what the cursor is in."""
    written = (one for one in reversed(lines[: line + 1]) if one.strip())
    near = set(lines[line - _LINES_BEFORE : line + 1])
    return [one for one in reversed(enclosing(written)) if one not in near]
