"""Situations drawn in text: ``«`` and ``»`` are around what is selected, ``‸`` is a cursor."""

from lsp_server.actions.situation import Finding, Severity, Situation
from lsp_server.documents import Place
from retrieval.languages import language_of
from retrieval.source import Document, split_lines
from retrieval.syntax import outline

SUFFIXES = {
    "python": ".py",
    "cpp": ".cpp",
    "java": ".java",
    "php": ".php",
    "typescript": ".ts",
    "javascript": ".js",
    "csharp": ".cs",
    "shellscript": ".sh",
    "markdown": ".md",
    "go": ".go",
}


def document(text: str, language: str = "python") -> Document:
    return Document(
        uri=f"file:///repo/src/a{SUFFIXES[language]}",
        language=language,
        version=1,
        lines=split_lines(text),
    )


def situation(
    drawn: str, language: str = "python", *, findings: tuple[Finding, ...] = ()
) -> Situation:
    """Return the situation that is drawn, with the definitions around its selection."""
    start, end = _place(drawn, "«‸"), _place(drawn.replace("«", ""), "»‸")
    text = drawn.translate({ord(mark): None for mark in "«»‸"})
    one = document(text, language)
    known = language_of(one.uri, language_id=language)
    found = outline(text, known).definitions if known else ()
    scopes = (d for d in found if d.first <= start[0] and end[0] <= d.last)
    return Situation(
        document=one, start=start, end=end, findings=findings, scopes=tuple(scopes)
    )


def finding(
    line: int, message: str = "it is wrong", *, last: int | None = None, code: str = ""
) -> Finding:
    return Finding(
        message=message,
        severity=Severity.ERROR,
        code=code,
        source="lint",
        start=(line, 0),
        end=(line if last is None else last, 4),
    )


def _place(drawn: str, marks: str) -> Place:
    at = next((at for at, sign in enumerate(drawn) if sign in marks), 0)
    lines = split_lines(drawn[:at])
    return len(lines) - 1, len(lines[-1])
