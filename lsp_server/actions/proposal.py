"""From an answer to the edit that is shown, or to why there is none."""

from dataclasses import dataclass, replace

from lsp_server.actions.answer import Block
from lsp_server.actions.attempt import Attempt, language_named, outline_of
from lsp_server.actions.catalogue import Name
from lsp_server.actions.checks import notes, problems, unusable
from lsp_server.actions.documentation import Form, convention_of, written
from lsp_server.actions.edits import Change, applied, smallest
from lsp_server.actions.imports import imports_place, taken_out
from lsp_server.actions.indentation import indented
from lsp_server.actions.narrowing import narrowed
from lsp_server.actions.region import Region
from retrieval.outline import Kind, Outline
from retrieval.source import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """``changes`` make ``after`` of the document. ``problems`` forbid to show them.

    ``notes`` are what the user should know. Neither changes nor problems: the answer is
    what stands there already, and a note says so.
    """

    changes: tuple[Change, ...]
    after: Document
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def proposed(
    name: Name, document: Document, region: Region, answer: Block, *, wish: str = ""
) -> Proposal:
    """Return the edit that an answer makes; for tests ``document`` is the new, empty one.

    ``wish`` is what was asked for: the messages of findings, the user's words. What it
    names may go, if a fix takes it away. Synchronous and pure; it parses, so call it in a
    thread.
    """
    if name is Name.TESTS:
        region = replace(region, first=0, last=0, insert=False, indent="")
    wrong = unusable(document, answer)
    if wrong:
        return Proposal(changes=(), after=document, problems=wrong)
    before = outline_of(document)
    lines, imports = _lines(name, document, region, answer.code, before)
    if not any(line.strip() for line in lines):
        said = "The answer has no code in it."
        return Proposal(changes=(), after=document, problems=(said,))
    place = imports_place(document, before) if imports else 0
    if not region.insert and region.first < place <= region.last:
        lines, imports = [*imports, *lines], []
    changes = smallest(document, region, lines, imports, place)
    if not changes:
        said = "The model would change nothing."
        return Proposal(changes=(), after=document, notes=(said,))
    after = applied(document, changes)
    attempt = Attempt(
        name=name,
        before=document,
        after=after,
        was=before,
        becomes=outline_of(after),
        region=region,
        new=lines,
        imports=imports,
        wish=wish,
    )
    return Proposal(
        changes=changes, after=after, problems=problems(attempt), notes=notes(attempt)
    )


def _lines(
    name: Name, document: Document, region: Region, code: str, before: Outline
) -> tuple[list[str], list[str]]:
    """Return the lines that go to the region, and the imports that go to the top."""
    replaced = [] if region.insert else document.lines[region.first : region.last + 1]
    if name is Name.DOCUMENT:
        convention = convention_of(document)
        language = language_named(document)
        xml = language is not None and language.name == "csharp"
        lines = written(code, convention, region.indent, xml=xml)
        apart = _begins_class(document, region, before)
        return [*lines, *([""] if apart else [])], []
    lines = _without_blank_edges(code.split("\n"))
    if name is Name.TESTS:
        return [*_opened(document, lines), ""], []
    lines = _without_opening(document, region, lines)
    lines = narrowed(document, region, lines, before)
    imports: list[str] = []
    if region.first > 0:
        imports, lines = taken_out(document, lines, replaced)
    lines = _without_blank_edges(lines)
    return indented(document, replaced, lines, region.indent), imports


def _begins_class(document: Document, region: Region, before: Outline) -> bool:
    """Whether a docstring goes above a class's first line: a blank line follows that."""
    if convention_of(document).form is not Form.DOCSTRING or not region.insert:
        return False
    return bool(document.lines[region.first].strip()) and any(
        one.kind is Kind.CLASS and one.header_last + 1 == region.first
        for one in before.definitions
    )


def _opened(document: Document, lines: list[str]) -> list[str]:
    """Put in front what a file of PHP begins with, if the answer took it for granted."""
    opened = any(line.lstrip().startswith("<?") for line in lines)
    return lines if opened or not _is_php(document) else ["<?php", "", *lines]


def _without_opening(document: Document, region: Region, lines: list[str]) -> list[str]:
    """Take off what only a whole file of PHP has."""
    inside = region.insert or not document.lines[region.first].startswith("<?")
    if not _is_php(document) or not inside:
        return lines
    signs = {"<?php", "<?", "?>"}
    return [
        line
        for at, line in enumerate(lines)
        if not (at in {0, len(lines) - 1} and line.strip() in signs)
    ]


def _is_php(document: Document) -> bool:
    language = language_named(document)
    return language is not None and language.name == "php"


def _without_blank_edges(lines: list[str]) -> list[str]:
    told = [at for at, line in enumerate(lines) if line.strip()]
    return lines[told[0] : told[-1] + 1] if told else []
