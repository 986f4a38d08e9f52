"""The name at a place, and what stands before its dot; none in strings and comments."""

import re
from dataclasses import dataclass

from tree_sitter import Node, Tree

from retrieval.languages import Language
from retrieval.syntax.parsed import Parsed

_WORD = re.compile(r"[^\W\d][\w$]*")
_SEPARATORS = frozenset({".", "?.", "::", "->", "?->", "\\", "optional_chain"})
_SEPARATED = re.compile(r"([\w$\\]+(?:\([^()]*\))?)\s*(?:\??\.|::|\??->|\\)\s*$")

_CODE = ("interpolation", "substitution", "expansion", "variable_name")
_SAID = ("comment", "string", "char_literal", "character_literal", "rune_literal")
_MORE_SAID = frozenset(
    {"heredoc_body", "heredoc", "nowdoc", "regex", "jsx_text", "text", "raw_text"}
)
"""Parts of the types of nodes, over all grammars: what is code within a string, and what
is no code."""

_LONGEST_RECEIVER = 200
_LONGEST_LINE = 10_000
_DEEPEST = 60
"""Nodes upwards: no string is deeper above one of its parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name in a line, from code-point column ``start`` to before ``end``.

    ``receiver`` is the expression before its dot (or ``::``, ``->``), "" for none.
    ``defines`` says that a definition has its name here.
    """

    text: str
    start: int
    end: int
    receiver: str = ""
    defines: bool = False


def name_at(
    parsed: Parsed | None, line: str, row: int, column: int, language: Language | None
) -> Name | None:
    """Return the name that the column is in, or directly behind; None for what is no name.

    ``line`` is the text of ``row``. Without a tree its form alone tells.
    """
    words = _WORD.finditer(line) if len(line) <= _LONGEST_LINE else ()
    found = next((one for one in words if one.start() <= column <= one.end()), None)
    if found is None or len(found[0]) > _LONGEST_RECEIVER:
        return None
    start, end, text = found.start(), found.end(), found[0]
    reserved = language is not None and text in language.keywords
    if parsed is None or parsed.tree is None or row >= len(parsed.rows):
        before = _SEPARATED.search(line[:start])
        receiver = before[1] if before else ""
        name = Name(text=text, start=start, end=end, receiver=receiver)
        return None if reserved else name
    byte = len(line[:start].encode("utf-8", "replace"))
    leaf = _leaf(parsed.tree, row, byte)
    if leaf is None or not _is_code(leaf):
        return None
    if reserved and not leaf.type.endswith("identifier"):
        return None
    return Name(
        text=text,
        start=start,
        end=end,
        receiver=_receiver(leaf),
        defines=parsed.defines(row, byte),
    )


def _leaf(tree: Tree, row: int, byte: int) -> Node | None:
    at = (row, byte)
    return tree.root_node.descendant_for_point_range(at, (row, byte + 1))


def _is_code(leaf: Node) -> bool:
    node: Node | None = leaf
    for _ in range(_DEEPEST):
        if node is None:
            return True
        kind = node.type
        if any(part in kind for part in _CODE):
            return True
        if kind in _MORE_SAID or any(part in kind for part in _SAID):
            return not node.is_named and node is leaf  # TypeScript's type string
        node = node.parent
    return True


def _receiver(leaf: Node) -> str:
    """Return what stands before the dot, as it is written."""
    node = leaf
    for _ in range(_DEEPEST):
        before = node.prev_sibling
        if before is not None:
            break
        parent = node.parent
        if parent is None or parent.start_byte != leaf.start_byte:
            return ""
        node = parent
    else:
        return ""
    if before.type not in _SEPARATORS:
        return ""
    receiver = before.prev_sibling
    if receiver is None and before.parent is not None:  # Kotlin's, Swift's suffixes
        receiver = before.parent.prev_sibling
    if receiver is None or receiver.text is None:
        return ""
    return " ".join(receiver.text.decode("utf-8", "replace").split())[
        -_LONGEST_RECEIVER:
    ]
