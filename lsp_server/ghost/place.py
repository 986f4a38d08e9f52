"""What is known of the place that an answer is for, worked out once for each cursor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from lsp_server.ghost.brackets import Open, RowMarks, closed_in, open_after, rows_of
from lsp_server.ghost.lexical import Inside, Kind, Seen, Signs, signs_of
from lsp_server.ghost.shape import is_closer, next_line
from retrieval.languages import Language, language_of
from retrieval.source import Cursor, without_end
from retrieval.syntax import faults, frame

_ABOVE = 120
"""Lines above the cursor that are looked at, and half as many more to begin well."""

_BELOW = 80
_LONGEST = 1000
"""Of a line that is longer, as in minified files, the part next to the cursor counts."""


@dataclass(frozen=True, eq=False)
class Place:
    """A cursor and how many lines are wanted there; all else follows from these."""

    cursor: Cursor
    most_lines: int

    @cached_property
    def before(self) -> str:
        return self.cursor.before[-_LONGEST:]

    @cached_property
    def after(self) -> str:
        return self.cursor.after[:_LONGEST]

    @cached_property
    def code_follows(self) -> bool:
        """Whether more than closing signs stands to the right of the cursor."""
        return not is_closer(self.after)

    @cached_property
    def below(self) -> str | None:
        """The next line that is not blank, without white space at its end."""
        return next_line(self.cursor)

    @cached_property
    def above(self) -> str | None:
        """The last line above that is not blank, without white space at its end."""
        for line in reversed(self.lines_above):
            if line.strip():
                return line.rstrip()
        return None

    @cached_property
    def signs(self) -> Signs:
        document = self.cursor.document
        return signs_of(document.uri, document.language)

    @cached_property
    def lines_above(self) -> tuple[str, ...]:
        lines = self.cursor.document.lines
        return tuple(map(_short, lines[self._top : self.cursor.line]))

    @cached_property
    def lines_below(self) -> tuple[str, ...]:
        first = self.cursor.line + 1
        lines = self.cursor.document.lines[first : first + _BELOW]
        return tuple(map(_short, lines))

    @cached_property
    def line_inside(self) -> Inside | None:
        """What the cursor's line begins in."""
        return self._seen_above.inside if self.lines_above else None

    @cached_property
    def inside(self) -> Inside | None:
        """The string or comment that the cursor is in, None in code."""
        return self.signs.see(self.before, self.line_inside).inside

    @cached_property
    def in_comment(self) -> bool:
        return self.inside is not None and self.inside.kind is Kind.COMMENT

    @cached_property
    def in_string(self) -> bool:
        return self.inside is not None and self.inside.kind is Kind.STRING

    @cached_property
    def open(self) -> tuple[Open, ...]:
        """The brackets that are open at the cursor, the innermost last."""
        stack = open_after((*self.lines_above, self.before), self.signs)
        lines = (self.after, *self.lines_below)
        last = self.cursor.line + len(self.lines_below)
        closed = closed_in(
            stack,
            lines,
            tuple(self._rows_below(lines)),
            whole=last == len(self.cursor.document.lines) - 1,
        )
        return tuple(
            replace(one, closed=True) if at in closed else one
            for at, one in enumerate(stack)
        )

    @cached_property
    def knows_all_brackets(self) -> bool:
        """Whether no bracket can be open that is not in ``open``."""
        return self._top == 0

    def see(self, text: str) -> Seen:
        """Return the signs of the cursor's line to its left and ``text``, together."""
        return self.signs.see(self.before + text, self.line_inside)

    def faults(self, text: str) -> int:
        """Return how much does not parse around the cursor with the text in place.

        0 where no grammar reads the language: then every text is as good.
        """
        if self._language is None:
            return 0
        above, below = self._frame
        line = f"{self.before}{text}{self.after}"
        return faults(f"{above}\n{line}\n{below}", self._language) or 0

    def best(self, texts: Sequence[str]) -> str:
        """Return the text that parses best in its place; of equal ones, the first."""
        return min(texts, key=self.faults)

    @cached_property
    def _language(self) -> Language | None:
        document = self.cursor.document
        return language_of(document.uri, language_id=document.language)

    @cached_property
    def _frame(self) -> tuple[str, str]:
        return frame(self.cursor.document.lines, self.cursor.line)

    @cached_property
    def _top(self) -> int:
        lines, line = self.cursor.document.lines, self.cursor.line
        first = max(line - _ABOVE, 0)
        for at in range(first, max(first - _ABOVE // 2, 0), -1):
            if lines[at][0].isalpha():
                return at
        return first if first > _ABOVE // 2 else 0

    def _rows_below(self, lines: Sequence[str]) -> Iterator[RowMarks]:
        """Yield the brackets of the lines from the cursor on.

        A string that begins in the cursor's line is unfinished if the line does not end it.
        """
        if self.inside is None or self.line_inside is not None:
            yield from rows_of(lines, self.signs, self.inside)
            return
        yield from rows_of(lines[:1], self.signs, self.inside)
        yield from rows_of(lines[1:], self.signs, None)

    @cached_property
    def _seen_above(self) -> Seen:
        return self.signs.see("".join(f"{line}\n" for line in self.lines_above))


class _Same:
    """A cursor that equals another in the very same document: cheap to compare."""

    __slots__ = ("cursor", "most_lines")

    def __init__(self, cursor: Cursor, most_lines: int) -> None:
        self.cursor, self.most_lines = cursor, most_lines

    def __hash__(self) -> int:
        at = self.cursor
        return hash((id(at.document), at.line, at.column, self.most_lines))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Same):
            return NotImplemented
        mine, its = self.cursor, other.cursor
        return (
            mine.document is its.document
            and (mine.line, mine.column) == (its.line, its.column)
            and self.most_lines == other.most_lines
        )


def place_at(cursor: Cursor, most_lines: int) -> Place:
    """Return the place; the last few are remembered, for it is asked after each token."""
    return _place(_Same(cursor, most_lines))


@lru_cache(maxsize=16)
def _place(same: _Same) -> Place:
    return Place(same.cursor, same.most_lines)


def _short(line: str) -> str:
    return without_end(line[: _LONGEST + 2])[:_LONGEST]
