"""An answer that says more than was asked for: the part of it that was."""

from collections.abc import Sequence

from lsp_server.actions.region import Region
from retrieval.languages import language_of
from retrieval.outline import Definition, Kind, Outline
from retrieval.source import Document
from retrieval.syntax import outline

_HOLDERS = frozenset({Kind.CLASS, Kind.MODULE})


def narrowed(
    document: Document, region: Region, lines: Sequence[str], before: Outline
) -> list[str]:
    """Return the part of an answer that belongs to the region.

    A model that is shown a class likes to answer with the class, asked for one method of
    it; and with the comment, or with the function around it, asked for what goes below
    that. Where it is not clear which part that is, the lines are returned as they are.
    """
    if region.insert:
        return _below(document, region, lines)
    own = _definition(region, before)
    language = language_of(document.uri, language_id=document.language)
    if own is None or language is None or not own.scope:
        return [*lines]
    said = outline("\n".join(lines), language)
    holder = own.scope.rpartition(".")[2]
    wraps = [one for one in said.definitions if one.kind in _HOLDERS]
    if not any(one.name == holder for one in wraps):
        return [*lines]
    found = [
        one
        for one in said.definitions
        if one.name == own.name and one.scope.rpartition(".")[2] == holder
    ]
    if len(found) != 1:
        return [*lines]
    imports = [
        line
        for one in said.imports
        for line in lines[one.line : one.line + 1]
        if one.line < min(wrap.start for wrap in wraps)
    ]
    return [*imports, *lines[found[0].first : found[0].last + 1]]


def _below(document: Document, region: Region, lines: Sequence[str]) -> list[str]:
    """Leave out the line above the region with all before it, and what follows there."""
    above = document.lines[region.first - 1].strip() if region.first else ""
    bare = [line.strip() for line in lines]
    if not above or bare.count(above) != 1:
        return [*lines]
    rest = [*lines[bare.index(above) + 1 :]]
    follows = [line.strip() for line in document.lines[region.first :]]
    follows = [line for line in follows if line]
    for at in range(len(rest)):
        tail = [line.strip() for line in rest[at:] if line.strip()]
        if tail and tail == follows[: len(tail)]:
            return rest[:at]
    return rest


def _definition(region: Region, before: Outline) -> Definition | None:
    whole = (region.first, region.last)
    found = (one for one in before.definitions if (one.first, one.last) == whole)
    return next(found, None)
