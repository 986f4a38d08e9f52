"""The smallest edits that make a document what an answer wants it to be."""

from collections.abc import Sequence
from dataclasses import dataclass

from lsp_server.actions.region import Region
from lsp_server.documents import Place
from retrieval.source import Document


@dataclass(frozen=True, slots=True)
class Change:
    """``text``, with the document's line ends, in place of ``start`` to ``end``."""

    start: Place
    end: Place
    text: str


def smallest(
    document: Document,
    region: Region,
    new: str,
    imports: Sequence[str] = (),
    imports_before: int = 0,
) -> tuple[Change, ...]:
    """Return the changes, in order, that never overlap.

    ``new`` takes the place of the region; ``imports`` are whole lines that go before the
    line ``imports_before``.
    """
    raise NotImplementedError(document, region, new, imports, imports_before)


def applied(document: Document, changes: Sequence[Change]) -> Document:
    """Return the document with all changes; their places are those of ``document``."""
    raise NotImplementedError(document, changes)
