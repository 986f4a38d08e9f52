"""What the name at a cursor is: its definition, what is said of it, and where it is used."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from retrieval.around import Surroundings, surroundings
from retrieval.brought import BY_RECEIVER
from retrieval.definition import Meant, meant
from retrieval.documentation import documentation
from retrieval.index import Alone, Index
from retrieval.languages import Language, language_of
from retrieval.meant import Found, latest_types, like, place_at, qualified
from retrieval.near import Query
from retrieval.outline import Definition, Kind
from retrieval.signature import name_row, signature
from retrieval.source import Cursor, without_end
from retrieval.syntax import Name, Parsed, name_at
from retrieval.syntax.types import last_name
from retrieval.uses import NONE, Here, Use, Uses, uses, within
from retrieval.variables import bound_at

__all__ = ["Symbol", "Use", "symbol"]

_TEXT_LINES = 400
_LONGEST_LINE = 200
_CANDIDATES = 4
_MEMBERS = frozenset({Kind.METHOD, Kind.FIELD})
_LOOKED_AT = 30
_UNTOLD = re.compile(r"[A-Za-z]{1,3}|[a-z]+|[A-Z][a-z]*")
"""What may be a plain word: in a language without a grammar it is not looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """A name and what is known of it; lines are 0-based, both included.

    ``start`` and ``end`` are the name's columns in the cursor's line. ``first`` to ``last``
    are its definition's lines in ``path``, ``line`` the one that its name stands in, and
    ``text`` those from its first on. ``documentation`` is plain text without comment signs.
    ``guess`` says that the name alone told which is meant, ``local`` that it is a variable
    of the function ``scope``. ``others`` is how many more definitions of this name there
    are, ``candidates`` those that may be meant as well.
    """

    name: str
    start: int
    end: int
    kind: Kind
    language: str
    path: str
    scope: str = ""
    type: str = ""
    signature: str = ""
    documentation: str = ""
    line: int = 0
    first: int = 0
    last: int = 0
    text: str = ""
    guess: bool = False
    local: bool = False
    uses: Uses = NONE
    others: int = 0
    candidates: tuple[Use, ...] = ()


def symbol(index: Index | Alone, cursor: Cursor, path: str) -> Symbol | None:
    """Return what the name at the cursor is; None where there is none, or nothing is known.

    ``path`` is the document's, as ``index`` calls it. Nothing stands in strings, comments
    and keywords.
    """
    document = cursor.document
    language = language_of(path, document.lines[0], document.language)
    line = without_end(document.lines[cursor.line])
    parsed = _parsed(index, cursor, path, language)
    name = name_at(parsed, line, cursor.line, cursor.column, language)
    if name is None:
        return None
    definitions = parsed.outline().definitions if parsed is not None else ()
    here = Here(path=path, lines=document.lines, definitions=definitions)
    if language is None or parsed is None or parsed.tree is None:
        return _by_form(index, here, name, language)
    around = surroundings(index, Query(cursor=cursor, path=path))
    if not name.receiver and not name.defines:
        local = _local(here, around, cursor, name, language)
        if local is not None:
            return local
    if line[name.start - 1 : name.start] == "$" and not name.receiver:
        return None  # PHP's variables are no functions
    place = place_at(index, path, around)
    found = meant(place, definitions, name, cursor.line, language)
    return _of(index, here, name, found, language)


def _parsed(
    index: Index | Alone, cursor: Cursor, path: str, language: Language | None
) -> Parsed | None:
    if language is None:
        return None
    lines = cursor.document.lines
    parsed = index.parsed(path)
    if parsed is None or len(parsed.rows) != len(lines):
        parsed = Parsed.parse(lines, language)
    return parsed


def _by_form(
    index: Index | Alone, here: Here, name: Name, language: Language | None
) -> Symbol | None:
    """Return what is defined elsewhere under a name that is no plain word."""
    found = tuple(index.definitions(name.text, _LOOKED_AT))
    owner = last_name(name.receiver)
    owned = tuple(item for item in found if owner and last_name(item[1].scope) == owner)
    if not owned and _UNTOLD.fullmatch(name.text):
        return None
    found = owned or found
    own = language_of(found[0][0]) if found else language
    if own is None:
        return None
    return _of(index, here, name, Meant(found=found, guess=len(found) > 1), own)


def _local(
    here: Here, around: Surroundings, cursor: Cursor, name: Name, language: Language
) -> Symbol | None:
    """Return a function's own variable."""
    shift = cursor.line - around.line
    scope = [one for one in here.definitions if _is_around(one, cursor.line)]
    bound = bound_at(here.lines, scope, cursor.line, name.text, language)
    if bound is None:
        return None
    row, function = bound
    found = within(here, name.text, function.start, function.last, apart=row)
    line = without_end(here.lines[row]).strip()
    types = latest_types(around) if shift >= 0 else {}
    return Symbol(
        name=name.text,
        start=name.start,
        end=name.end,
        kind=Kind.VARIABLE,
        language=language.name,
        path=here.path,
        scope=qualified(function),
        type=types.get(name.text, "").removesuffix("()"),
        signature=line[:_LONGEST_LINE],
        line=row,
        first=row,
        last=row,
        text=line[:_LONGEST_LINE],
        local=True,
        uses=found,
    )


def _is_around(one: Definition, line: int) -> bool:
    return one.start <= line <= one.last


def _of(
    index: Index | Alone, here: Here, name: Name, found: Meant, language: Language
) -> Symbol | None:
    """Return the likeliest of what was found, with what is known of it."""
    if not found.found:
        return None
    path, one = found.found[0]
    lines = _lines(index, here, path)
    if one.last >= len(lines):
        return None
    everywhere = [
        item
        for item in index.definitions(name.text, _LOOKED_AT, apart=here.path)
        if item[0] != here.path and like(item[0], language)
    ]
    everywhere += [
        (here.path, each) for each in here.definitions if each.name == name.text
    ]
    rows = {
        (other, row)
        for other, each in (*everywhere, found.found[0])
        for row in range(each.start, min(each.header_last, each.start + 2) + 1)
    }
    others = {*everywhere, *found.found} - {found.found[0]}
    told = uses(
        index,
        here,
        name.text,
        apart=rows,
        like=partial(like, language=language),
        behind=one.kind in _MEMBERS and language.name in BY_RECEIVER,
    )
    return Symbol(
        name=name.text,
        start=name.start,
        end=name.end,
        kind=one.kind,
        language=(language_of(path) or language).name,
        path=path,
        scope=one.scope,
        type=one.type.removesuffix("()"),
        signature=signature(lines, one),
        documentation=_documentation(index, here, found.found, language),
        line=name_row(_lines(index, here, path), one),
        first=one.first,
        last=one.last,
        text="\n".join(lines[one.first : one.last + 1][:_TEXT_LINES]),
        guess=found.guess,
        others=len(others),
        candidates=tuple(
            Use(
                path=other,
                line=name_row(_lines(index, here, other), each),
                text=qualified(each),
                scope=each.scope,
            )
            for other, each in found.found[1 : _CANDIDATES + 1]
        ),
        uses=told,
    )


def _lines(index: Index | Alone, here: Here, path: str) -> Sequence[str]:
    """Return a file's lines without ends; the document's are those of the editor."""
    if path == here.path:
        return [*map(without_end, here.lines)]
    entry = index.entry(path)
    return () if entry is None else entry.lines


def _documentation(
    index: Index | Alone, here: Here, found: Sequence[Found], language: Language
) -> str:
    """Return what the likeliest one that says anything says: a header's comment, say."""
    scope = qualified(found[0][1])
    for path, one in found[: _CANDIDATES + 1]:
        if (
            one.doc_first < 0
            or qualified(one).rpartition(".")[2] != scope.rpartition(".")[2]
        ):
            continue
        lines = _lines(index, here, path)
        said = documentation(lines[one.doc_first : one.doc_last + 1], language.name)
        if said:
            return said
    return ""
