"""What is wrong with an edit, found before anybody is shown it."""

from lsp_server.actions.answer import Block
from lsp_server.actions.catalogue import Name
from lsp_server.actions.region import Region
from retrieval.source import Document


def problems(
    name: Name, before: Document, after: Document, region: Region, answer: Block
) -> tuple[str, ...]:
    """Return what is wrong, in words for the model and the user; () for nothing.

    Synchronous and pure; it parses both versions, so call it in a thread.
    """
    raise NotImplementedError(name, before, after, region, answer)


def notes(before: Document, after: Document) -> tuple[str, ...]:
    """Return what the user should know of an edit that is fine."""
    raise NotImplementedError(before, after)
