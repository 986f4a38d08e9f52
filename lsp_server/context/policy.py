"""When a document's prompts get new context, and when they keep what they have.

Context stands at the beginning of a prompt, and the engine caches prompts from their
beginning: context that changed with each keystroke would cost the whole prompt each time.
"""

from dataclasses import dataclass

from retrieval.source import Snippet

PAUSE_MS = 300
"""Who types does not pause as long between two keys, most of the time."""

FAR_LINES = 30
"""A cursor that far away is at other work, and most of the cached prefix is lost anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands in a document's prompts, and the line that it was gathered for.

    ``path`` is the document's in its repository, ``repository`` that one's name; both ""
    where it has none.
    """

    line: int
    snippets: tuple[Snippet, ...] = ()
    path: str = ""
    repository: str = ""


def due(standing: Standing | None, line: int, quiet_ms: float) -> bool:
    """Whether to gather anew for a cursor in ``line``.

    ``quiet_ms`` is how long ago the document's last edit is. None was never gathered for;
    that nothing helped is an answer, too, and stands until the next pause.
    """
    if standing is None:
        return True
    return quiet_ms >= PAUSE_MS or abs(line - standing.line) > FAR_LINES
