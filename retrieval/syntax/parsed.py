"""An open document's tree, carried from edit to edit."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node, Query, QueryCursor, Tree

from retrieval.languages import Language
from retrieval.outline import Binding, Definition, Outline
from retrieval.source import without_end
from retrieval.syntax.bound import bound
from retrieval.syntax.extract import Extract, extract, parse
from retrieval.syntax.grammars import Grammar, grammar_of
from retrieval.syntax.mend import mended
from retrieval.syntax.spans import HOLDERS

_ROLES = ("call", "type", "attribute", "identifier")


@dataclass(frozen=True, slots=True)
class _Whole:
    """Rows that parse, and their tree: the document's own, or mended ones."""

    rows: tuple[bytes, ...]
    tree: Tree


@dataclass(frozen=True)
class Parsed:
    """One version of a document. ``rows`` are its lines, encoded, without their ends.

    ``tree`` is None where no installed grammar reads the language, or where parsing took
    too long (it is not tried again at each keystroke). ``before`` is what an earlier version was read
    from: broken text is mended, and the mended text is parsed from edit to edit as well.
    """

    language: Language
    rows: tuple[bytes, ...]
    tree: Tree | None
    before: _Whole | None = None

    @classmethod
    def parse(cls, lines: Sequence[str], language: Language) -> "Parsed":
        """Parse a document whose lines may have their ends, or not."""
        rows = _encoded(lines) or (b"",)
        grammar = grammar_of(language)
        tree = parse(b"\n".join(rows), grammar) if grammar else None
        return cls(language, rows, tree)

    def edited(self, first: int, last: int, lines: Sequence[str]) -> "Parsed":
        """Put ``lines`` in the place of those from ``first`` up to, not including, ``last``.

        What the edit left alone is not parsed again. Sound text gives the tree that parsing
        anew gives; where text is broken, tree-sitter may recover in another way.
        """
        rows = (self.rows[:first] + _encoded(lines) + self.rows[last:]) or (b"",)
        if self._grammar is None or self.tree is None:
            return Parsed(self.language, rows, None)
        old = _told(self.tree, self.rows, rows)
        tree = parse(b"\n".join(rows), self._grammar, old)
        return Parsed(self.language, rows, tree, self._known)

    def outline(self) -> Outline:
        return self._extract.outline

    def bindings(self) -> tuple[Binding, ...]:
        """Return what variables are, as far as annotations and constructors tell, in order.

        The type of ``x = make.foo()`` is "make.foo()": look up what that returns.
        """
        return self._bindings

    def references(
        self, first: int = 0, last: int | None = None
    ) -> tuple[tuple[str, int, str], ...]:
        """Return the names used in rows ``first`` to ``last``, both included, in order.

        Each with its row and its role: "call", "type", "attribute" (behind a dot) or
        "name". The names of definitions where they are defined are left out.
        """
        grammar = self._grammar
        if grammar is None or grammar.references is None or self.tree is None:
            return ()
        cursor = QueryCursor(grammar.references)
        if first > 0 or last is not None:
            end = len(self.rows) if last is None else last + 1
            cursor.set_point_range((first, 0), (end, 0))
        captures = cursor.captures(self.tree.root_node)
        defined = self._defined
        found: dict[int, tuple[str, int, str]] = {}
        for role in _ROLES:
            for node in captures.get(role, ()):
                at, (row, column) = node.start_byte, node.start_point
                if at in found or (row, column) in defined or row < first:
                    continue
                if last is None or row <= last:
                    name = self._text(node).lstrip("$@")
                    found[at] = (name, row, "name" if role == "identifier" else role)
        return tuple(found[at] for at in sorted(found))

    def defines(self, row: int, byte: int) -> bool:
        """Tell whether the name of a definition begins at a byte of a row."""
        return (row, byte) in self._defined

    def scope_at(self, line: int, column: int) -> tuple[Definition, ...]:
        """Return the definitions around a place, the outermost first.

        In Python a line that is still empty belongs to what its column is indented under.
        """
        if line >= len(self.rows) or self._whole is None:
            return ()
        before = self.rows[line].decode("utf-8", "replace")[:column].encode()
        at = self._starts[line] + min(len(before), len(self._whole.rows[line]))
        return tuple(
            span.definition
            for span in self._extract.spans
            if span.definition is not None
            and span.definition.kind in HOLDERS
            and (
                span.start <= at <= span.end
                or self._under(span.definition, line, before)
            )
        )

    def _under(self, one: Definition, line: int, before: bytes) -> bool:
        if (
            self.language.name != "python"
            or line <= one.last
            or one.start >= len(self.rows)
        ):
            return False
        depth = _indent(self.rows[one.start])
        between = (row for row in self.rows[one.last + 1 : line] if row.strip())
        here = before if not before.strip() else self.rows[line]
        own = len(before) if not before.strip() else _indent(here)
        return own > depth and all(_indent(row) > depth for row in between)

    @cached_property
    def _grammar(self) -> Grammar | None:
        return grammar_of(self.language)

    @property
    def _known(self) -> _Whole | None:
        """What the next version's mended text is parsed from."""
        if "_whole" in self.__dict__:
            return self._whole
        if self.tree is not None and not self.tree.root_node.has_error:
            return _Whole(self.rows, self.tree)
        return self.before

    @cached_property
    def _whole(self) -> _Whole | None:
        if self._grammar is None or self.tree is None:
            return None
        own = _Whole(self.rows, self.tree)
        if not self.tree.root_node.has_error:
            return own
        lines = mended(self.rows, self.language.name)
        if lines is None:
            return own
        rows = tuple(lines)
        old = _told(self.before.tree, self.before.rows, rows) if self.before else None
        tree = parse(b"\n".join(rows), self._grammar, old)
        if tree is None:
            return own
        other = _Whole(rows, tree)
        if not tree.root_node.has_error:
            return other
        errors = self._grammar.errors
        return other if _wrong(tree, errors) <= _wrong(self.tree, errors) else own

    @cached_property
    def _data(self) -> bytes:
        return b"\n".join(self.rows)

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [], 0
        for row in self._whole.rows if self._whole else ():
            starts.append(at)
            at += len(row) + 1
        return starts

    @cached_property
    def _extract(self) -> Extract:
        if self._grammar is None or self._whole is None:
            return Extract(Outline())
        return _extracted(self._whole, self._grammar)

    @cached_property
    def _defined(self) -> frozenset[tuple[int, int]]:
        """Row and column of the names of the definitions."""
        found = set()
        for at in self._extract.names:
            row = bisect_right(self._starts, at) - 1
            found.add((row, at - self._starts[row]))
        return frozenset(found)

    @cached_property
    def _bindings(self) -> tuple[Binding, ...]:
        query = self._grammar.bindings if self._grammar else None
        if query is None or self._whole is None:
            return ()
        data = b"\n".join(self._whole.rows)
        return bound(data, self._whole.tree, query, self._extract, self.language.name)

    def _text(self, node: Node) -> str:
        return self._data[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _encoded(lines: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(without_end(line).encode("utf-8", "replace") for line in lines)


def _indent(row: bytes) -> int:
    return len(row) - len(row.lstrip())


def _wrong(tree: Tree, errors: Query) -> int:
    """Return how many bytes stand in what the grammar could not place."""
    found = QueryCursor(errors).captures(tree.root_node).get("error", ())
    return sum(node.end_byte - node.start_byte for node in found)


def _extracted(whole: _Whole, grammar: Grammar) -> Extract:
    return extract(b"\n".join(whole.rows), whole.tree, grammar)


def _told(tree: Tree, old: tuple[bytes, ...], new: tuple[bytes, ...]) -> Tree:
    """Return a copy of ``tree``, of the rows ``old``, that knows where ``new`` differs.

    At the document's end the edit begins behind the row above, because the line feed
    between the two comes or goes with it.
    """
    first, last = _differ(old, new)
    if last < len(old):
        start, above = (first, 0), _length(old[:first], ended=True)
        old_end, new_end = (last, 0), (last + len(new) - len(old), 0)
        old_byte = above + _length(old[first:last], ended=True)
        new_byte = above + _length(new[first : new_end[0]], ended=True)
    else:
        row = first - 1 if first else 0
        start = (row, len(old[row]) if first else 0)
        above = _length(old[:first], ended=False) if first else 0
        old_end, new_end = (len(old) - 1, len(old[-1])), (len(new) - 1, len(new[-1]))
        old_byte, new_byte = _length(old, ended=False), _length(new, ended=False)
    tree = tree.copy()
    tree.edit(above, old_byte, new_byte, start, old_end, new_end)
    return tree


def _differ(old: tuple[bytes, ...], new: tuple[bytes, ...]) -> tuple[int, int]:
    """Return the first row that differs, and behind which row of ``old`` none does."""
    shorter = min(len(old), len(new))
    first = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    same = 0
    while same < shorter - first and old[-1 - same] == new[-1 - same]:
        same += 1
    return first, len(old) - same


def _length(rows: Sequence[bytes], *, ended: bool) -> int:
    return sum(map(len, rows)) + max(len(rows) - (not ended), 0)
