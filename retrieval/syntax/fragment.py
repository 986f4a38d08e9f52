"""A few lines around a place, parsed: how well a text fits there.

A fragment is what stands near, and further away only what it is enclosed in: so a method
in the middle of ten thousand lines is parsed in its class in less than a millisecond.
"""

from collections.abc import Sequence

from tree_sitter import Node

from retrieval.languages import Language
from retrieval.source import without_end
from retrieval.syntax.grammars import grammar_of

_NEAR = 30
_FAR = 2000
_LONGEST = 1000
_CLOSERS = (")", "]", "}", "end", "fi", "done", "esac", "</")
_MOST = 100
"""Faults that are counted: text with more is no code of this language."""


def frame(lines: Sequence[str], line: int) -> tuple[str, str]:
    """Return the fragment's text above and below a line.

    All of ``_NEAR`` lines, and of ``_FAR`` lines beyond them those that are less deep than
    all between: headers above, closing brackets below. Lines are cut at ``_LONGEST``.
    """
    above = [_short(one) for one in lines[max(line - _NEAR, 0) : line]]
    depth = min((_depth(one) for one in above if one.strip()), default=0)
    headers: list[str] = []
    closing = False
    for at in range(line - _NEAR - 1, max(line - _FAR, -1), -1):
        one = _short(lines[at])
        if depth == 0 and not closing:
            break
        deep = _depth(one)
        if one.strip() and (deep < depth or (closing and deep == depth)):
            headers.append(one)
            depth, closing = deep, one.lstrip().startswith(_CLOSERS)
    below = [_short(one) for one in lines[line + 1 : line + 1 + _NEAR]]
    depth = min((_depth(one) for one in below if one.strip()), default=0)
    for one in lines[line + 1 + _NEAR : line + _FAR]:
        if depth == 0:
            break
        if one.strip() and _depth(one) < depth:
            depth = _depth(one)
            if one.lstrip().startswith(_CLOSERS):
                below.append(_short(one))
    if line > _NEAR and lines[0].startswith("<?"):
        headers.append("<?php")
    return "\n".join((*reversed(headers), *above)), "\n".join(below)


def faults(text: str, language: Language) -> int | None:
    """Return how many pieces the grammar cannot place, or misses; None without a grammar."""
    grammar = grammar_of(language)
    if grammar is None:
        return None
    root = grammar.parser().parse(text.encode("utf-8", "replace")).root_node
    return _count(root)


def _count(root: Node) -> int:
    found, nodes = 0, [root]
    while nodes and found < _MOST:
        node = nodes.pop()
        if node.is_missing or node.is_error:
            found += 1
        if node.has_error:
            nodes.extend(node.children)
    return found


def _short(line: str) -> str:
    return without_end(line[: _LONGEST + 2])[:_LONGEST]


def _depth(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())
