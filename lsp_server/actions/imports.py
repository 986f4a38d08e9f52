"""New imports: taken from the top of an answer, put where the file has its own."""

import re
from collections.abc import Sequence

from lsp_server.actions.statements import grown
from retrieval.languages import language_of
from retrieval.outline import Kind, Outline
from retrieval.source import Document, split_lines, without_end

_JAVASCRIPT = re.compile(
    r"import\b(?!\s*\()|(?:const|let|var)\s+[\w${},\s:]+=\s*require\(|export\s+.*\bfrom\b"
)
_IMPORTS = {
    "python": re.compile(r"import\s+\w|from\s+[.\w]+\s+import\b"),
    "java": re.compile(r"import\s+(?:static\s+)?[\w.*]+;"),
    "csharp": re.compile(r"(?:global\s+)?using\s+(?:static\s+)?[\w.]+(?:\s*=[^;]*)?;"),
    "php": re.compile(r"use\s+(?:function\s+|const\s+)?\\?\w+\\[^;(]*;"),
    "c": re.compile(r"#\s*include\b"),
    "cpp": re.compile(r"#\s*include\b"),
    "javascript": _JAVASCRIPT,
    "typescript": _JAVASCRIPT,
    "tsx": _JAVASCRIPT,
    "rust": re.compile(r"use\s+[\w:]+"),
    "ruby": re.compile(r"require(?:_relative)?\s"),
}
"""How a statement begins that imports, in languages whose imports stand at the top."""

_DOCSTRING = re.compile(r"[rRuU]?(\"\"\"|''')")
_OPENS = {
    "python": re.compile(r"from\s+__future__\b"),
    "java": re.compile(r"package\b"),
    "php": re.compile(r"<\?php|declare\s*\(|namespace\b[^{]*;"),
    "c": re.compile(r"#\s*(?:pragma\s+once|ifndef\s+\w+_H\w*|define\s+\w+_H\w*)\b"),
    "cpp": re.compile(r"#\s*(?:pragma\s+once|ifndef\s+\w+_H\w*|define\s+\w+_H\w*)\b"),
    "javascript": re.compile(r"['\"]use \w+['\"]"),
    "typescript": re.compile(r"['\"]use \w+['\"]"),
    "rust": re.compile(r"#!\["),
}
"""What stands before imports."""


def taken_out(
    document: Document, lines: Sequence[str], replaced: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Return the imports that ``lines`` begin with, and the rest without them.

    Imports that stand in ``replaced`` are left where they are. Those that the document has
    already are in neither. Where nothing but imports is said, nothing is taken.
    """
    pattern = _IMPORTS.get(_language(document))
    if pattern is None:
        return [], [*lines]
    kept = {line.strip() for line in replaced}
    whole = Document(
        uri=document.uri,
        language=document.language,
        version=None,
        lines=split_lines("\n".join(lines)),
    )
    found: list[list[str]] = []
    at = 0
    while at < len(lines):
        bare = lines[at].strip()
        if not bare:
            at += 1
            continue
        if not pattern.match(bare) or bare in kept:
            break
        last = statement_end(whole, at)
        found.append(_moved(lines[at : last + 1]))
        at = last + 1
    rest = lines[at:]
    if not any(line.strip() for line in rest) or not found:
        return [], [*lines]
    return _missing(document, found), [*rest]


def at_the_top(document: Document) -> bool:
    """Whether the language has its imports at the top of a file, as far as we know."""
    return _language(document) in _IMPORTS


def imports_place(document: Document, outline: Outline) -> int:
    """Return the line before which new imports go.

    That is behind the last import at the top, else behind what must stand before any:
    the package, the docstring, the comments that begin the file.
    """
    kinds = {Kind.FUNCTION, Kind.CLASS}
    code = [one.start for one in outline.definitions if one.kind in kinds]
    first = min(code, default=len(document.lines))
    top = [
        one.line
        for one in outline.imports
        if document.lines[one.line][:1].strip() and one.line < first
    ]
    if top:
        return statement_end(document, max(top)) + 1
    return _behind_the_head(document, _language(document))


def statement_end(document: Document, line: int) -> int:
    """Return the last line of the statement that begins at ``line``."""
    window = line, min(line + 200, len(document.lines) - 1)
    end = line
    opened = document.lines[line]
    if any(sign in opened for sign in "({\\"):
        end = grown(document, (line, line), window)[1]
    return end


def _language(document: Document) -> str:
    language = language_of(document.uri, language_id=document.language)
    return language.name if language else ""


def _moved(lines: Sequence[str]) -> list[str]:
    """Take the statement's own indentation off its lines."""
    indent = len(lines[0]) - len(lines[0].lstrip())
    return [line[indent:] if not line[:indent].strip() else line for line in lines]


def _missing(document: Document, found: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of statements that the document does not have, each once."""
    known = {_said(line) for line in document.lines}
    kept: list[str] = []
    for statement in found:
        said = _said(" ".join(statement))
        if said not in known:
            kept += [line.rstrip() for line in statement]
            known.add(said)
    return kept


def _said(line: str) -> str:
    return " ".join(without_end(line).split()).rstrip(";")


def _behind_the_head(document: Document, language: str) -> int:
    """Return the line behind a shebang, the comments at the top, and what opens a file.

    A comment that something follows at once is about that, and not about the file.
    """
    opens = _OPENS.get(language)
    lines = [without_end(line).strip() for line in document.lines]
    place = at = 0
    while at < len(lines):
        bare = lines[at]
        if not bare:
            at += 1
            continue
        quoted = _DOCSTRING.match(bare) if language == "python" else None
        sure = bool(quoted or bare.startswith("#!") or (opens and opens.match(bare)))
        if quoted:
            at = _end_of_docstring(lines, at, quoted[1])
        elif not sure:
            last = _end_of_comment(lines, at, language)
            if last < at:
                break
            at = last
        at += 1
        if sure or at == len(lines) or not lines[at]:
            place = at
    return place


def _end_of_comment(lines: Sequence[str], first: int, language: str) -> int:
    """Return the last line of the comment that begins there; less, if none does."""
    if lines[first].startswith("/*"):
        closed = (at for at in range(first, len(lines)) if "*/" in lines[at])
        return next(closed, len(lines) - 1)
    sign = "#" if language in {"python", "ruby", "bash"} else "//"
    at = first
    while at < len(lines) and lines[at].startswith(sign):
        at += 1
    return at - 1


def _end_of_docstring(lines: Sequence[str], first: int, quotes: str) -> int:
    if lines[first].count(quotes) > 1:
        return first
    for at in range(first + 1, len(lines)):
        if quotes in lines[at]:
            return at
    return first
