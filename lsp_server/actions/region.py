"""Which lines an answer may replace, fixed before the model is asked."""

from dataclasses import dataclass

from lsp_server.actions.catalogue import Name
from lsp_server.actions.situation import Situation
from retrieval.outline import Outline
from retrieval.source import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Whole lines ``first`` to ``last`` may be replaced, both included.

    With ``insert`` none is: new lines go before ``first``, which may be one more than the
    document has. ``indent`` is the white space that the text begins with. The model sees
    the lines ``shown_first`` to ``shown_last`` of the document as the place.
    """

    first: int
    last: int
    insert: bool
    indent: str
    shown_first: int
    shown_last: int


def region_for(name: Name, situation: Situation) -> Region:
    """Return what the action may change; raises ActionRefused in words for the user.

    For a fix the situation's findings are those to be fixed. For tests nothing of this
    document is changed: the region is what is shown, the tests are a document of their own.
    """
    raise NotImplementedError(name, situation)


def imports_place(document: Document, outline: Outline) -> int:
    """Return the line before which new imports go."""
    raise NotImplementedError(document, outline)
