"""A tree to the outline of its file, in one pass of its query."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from tree_sitter import Node, QueryCursor, Tree

from retrieval.languages import Language
from retrieval.outline import Definition, Import, Kind, Outline
from retrieval.syntax.grammars import Grammar, grammar_of
from retrieval.syntax.mend import mended
from retrieval.syntax.spans import Found, Source, Span, joined, spans
from retrieval.syntax.statements import IMPORTING, read

DEADLINE_S = 1.0
"""What parsing one file may take: beyond it the file has no outline."""

_PLAIN_BYTES = 100_000
"""A file up to here is parsed without a watch on the time."""

_HARMLESS_BYTES = 20_000
_MANY_BRACKETS = 2_000
_PAIRS = ((b"{", b"}"), (b"(", b")"), (b"[", b"]"))

_MATCH_LIMIT = 4096
"""Matches in progress at one time: a text nested deeper than that loses some."""

_LINE_GOES_ON = 40
"""Bytes behind a decorator that are looked at: does its line end with it?"""
_ENDS = frozenset({b"\n", b"", b"#", b"/"})


@dataclass(frozen=True, slots=True)
class Extract:
    """All that one pass finds; ``names`` are the bytes where a definition's name begins."""

    outline: Outline
    spans: tuple[Span, ...] = ()
    names: frozenset[int] = frozenset()


def outline(text: str, language: Language) -> Outline:
    """Return what ``text`` says; the empty outline where no installed grammar reads it.

    Line ends may be LF, CRLF or CR. Broken text gives what can be had; text that takes
    more than ``DEADLINE_S`` gives nothing.
    """
    grammar = grammar_of(language)
    if grammar is None:
        return Outline()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    data = text.encode("utf-8", "replace")
    tree = parse(data, grammar)
    if tree is None:
        return Outline()
    found = extract(data, tree, grammar)
    if tree.root_node.has_error and not _balanced(data):
        found = _mended(data, grammar, found)
    return found.outline


def parse(data: bytes, grammar: Grammar, old: Tree | None = None) -> Tree | None:
    """Parse, from what ``old`` has left unchanged; None where it takes too long."""
    if _hopeless(data):
        return None
    parser = grammar.parser()
    if len(data) <= _PLAIN_BYTES:
        return parser.parse(data, old) if old else parser.parse(data)
    overdue = _watch()
    try:
        if old is None:
            return parser.parse(_reader(data), progress_callback=overdue)
        return parser.parse(_reader(data), old, progress_callback=overdue)
    except ValueError:  # overdue
        return None


def _hopeless(data: bytes) -> bool:
    """Tell texts for which a query would take its time squared.

    Those are minified (many brackets in one row), a heap of brackets (people's code has
    one opening bracket in twenty characters), or broken from end to end.
    """
    if len(data) < _HARMLESS_BYTES:
        return False
    pairs = [(data.count(left), data.count(right)) for left, right in _PAIRS]
    opened = sum(left for left, _ in pairs)
    if opened * 6 > len(data) or sum(abs(a - b) for a, b in pairs) > _MANY_BRACKETS:
        return True
    longest = max(data.split(b"\n"), key=len)
    return len(longest) > _HARMLESS_BYTES and (
        sum(longest.count(left) for left, _ in _PAIRS) > _MANY_BRACKETS
    )


def _reader(data: bytes) -> Callable[[int, object], bytes]:
    size = 1 << 16
    return lambda at, _: data[at : at + size]


def _watch() -> Callable[[int, bool], bool]:
    end = time.monotonic() + DEADLINE_S
    return lambda _at, _error: time.monotonic() > end


def _balanced(data: bytes) -> bool:
    return all(data.count(left) == data.count(right) for left, right in _PAIRS)


def _mended(data: bytes, grammar: Grammar, found: Extract) -> Extract:
    """Return what is found once the text is mended, if that is no less."""
    rows = mended(data.split(b"\n"), grammar.name)
    if rows is None:
        return found
    data = b"\n".join(rows)
    tree = parse(data, grammar)
    other = extract(data, tree, grammar) if tree else found
    return other if len(other.spans) >= len(found.spans) else found


def extract(data: bytes, tree: Tree, grammar: Grammar) -> Extract:
    """Ask the outline's query of a parsed text, whose lines end with LF."""
    query, roots = grammar.outline
    cursor = QueryCursor(query, match_limit=_MATCH_LIMIT)
    attached: dict[int, int] = {}
    imports: list[Import] = []
    imported: set[int] = set()
    namespace = ""
    found: dict[int, Found] = {}
    for pattern, captures in cursor.matches(tree.root_node):
        root = roots[pattern]
        node = captures[root][0]
        if root == "attached":
            behind = data[node.end_byte : node.end_byte + _LINE_GOES_ON].lstrip(b" \t")
            if behind[:1] in _ENDS:
                first, last = node.start_point.row, node.end_point.row
                attached[first] = max(last, attached.get(first, 0))
        elif root == "namespace":
            namespace = namespace or _text(data, node)
        elif root == "import":
            imports += _imports(data, node, grammar.name)
        elif root == "import.call":
            if _text(data, captures["called"][0]) in IMPORTING:
                node, named = _whole(node)
                imports += _imports(data, node, grammar.name)
                imported.add(named)
        else:
            at = captures["name"][0].start_byte
            known = found.get(at)
            if known is None or pattern < known[2]:
                found[at] = (node.start_byte, -node.end_byte, pattern, root, captures)
            elif pattern == known[2] and "bases" in captures:  # one match for each base
                known[4].setdefault("bases", []).extend(captures["bases"])
    kept = [one for at, one in found.items() if at not in imported]
    kept.sort(key=lambda one: one[:3])
    spanned = spans(Source.of(data, attached, grammar), kept)
    definitions = tuple(span.definition for span in spanned if span.definition)
    imports.sort(key=lambda one: one.line)
    said = Outline(
        definitions=definitions,
        imports=tuple(imports),
        namespace=namespace or _namespace(definitions, grammar.name),
    )
    return Extract(said, tuple(spanned), frozenset(found))


def _namespace(definitions: tuple[Definition, ...], language: str) -> str:
    """Return the first namespace that the file opens, with those directly in it."""
    full = ""
    if language in {"cpp", "csharp"}:
        for one in definitions:
            if one.kind is Kind.MODULE and (not full or one.scope == full):
                full = joined(one.scope, one.name)
    return full


def _whole(call: Node) -> tuple[Node, int]:
    """Return ``x = require("x")`` for its call, and at which byte x begins (-1: no x)."""
    parent = call.parent
    if parent is None or parent.type != "variable_declarator":
        return call, -1
    return parent, parent.start_byte


def _text(data: bytes, node: Node) -> str:
    return data[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _imports(data: bytes, node: Node, language: str) -> list[Import]:
    return read(_text(data, node), node.start_point.row, language)
