"""An answer that says more than was asked for: the part of it that was."""

import re
from collections.abc import Iterator, Sequence

from lsp_server.actions.imports import at_the_top, statement_end
from lsp_server.actions.region import Region
from lsp_server.actions.statements import columns
from lsp_server.ghost.lexical import signs_of
from retrieval.languages import language_of
from retrieval.outline import FUNCTIONS_AND_CLASSES, Definition, Outline
from retrieval.source import Document, split_lines
from retrieval.syntax import faults, outline

_WORD = re.compile(r"\w+")


def narrowed(
    document: Document, region: Region, lines: Sequence[str], before: Outline
) -> list[str]:
    """Return the part of an answer that belongs to the region.

    A model that is shown a class likes to answer with the class, or the file, asked for one
    method of it; and with the comment, or with the function around it, asked for what goes
    below that. Where it is not clear which part that is, or the answer does not parse, so that
    its parts end where they should not, the lines are returned as they are.
    """
    if region.insert:
        return _below(document, region, lines)
    language = language_of(document.uri, language_id=document.language)
    own = _definition(region, before)
    if own is None or language is None:
        return [*lines]
    text = "\n".join(lines)
    if faults(text, language):
        return [*lines]
    said = outline(text, language)
    found = [one for one in said.definitions if _is_same(one, own)]
    if len(found) != 1:
        return [*lines]
    (mine,) = found
    others = [one for one in said.definitions if not _within(one, mine)]
    known = {one.name for one in before.definitions}
    if not (
        any(_within(mine, one) or one.name in known for one in others)
        or _repeats(document, region, lines, said)
    ):
        return [*lines]
    new = [
        one
        for one in others
        if one.kind in FUNCTIONS_AND_CLASSES and one.name not in known
    ]
    kept = sorted(_with_what_it_needs(lines, mine, new), key=lambda one: one.first)
    return [*_imports(document, lines, said, mine), *_joined(lines, kept)]


def _with_what_it_needs(
    lines: Sequence[str], mine: Definition, new: Sequence[Definition]
) -> list[Definition]:
    """Return the definition, and those of the new ones that it uses, or they do."""
    kept, left, used = [mine], [*new], set(_words(lines, mine))
    while one := next((one for one in left if one.name in used), None):
        left.remove(one)
        kept.append(one)
        used.update(_words(lines, one))
    return kept


def _repeats(
    document: Document, region: Region, lines: Sequence[str], said: Outline
) -> bool:
    """Whether the answer says lines between definitions that stand outside of the region."""
    outside = {*document.lines[: region.first], *document.lines[region.last + 1 :]}
    known = {line.strip() for line in outside} - {""}
    imports = {one.line for one in said.imports} if at_the_top(document) else set()
    return any(
        line.strip() in known
        and at not in imports
        and not any(one.first <= at <= one.last for one in said.definitions)
        for at, line in enumerate(lines)
    )


def _is_same(one: Definition, own: Definition) -> bool:
    """Whether it is that definition; an answer may leave out what is around it."""
    holder, own_holder = one.scope.rpartition(".")[2], own.scope.rpartition(".")[2]
    return one.name == own.name and holder in {own_holder, ""}


def _within(one: Definition, other: Definition) -> bool:
    return other.first <= one.first and one.last <= other.last


def _words(lines: Sequence[str], one: Definition) -> list[str]:
    return _WORD.findall("\n".join(lines[one.start : one.last + 1]))


def _imports(
    document: Document, lines: Sequence[str], said: Outline, mine: Definition
) -> Iterator[str]:
    """Yield the import statements above the definition, whole, if they can be moved."""
    if not at_the_top(document):
        return
    whole = Document(
        uri=document.uri,
        language=document.language,
        version=None,
        lines=split_lines("\n".join(lines)),
    )
    for line in dict.fromkeys(one.line for one in said.imports):
        if line < mine.first:
            yield from lines[line : statement_end(whole, line) + 1]


def _joined(lines: Sequence[str], kept: Sequence[Definition]) -> Iterator[str]:
    """Yield definitions with the blank lines that stand above each."""
    for number, one in enumerate(kept):
        first = one.first
        while number and first > 0 and not lines[first - 1].strip():
            first -= 1
        yield from lines[first : one.last + 1]


def _below(document: Document, region: Region, lines: Sequence[str]) -> list[str]:
    """Leave out the line above the region with all before it, and what follows there."""
    above = document.lines[region.first - 1].strip() if region.first else ""
    bare = [line.strip() for line in lines]
    if not above or bare.count(above) != 1:
        return [*lines]
    rest = _within_what_is_around(document, lines[bare.index(above) + 1 :])
    follows = [line.strip() for line in document.lines[region.first :]]
    follows = [line for line in follows if line]
    for at in range(len(rest)):
        tail = [line.strip() for line in rest[at:] if line.strip()]
        if tail and tail == follows[: len(tail)] and _closed(document, rest[:at]):
            return rest[:at]
    return _of_one_block(rest) if document.language == "python" else rest


def _of_one_block(lines: Sequence[str]) -> list[str]:
    """Return the lines up to one that is less deep than the first: a block's end."""
    depths = [columns(line) if line.strip() else None for line in lines]
    first = next((depth for depth in depths if depth is not None), 0)
    less = (
        at for at, depth in enumerate(depths) if depth is not None and depth < first
    )
    return [*lines[: next(less, len(lines))]]


def _within_what_is_around(document: Document, lines: Sequence[str]) -> list[str]:
    """Return the lines up to a brace that closes what they stand in."""
    for line, depth in _depths(document, lines):
        if depth < 0:
            return [*lines[:line]]
    return [*lines]


def _closed(document: Document, lines: Sequence[str]) -> bool:
    """Whether all braces that the lines open are closed again."""
    return all(depth == 0 for _, depth in [*_depths(document, lines)][-1:])


def _depths(document: Document, lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the line of each brace, and in how many of the lines' own it leaves one."""
    text, depth = "\n".join(lines), 0
    for at, sign in signs_of(document.uri, document.language).see(text).marks:
        if sign in {"{", "}"}:
            depth += 1 if sign == "{" else -1
            yield text.count("\n", 0, at), depth


def _definition(region: Region, before: Outline) -> Definition | None:
    whole = (region.first, region.last)
    found = (one for one in before.definitions if (one.first, one.last) == whole)
    return next(found, None)
