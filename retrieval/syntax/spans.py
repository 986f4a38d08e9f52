"""Matches to definitions: each gets its scope, its kind, its rows and its types."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from tree_sitter import Node

from retrieval.outline import Definition, Kind
from retrieval.syntax.comments import leading
from retrieval.syntax.grammars import Grammar
from retrieval.syntax.types import UNTOLD, bare, bases, called

Captures = dict[str, list[Node]]

Found = tuple[int, int, int, str, Captures]
"""First byte, last byte (negative: the outer one sorts first), pattern, root, captures."""

_KINDS = {f"definition.{kind}": kind for kind in Kind} | {
    "definition.member": Kind.FIELD,
    "definition.constant": Kind.VARIABLE,
    "definition.declared": Kind.FUNCTION,
    "definition.exported": Kind.VARIABLE,
}
HOLDERS = frozenset({Kind.CLASS, Kind.MODULE, Kind.FUNCTION, Kind.METHOD})
"""What other definitions can be in."""

_ROUTINES = frozenset({Kind.FUNCTION, Kind.METHOD})
_VALUES = frozenset({Kind.FIELD, Kind.VARIABLE})
_QUOTES = frozenset({b'"', b"'", b"r", b"R", b"u", b"U"})
_OUTSIDE = re.compile(r"<[^<>]*>|\s+")
_RECEIVER = re.compile(r"(\w+)(?:\[[^\]]*\])?\s*\)?$")
_HEADER_BYTES = 4000


@dataclass(frozen=True, slots=True)
class Span:
    """A definition, or a scope that is none, with its bytes.

    ``parent`` is the index of what encloses it (-1: nothing), ``inner`` the scope of what
    stands in it.
    """

    start: int
    end: int
    parent: int
    inner: str
    definition: Definition | None


@dataclass(frozen=True, slots=True)
class Source:
    """``attached`` gives for a decorator's first row its last, ``above`` the other way."""

    data: bytes
    lines: list[bytes]
    attached: dict[int, int]
    above: dict[int, int]
    grammar: Grammar
    members: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def of(cls, data: bytes, attached: dict[int, int], grammar: Grammar) -> "Source":
        above = {last: first for first, last in attached.items()}
        return cls(data, data.split(b"\n"), attached, above, grammar)

    def text(self, node: Node) -> str:
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")


def spans(source: Source, found: list[Found]) -> list[Span]:
    """Return the definitions of ``found``, which is sorted, and the scopes between them."""
    spanned: list[Span] = []
    parent = -1
    for start, minus_end, _, root, captures in found:
        end = -minus_end
        while parent >= 0 and spanned[parent].end < end:
            parent = spanned[parent].parent
        outer = spanned[parent] if parent >= 0 else None
        scope = outer.inner if outer else ""
        name = source.text(captures["name"][0])
        if root == "scope":
            spanned.append(Span(start, end, parent, joined(scope, bare(name)), None))
            parent = len(spanned) - 1
            continue
        if root == "definition.member":
            scope = _class_around(spanned, parent)
        kind = _kind(source, root, captures, outer, scope)
        if kind is None:
            continue
        scope, name, kind = _placed(source, captures, scope, name, kind)
        if kind is Kind.FIELD:
            if (scope, name) in source.members:
                continue
            source.members.add((scope, name))
        one = _definition(
            source, captures, root, outer, name=name, kind=kind, scope=scope
        )
        if kind in HOLDERS:
            spanned.append(Span(start, end, parent, joined(scope, name), one))
            parent = len(spanned) - 1
        else:
            spanned.append(Span(start, end, parent, scope, one))
    return spanned


def joined(scope: str, name: str) -> str:
    name = name.replace("::", ".")
    return f"{scope}.{name}" if scope and name else scope or name


def _class_around(spanned: list[Span], at: int) -> str:
    """Return the inner scope of the class that is around, "" for none."""
    while at >= 0:
        if _is_class(spanned[at].definition):
            return spanned[at].inner
        at = spanned[at].parent
    return ""


def _kind(
    source: Source, root: str, captures: Captures, outer: Span | None, scope: str
) -> Kind | None:
    """Return what the match defines where it stands, None for nothing of note."""
    kind = _KINDS[root]
    around = outer.definition if outer else None
    if root == "definition.member":
        owner = captures.get("self")
        own = owner is None or source.text(owner[0]) in {"self", "this"}
        return kind if own and scope else None
    if root == "definition.exported":
        where = source.text(captures["exports"][0])
        return kind if where in {"exports", "module"} else None
    if around is not None and around.kind in _ROUTINES:
        dropped = kind in _VALUES or root == "definition.declared"
        return None if dropped else kind
    if kind is Kind.FUNCTION and outer and (around is None or _is_class(around)):
        return Kind.METHOD
    if root == "definition.constant" and _is_class(around):
        return Kind.FIELD
    return kind


def _placed(
    source: Source, captures: Captures, scope: str, name: str, kind: Kind
) -> tuple[str, str, Kind]:
    """Move what names its class itself into it: ``A::b``, Go's receivers."""
    if "::" in name:
        *outer, name = _OUTSIDE.sub("", name).split("::")
        scope = joined(scope, ".".join(filter(None, outer)))
        kind = Kind.METHOD if kind is Kind.FUNCTION else kind
    elif "owner" in captures:
        receiver = _RECEIVER.search(source.text(captures["owner"][0]).rstrip(")"))
        scope = joined(scope, receiver[1]) if receiver else scope
    if source.grammar.name == "php":
        return scope, name.removeprefix("$"), kind
    return scope, name.lstrip("#@").strip("\"'"), kind


def _definition(
    source: Source,
    captures: Captures,
    root: str,
    outer: Span | None,
    *,
    name: str,
    kind: Kind,
    scope: str,
) -> Definition:
    node = captures[root][0]
    row = node.start_point.row
    last, ends = node.end_point
    if last > row and not ends:
        last -= 1
    start, header_last = row, last
    if start in source.attached:
        named = captures["name"][0].start_point.row
        while source.attached.get(start, named) < named:
            start = source.attached[start] + 1
    first, (doc_first, doc_last) = leading(
        source.lines, row, source.above, source.grammar.comment
    )
    if "body" in captures:
        body = captures["body"][0]
        begin = body.start_byte
        header_last = row + _header(source, node.start_byte, begin).count(b"\n")
        if (
            source.data[begin : begin + 1] in _QUOTES
            and source.grammar.name == "python"
        ):
            doc_first, doc_last = _docstring(body) or (doc_first, doc_last)
    return Definition(
        name=name,
        kind=kind,
        scope=scope,
        first=first,
        start=start,
        header_last=max(header_last, start),
        last=last,
        doc_first=doc_first,
        doc_last=doc_last,
        bases=_bases(source, captures) if "bases" in captures else (),
        type=_type(source, captures, outer),
    )


def _header(source: Source, start: int, begin: int) -> bytes:
    """Return what stands before a body, without the comments that stand above it."""
    header = source.data[start:begin].rstrip()
    sign = source.grammar.comment
    while header.rpartition(b"\n")[2].lstrip().startswith(sign) and b"\n" in header:
        header = header.rpartition(b"\n")[0].rstrip()
    return header


def _docstring(body: Node) -> tuple[int, int] | None:
    """Return the rows of the string that a block begins with."""
    statement = body.named_child(0) if body.named_child_count else None
    if statement is None or not statement.named_child_count:
        return None
    string = statement.named_child(0)
    if string.type != "string":
        return None
    return string.start_point.row, string.end_point.row


def _bases(source: Source, captures: Captures) -> tuple[str, ...]:
    written = (bases(source.text(clause)) for clause in captures["bases"])
    return tuple(dict.fromkeys(chain.from_iterable(written)))


def _type(source: Source, captures: Captures, outer: Span | None) -> str:
    for capture in ("type", "created"):
        if capture in captures:
            name = bare(source.text(captures[capture][0]))
            return "" if name in UNTOLD else name
    if "call" in captures:
        start, end = captures["call"][0].start_byte, captures["arguments"][0].start_byte
        callee = source.data[start:end].decode("utf-8", "replace")
        return called(callee, source.grammar.name)
    if "from" in captures and outer:
        return _parameter(source, outer, source.text(captures["from"][0]))
    return ""


def _parameter(source: Source, outer: Span, name: str) -> str:
    """Return the annotated type of the parameter ``name`` of the function around."""
    one = outer.definition
    if one is None or one.kind not in _ROUTINES:
        return ""
    return _parameters(b"\n".join(source.lines[one.start : one.header_last + 1])).get(
        name, ""
    )


_PARAMETER = re.compile(
    r"(\w+)\s*:\s*((?:[^,=()\[\]\n]|\[[^\n]*?\](?=[\"'\s]*[,=)|\n]))+)"
)


@lru_cache(maxsize=64)
def _parameters(header: bytes) -> dict[str, str]:
    text = header[:_HEADER_BYTES].decode("utf-8", "replace")
    return {found[1]: bare(found[2]) for found in _PARAMETER.finditer(text)}


def _is_class(one: Definition | None) -> bool:
    return one is not None and one.kind is Kind.CLASS
