"""Documentation in the convention of its language, made of what a model wrote.

The model's code is never taken: only the text of its comment is, and written anew.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from retrieval.languages import language_of
from retrieval.source import Document

_WIDTH = 88
_QUOTES = re.compile(r"[rRuUbBfF]{0,2}(\"\"\"|''')")
_BLOCK = re.compile(r"/\*+!?(.*?)(?:\*/|\Z)", re.DOTALL)
_WORDS = re.compile(r"[^\W\d_][^{}=;<>\[\]]* [^{}=;<>\[\]]*")
_STAR = re.compile(r"^[ \t]*\*(?!/) ?")
_SEPARATORS = re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
"""What ends a line, and a comment with it, in some language: LF is split at elsewhere."""
_LINE_SIGNS = ("///", "//!", "//", "#", "--")


class Form(Enum):
    """How documentation stands in a file."""

    DOCSTRING = auto()
    BLOCK = auto()
    LINES = auto()


@dataclass(frozen=True, slots=True)
class Convention:
    """``sign`` begins it, of LINES each line; ``words`` say to a model what it is."""

    form: Form
    sign: str
    words: str


_DOCSTRING = Convention(Form.DOCSTRING, '"""', "docstring")
_CONVENTIONS = {
    "python": _DOCSTRING,
    "java": Convention(Form.BLOCK, "/**", "Javadoc comment"),
    "php": Convention(Form.BLOCK, "/**", "PHPDoc comment"),
    "typescript": Convention(Form.BLOCK, "/**", "TSDoc comment"),
    "tsx": Convention(Form.BLOCK, "/**", "TSDoc comment"),
    "javascript": Convention(Form.BLOCK, "/**", "JSDoc comment"),
    "c": Convention(Form.BLOCK, "/**", "Doxygen comment"),
    "cpp": Convention(Form.BLOCK, "/**", "Doxygen comment"),
    "kotlin": Convention(Form.BLOCK, "/**", "KDoc comment"),
    "scala": Convention(Form.BLOCK, "/**", "Scaladoc comment"),
    "csharp": Convention(Form.LINES, "///", "XML documentation comment"),
    "rust": Convention(Form.LINES, "///", "doc comment"),
    "swift": Convention(Form.LINES, "///", "doc comment"),
    "dart": Convention(Form.LINES, "///", "doc comment"),
    "go": Convention(Form.LINES, "//", "doc comment"),
}
_SLASHES = Convention(Form.LINES, "///", "Doxygen comment")


def convention_of(document: Document) -> Convention:
    """Return what the language, and in C++ the file, has for documentation."""
    language = language_of(document.uri, language_id=document.language)
    name = language.name if language else ""
    if name in {"c", "cpp"}:
        starts = [line.lstrip()[:3] for line in document.lines]
        if starts.count("///") > starts.count("/**"):
            return _SLASHES
    if name in _CONVENTIONS:
        return _CONVENTIONS[name]
    return Convention(Form.LINES, language.comment if language else "#", "comment")


def opening(convention: Convention) -> str:
    """Return how an answer is made to begin, so that it is documentation."""
    return {
        Form.DOCSTRING: '"""',
        Form.BLOCK: "/**\n *",
        Form.LINES: convention.sign,
    }[convention.form]


def finished(begun: str, said: str) -> bool:
    """Whether ``said``, which began with ``begun``, has said all of its comment."""
    if begun.startswith('"""'):
        return said.count('"""') > 1
    if begun.startswith("/*"):
        return "*/" in said
    sign = begun.strip()
    whole = said.split("\n")[:-1]
    return bool(sign) and any(not line.lstrip().startswith(sign) for line in whole)


def written(code: str, convention: Convention, indent: str, *, xml: bool) -> list[str]:
    """Return the lines of documentation that ``code`` holds; none where it holds none.

    ``xml``: the text stands in the tags of C#.
    """
    lines = _text(_SEPARATORS.sub(" ", code), convention)
    if not lines:
        return []
    if convention.form is Form.DOCSTRING:
        return _docstring(lines, indent)
    if convention.form is Form.BLOCK:
        body = [f" * {line.replace('*/', '* /')}".rstrip() for line in lines]
        return [indent + line for line in ("/**", *body, " */")]
    if xml and not any("<" in line for line in lines):
        escaped = [html.escape(line, quote=False) for line in lines]
        lines = ["<summary>", *escaped, "</summary>"]
    return [f"{indent}{convention.sign} {line}".rstrip() for line in lines]


def _docstring(lines: Sequence[str], indent: str) -> list[str]:
    lines = [line.replace('"""', "'''") for line in lines]
    raw = "r" if any("\\" in line for line in lines) else ""
    first, *others = lines
    single = f'{indent}{raw}"""{first}"""'
    if not others and len(single) <= _WIDTH and first[-1] not in '"\\':
        return [single]
    body = [f"{indent}{line}".rstrip() for line in others]
    return [f'{indent}{raw}"""{first}', *body, f'{indent}"""']


def _text(code: str, convention: Convention) -> list[str]:
    """Return the text of the first comment, whatever signs it has."""
    order = {
        Form.DOCSTRING: (_of_quotes, _of_lines, _of_block),
        Form.BLOCK: (_of_block, _of_lines, _of_quotes),
        Form.LINES: (_of_lines, _of_block, _of_quotes),
    }[convention.form]
    for read in (*order, _of_words):
        found = _bare(read(code))
        if found:
            return found
    return []


def _of_quotes(code: str) -> list[str]:
    opened = _QUOTES.search(code)
    if opened is None:
        return []
    text = code[opened.end() :].split(opened[1], 1)[0]
    first, *others = text.split("\n")
    return [first.strip(), *_dedented(others)]


def _of_block(code: str) -> list[str]:
    found = _BLOCK.search(code)
    if found is None:
        return []
    first, *others = found[1].split("\n")
    return [first.strip(), *(_STAR.sub("", line).rstrip() for line in others)]


def _of_lines(code: str) -> list[str]:
    rows = [row.strip() for row in code.split("\n")]
    first = next((at for at, row in enumerate(rows) if row.startswith(_LINE_SIGNS)), -1)
    if first < 0:
        return []
    sign = next(sign for sign in _LINE_SIGNS if rows[first].startswith(sign))
    found = []
    for row in rows[first:]:
        if not row.startswith(sign):
            break
        found.append(row.removeprefix(sign).removeprefix(" "))
    return found


def _of_words(code: str) -> list[str]:
    """Return the lines that an answer without any sign begins with, if they are words."""
    found: list[str] = []
    for line in code.split("\n"):
        if line.strip() and not _WORDS.fullmatch(line.strip()):
            break
        found.append(line.strip())
    return found


def _dedented(lines: Sequence[str]) -> list[str]:
    depths = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    depth = min(depths, default=0)
    return [line[depth:].rstrip() for line in lines]


def _bare(lines: Sequence[str]) -> list[str]:
    """Take blank lines off the edges."""
    told = [at for at, line in enumerate(lines) if line.strip()]
    return [*lines[told[0] : told[-1] + 1]] if told else []
