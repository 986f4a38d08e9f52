"""What of a text is code: comments and what stands in strings are blanked out, by its syntax tree."""

import functools
import importlib
import re
from collections.abc import Iterator

from tree_sitter import Language, Node, Parser

from retrieval import languages

IDENTIFIER = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")

_SEVEN = "python c cpp java php typescript tsx javascript csharp bash"
LANGUAGES = {one.name: one for one in languages.LANGUAGES if one.name in _SEVEN.split()}
"""Where places are drawn: the seven languages of Code Llama's announcement, and C."""

_TEXT = re.compile(
    r"comment|string|char_literal|character_literal|heredoc_|nowdoc|regex|jsx_text"
    r"|^preproc_(end)?region$|^text$"
)
"""Kinds of nodes that hold no code; PHP's text is what stands outside ``<?php``."""
_CODE_IN_TEXT = re.compile(
    r"interpolation$|substitution$|expansion$|variable_name$"
    r"|^(member_access|subscript|member_call)_expression$"
)
"""What inside a string is code again: ``${name}``, ``{value}`` of an f-string."""
_NO_TEXT = frozenset({"concatenated_string", "heredoc_redirect"})


def code(text: str, language: str) -> list[str]:
    """Return the lines of ``text`` with spaces in the place of comments and strings."""
    source = text.encode()
    kept = bytearray(source)
    tree = _parser(language).parse(source)
    for first, last in _blanked(tree.root_node, within_text=False):
        kept[first:last] = re.sub(rb"[^\n]", b" ", source[first:last])
    return kept.decode(errors="replace").split("\n")


def names(text: str) -> frozenset[str]:
    """Return all identifiers of a text, keywords and the words of comments, too."""
    return frozenset(IDENTIFIER.findall(text))


def _blanked(node: Node, *, within_text: bool) -> Iterator[tuple[int, int]]:
    """Yield the bytes of text that are in no code, first to last, without their nodes' code."""
    if within_text:
        if node.is_named and _CODE_IN_TEXT.search(node.type):
            for child in node.children:
                yield from _blanked(child, within_text=False)
            return
        at = node.start_byte
        for child in node.children:
            if at < child.start_byte:
                yield at, child.start_byte
            yield from _blanked(child, within_text=True)
            at = child.end_byte
        if at < node.end_byte:
            yield at, node.end_byte
        return
    is_text = node.type not in _NO_TEXT and bool(_TEXT.search(node.type))
    for child in (node,) if is_text else node.children:
        yield from _blanked(child, within_text=is_text)


@functools.cache
def _parser(language: str) -> Parser:
    row = LANGUAGES[language]
    grammar = getattr(importlib.import_module(row.grammar), row.grammar_name)()
    return Parser(Language(grammar))
