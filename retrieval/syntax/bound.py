"""What the variables of a file are, as far as annotations and constructors tell."""

from bisect import bisect_right

from tree_sitter import Node, Query, QueryCursor, Tree

from retrieval.outline import Binding
from retrieval.syntax.extract import Extract
from retrieval.syntax.spans import HOLDERS
from retrieval.syntax.types import UNTOLD, bare, called

_OWNERS = {"python": "self", "rust": "self"}


def bound(
    data: bytes, tree: Tree, query: Query, found: Extract, language: str
) -> tuple[Binding, ...]:
    """Return the bindings in their order; a call's says more than a bare ``auto``.

    ``self.x = x`` takes the type that the parameter x has in the same scope.
    """
    owner = _OWNERS.get(language, "this")
    told: dict[tuple[int, bool], tuple[str, str, int]] = {}
    taken: list[tuple[int, str, int, str]] = []
    for _, captures in QueryCursor(query).matches(tree.root_node):
        member = "name" not in captures
        node = captures["member" if member else "name"][0]
        at, row = node.start_byte, node.start_point.row
        name = _dotted(_text(data, node))
        if member:
            name = f"{owner}.{name}"
        if "from" in captures:
            taken.append((at, name, row, _dotted(_text(data, captures["from"][0]))))
            continue
        kind = _type(data, captures, language)
        if kind:
            told.setdefault((at, member), (name, kind, row))
    scopes = _Scopes(found)
    known: dict[tuple[str, str], str] = {}
    bindings: list[tuple[int, Binding]] = []
    for (at, _), (name, kind, row) in sorted(told.items()):
        scope = scopes.at(at)
        known.setdefault((scope, name), kind)
        bindings.append((at, Binding(name=name, type=kind, line=row, scope=scope)))
    for at, name, row, source in taken:
        scope = scopes.at(at)
        kind = known.get((scope, source), "")
        if kind and (at, False) not in told:
            bindings.append((at, Binding(name=name, type=kind, line=row, scope=scope)))
    bindings.sort(key=lambda one: one[0])
    return tuple(binding for _, binding in bindings)


def _type(data: bytes, captures: dict[str, list[Node]], language: str) -> str:
    if "created" in captures:
        return bare(_text(data, captures["created"][0]))
    if "call" in captures:
        call = captures["call"][0]
        end = (
            captures["arguments"][0].start_byte
            if "arguments" in captures
            else call.end_byte
        )
        return called(data[call.start_byte : end].decode("utf-8", "replace"), language)
    kind = bare(_text(data, captures["type"][0]))
    return "" if kind in UNTOLD else kind


def _text(data: bytes, node: Node) -> str:
    return data[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _dotted(name: str) -> str:
    return name.lstrip("$@").replace("?->", ".").replace("->", ".").replace("$", "")


class _Scopes:
    """Which definition is around a byte."""

    def __init__(self, found: Extract) -> None:
        self._all = found.spans
        self._holders = [
            index
            for index, span in enumerate(found.spans)
            if span.definition is None or span.definition.kind in HOLDERS
        ]
        self._starts = [found.spans[index].start for index in self._holders]

    def at(self, byte: int) -> str:
        place = bisect_right(self._starts, byte) - 1
        at = self._holders[place] if place >= 0 else -1
        while at >= 0 and self._all[at].end < byte:
            at = self._all[at].parent
        return self._all[at].inner if at >= 0 else ""
