"""What an action is asked at: a selection, what is wrong there, what encloses it."""

from dataclasses import dataclass
from enum import IntEnum

from lsp_server.documents import Place
from retrieval.outline import Definition
from retrieval.source import Document


class Severity(IntEnum):
    """How bad a finding is; the numbers are LSP's."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    HINT = 4


@dataclass(frozen=True, slots=True)
class Related:
    """What else a diagnostic points to: ``path`` from the repository, or absolute."""

    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A diagnostic. Its places may lie outside the document: an editor's may be old."""

    message: str
    severity: Severity
    code: str
    source: str
    start: Place
    end: Place
    related: tuple[Related, ...] = ()


def last_line(start: Place, end: Place) -> int:
    """Return the last line of which something is selected."""
    line, column = end
    return line - 1 if column == 0 and line > start[0] else line


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """``start`` to ``end`` is the selection, clamped, equal where nothing is selected.

    ``findings`` are those at the selection, for a fix those to be fixed. ``scopes`` are
    the definitions that enclose the selection, the outermost first.
    """

    document: Document
    start: Place
    end: Place
    findings: tuple[Finding, ...] = ()
    scopes: tuple[Definition, ...] = ()

    @property
    def selected(self) -> bool:
        return self.start != self.end
