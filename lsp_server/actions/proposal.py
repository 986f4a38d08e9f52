"""From an answer to the edit that is shown, or to why there is none."""

from dataclasses import dataclass

from lsp_server.actions.answer import Block
from lsp_server.actions.catalogue import Name
from lsp_server.actions.edits import Change
from lsp_server.actions.region import Region
from retrieval.source import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """``changes`` make ``after`` of the document. ``problems`` forbid to show them.

    ``notes`` are what the user should know. Neither changes nor problems: the answer is
    what stands there already, and a note says so.
    """

    changes: tuple[Change, ...]
    after: Document
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def proposed(name: Name, document: Document, region: Region, answer: Block) -> Proposal:
    """Return the edit that an answer makes; for tests ``document`` is the new, empty one.

    Synchronous and pure; it parses, so call it in a thread.
    """
    raise NotImplementedError(name, document, region, answer)
