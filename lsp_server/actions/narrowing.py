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
    """Return the definition that the region is, where the answer has all that is around it.

    A model that is shown a class likes to answer with the class, asked for one method of
    it. With several of that name, or where the answer is not enclosed in what encloses the
    region, the lines are returned as they are.
    """
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


def _definition(region: Region, before: Outline) -> Definition | None:
    if region.insert:
        return None
    whole = (region.first, region.last)
    found = (one for one in before.definitions if (one.first, one.last) == whole)
    return next(found, None)
