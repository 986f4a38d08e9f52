"""Answers to the questions about one document: in the worker, or beside it in a thread."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from lsp_server.context import messages
from lsp_server.context.paths import path_of
from retrieval import related
from retrieval.around import holding
from retrieval.gather import Cost, estimated
from retrieval.index import Alone, Index
from retrieval.languages import language_of
from retrieval.related import Work
from retrieval.source import Cursor, Document, without_end
from retrieval.symbol import symbol
from retrieval.syntax import Parsed
from retrieval.tested import test_place


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A document, and where it is in what is known: ``path`` below ``root``.

    ``repository`` is that one's name, ``cost`` what a snippet takes, in tokens.
    """

    document: Document
    known: Index | Alone
    path: str
    root: str
    repository: str = ""
    cost: Cost = estimated


def alone(document: Document) -> Place:
    """Return a document's place where it is all that is known."""
    path = path_of(document.uri) or Path("/untitled")
    name = path.name or "untitled"
    known = Alone(name, document.lines, document.language)
    return Place(document=document, known=known, path=name, root=str(path.parent))


def answered_alone(question: messages.Question, document: Document) -> messages.Answer:
    """Answer from the document and nothing else, for a thread of its own."""
    return answered(question, alone(document))


def answered(question: messages.Question, place: Place) -> messages.Answer:
    """Answer a question at once, what takes long with nothing; a place past the document's end is its end."""
    match question:
        case messages.Scopes(first=first, last=last):
            return _scopes(place, first, last)
        case messages.Facts(line=line, column=column):
            return _facts(place, line, column)
        case messages.Relate():
            return messages.Related()
        case messages.TestPlaceWanted(name=name):
            return _test_place(place, name)


def relating(
    question: messages.Relate, place: Place
) -> Generator[None, None, messages.Related]:
    """Answer in steps: between them what is more urgent may be done."""
    if not isinstance(place.known, Index):
        return messages.Related()
    work = Work(
        document=place.document,
        path=place.path,
        first=question.first,
        last=question.last,
        kind=question.kind,
    )
    snippets = yield from related.relating(
        place.known, work, budget=question.budget, cost=place.cost
    )
    return messages.Related(snippets, place.path, place.repository)


def _facts(place: Place, line: int, column: int) -> messages.FactsFound:
    lines = place.document.lines
    line = min(line, len(lines) - 1)
    column = min(column, len(without_end(lines[line])))
    cursor = Cursor(place.document, line, column)
    found = symbol(place.known, cursor, place.path)
    return messages.FactsFound(found, place.root, place.path)


def _test_place(place: Place, name: str) -> messages.TestPlaceFound:
    document = place.document
    language = language_of(place.path, document.lines[0], document.language)
    root = Path(place.root)
    found = test_place(
        place.known if isinstance(place.known, Index) else None,
        place.path,
        language.name if language is not None else "",
        name,
        exists=lambda path: (root / path).exists(),
    )
    return messages.TestPlaceFound(found.path, place.root, found.example)


def _scopes(place: Place, first: int, last: int) -> messages.ScopesFound:
    document = place.document
    language = language_of(place.path, document.lines[0], document.language)
    if language is None:
        return messages.ScopesFound()
    parsed = place.known.parsed(place.path)
    if parsed is None or len(parsed.rows) != len(document.lines):
        parsed = Parsed.parse(document.lines, language)
    return messages.ScopesFound(holding(parsed.outline().definitions, first, last))
