"""``textDocument/completion``: ghost text as an item of the pop-up menu.

For editors that show no ghost text. It is the same suggestion, made on the same way: what
one request began, remembers or has on the screen, the other finds.
"""

from collections.abc import Awaitable, Callable

from lsp_server.features.inline_completion import inline_completion
from lsp_server.features.query import Query
from lsp_server.record import Offer
from lsp_server.session import Session
from lsp_server.settings import Popup, PopupSettings
from retrieval.source import Cursor

TRIGGERS = (".", "(", "[", "=", " ", ":", ">")
"""Behind which editors ask at once; in a word they ask anyway.

Not those behind which Enter is pressed often, as it takes the item in many editors: a
brace, a comma; and of the colon and the sign only what ``_ENDS`` has.
"""

_ENDS = {":": ("::",), ">": ("->", "=>")}


def wanted(popup: PopupSettings, *, has_ghost_text: bool) -> bool:
    """Whether an editor that can show ghost text, or cannot, gets items."""
    return popup.show is Popup.ALWAYS or (
        popup.show is Popup.AUTO and not has_ghost_text
    )


def triggers(cursor: Cursor, character: str | None) -> bool:
    """Whether it is worth asking behind a ``character`` that was typed; None is no such."""
    ends = _ENDS.get(character or "")
    return ends is None or cursor.before.endswith(ends)


def completion(
    session: Session, cursor: Cursor, *, invoked: bool
) -> Callable[[], Awaitable[Offer | None]]:
    """Return, to be called and awaited, what to offer: as ``inline_completion`` does.

    ``invoked`` says that no character triggered it: it may have been a key, and it may
    have been a word that is typed. LSP does not tell the two apart, so it counts as asked
    for only where nothing else does.
    """
    settings = session.settings
    query = Query.at(
        cursor,
        invoked=invoked and not settings.inline.automatic,
        patience_ms=settings.popup.patience_ms,
    )
    return inline_completion(session, query)
