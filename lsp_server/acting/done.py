"""What came of an action, as an editor can take it."""

from dataclasses import dataclass

from lsprotocol.types import WorkspaceEdit

from lsp_server.actions.audit import Outcome
from retrieval.source import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An edit, a page of which ``text`` is the whole, or neither.

    ``shown`` is the document before and after the edit. ``message`` is what the user was
    told, "" for nothing.
    """

    ended: Outcome
    edit: WorkspaceEdit | None = None
    shown: tuple[Document, Document] | None = None
    message: str = ""
    text: str = ""
    page: str = ""
