"""Grammars and compiled queries, loaded when a language is first met."""

import importlib
import re
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from tree_sitter import Language as TreeSitterLanguage
from tree_sitter import Parser, Query

from retrieval.languages import PACK, Language

_PARTS = re.compile(r"^; ---- (\w+)$", re.MULTILINE)
_ROOTS = re.compile(
    r"@(definition\.\w+|scope|attached|namespace|import\.call|import)\b"
)


@dataclass(frozen=True)
class Grammar:
    """A language that can be parsed. ``parts`` are its queries' texts by their heading."""

    name: str
    comment: bytes
    language: TreeSitterLanguage
    parts: dict[str, str]

    def parser(self) -> Parser:
        """Return a parser of the caller's own: two threads must not share one."""
        return Parser(self.language)

    @cached_property
    def outline(self) -> tuple[Query, tuple[str, ...]]:
        """The query, and for each of its patterns what a match of it is."""
        query = Query(self.language, self.parts["outline"])
        text = self.parts["outline"].encode()
        roots = []
        for pattern in range(query.pattern_count):
            start = query.start_byte_for_pattern(pattern)
            end = query.end_byte_for_pattern(pattern)
            roots.append(_ROOTS.findall(text[start:end].decode())[-1])
        return query, tuple(roots)

    @cached_property
    def bindings(self) -> Query | None:
        return self._query("bindings")

    @cached_property
    def references(self) -> Query | None:
        return self._query("references")

    @cached_property
    def errors(self) -> Query:
        return Query(self.language, "(ERROR) @error")

    def _query(self, part: str) -> Query | None:
        text = self.parts.get(part)
        return Query(self.language, text) if text else None


@cache
def grammar_of(language: Language) -> Grammar | None:
    """Return what parses ``language``, None where nothing installed does."""
    if not language.query:
        return None
    parser = _loaded(language)
    if parser is None:
        return None
    text = (
        files("retrieval")
        .joinpath("queries", f"{language.query}.scm")
        .read_text("utf-8")
    )
    first, *rest = _PARTS.split(text)
    parts = {"outline": first, **dict(zip(rest[::2], rest[1::2], strict=True))}
    return Grammar(language.name, language.comment.encode(), parser, parts)


def _loaded(language: Language) -> TreeSitterLanguage | None:
    try:
        module = importlib.import_module(language.grammar)
    except ImportError:
        return None
    if language.grammar == PACK:
        return TreeSitterLanguage(module.get_binding(language.grammar_name))
    return TreeSitterLanguage(getattr(module, language.grammar_name)())
