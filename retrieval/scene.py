"""Lines of a document that somebody works on, and what is known around them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from retrieval.around import Surroundings, holding, surroundings
from retrieval.brought import BY_RECEIVER
from retrieval.index import Index
from retrieval.languages import language_of
from retrieval.meant import Place, like, place_at
from retrieval.near import Query
from retrieval.outline import Definition, Kind
from retrieval.signature import name_row
from retrieval.source import Cursor, Document, without_end
from retrieval.syntax import Parsed
from retrieval.uses import Here, Use, uses

_MOST = 4
"""Definitions whose uses are looked for."""

_USES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Lines ``first`` to ``last`` of a document: the model sees them anyway.

    ``kind`` is what is done with them: "tests" wants other tests before all.
    """

    document: Document
    path: str
    first: int
    last: int
    kind: str = ""


class Scene:
    """The lines, and what is known around them; each part is made when it is asked for."""

    def __init__(self, index: Index, work: Work) -> None:
        self.index = index
        self.work = work
        lines = work.document.lines
        last = min(work.last, len(lines) - 1)
        self.first = min(work.first, last)
        self.last = last
        self.cursor = Cursor(work.document, last, len(without_end(lines[last])))
        self.language = language_of(work.path, lines[0], work.document.language)

    @cached_property
    def parsed(self) -> Parsed | None:
        lines = self.work.document.lines
        parsed = self.index.parsed(self.work.path)
        if self.language is None:
            return None
        if parsed is None or len(parsed.rows) != len(lines):
            parsed = Parsed.parse(lines, self.language)
        return parsed

    @cached_property
    def around(self) -> Surroundings:
        return surroundings(self.index, Query(cursor=self.cursor, path=self.work.path))

    @cached_property
    def place(self) -> Place:
        return place_at(self.index, self.work.path, self.around)

    @cached_property
    def definitions(self) -> Sequence[Definition]:
        return self.parsed.outline().definitions if self.parsed is not None else ()

    @cached_property
    def subjects(self) -> Sequence[Definition]:
        """What is worked on: the outermost definitions in the lines, or the one around."""
        inside = [
            one
            for one in self.definitions
            if self.first <= one.start and one.last <= self.last
        ]
        outer = [
            one
            for one in inside
            if not any(
                other is not one and other.start <= one.start and one.last <= other.last
                for other in inside
            )
        ]
        return (outer or holding(self.definitions, self.first, self.last)[-1:])[:_MOST]

    @cached_property
    def uses(self) -> Sequence[tuple[Definition, Use]]:
        """Where the subjects are used, outside of the lines."""
        language = self.language
        if language is None:
            return ()
        lines = self.work.document.lines
        here = Here(path=self.work.path, lines=lines, definitions=self.definitions)
        rows = {(self.work.path, row) for row in range(self.first, self.last + 1)}
        found = []
        for one in self.subjects:
            told = uses(
                self.index,
                here,
                one.name,
                apart=rows | {(self.work.path, name_row(lines, one))},
                like=partial(like, language=language),
                behind=one.kind is Kind.METHOD and language.name in BY_RECEIVER,
                most=_USES,
            )
            found += [(one, use) for use in told.nearest]
        return found
