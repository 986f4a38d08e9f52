"""Edits that were shown, until their documents have them."""

from collections.abc import Callable
from dataclasses import dataclass

from retrieval.source import Document

_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    key: str
    first: int
    lines: tuple[str, ...]


class Shown:
    """The last edit of each document; ``accepted`` is told its key when it is there.

    Of the last ones only: a document that is never opened would be remembered for ever.
    An editor does not say what became of an edit. One that is put in after something else
    was typed above it is not recognised.
    """

    def __init__(self, accepted: Callable[[str], None]) -> None:
        self._accepted = accepted
        self._edits: dict[str, _Edit] = {}

    def show(self, key: str, before: Document, after: Document) -> None:
        """Take note of an edit that would make ``after`` of the document."""
        old, new = before.lines, after.lines
        first = 0
        while first < min(len(old), len(new)) and old[first] == new[first]:
            first += 1
        below = 0
        while (
            below < min(len(old), len(new)) - first
            and old[-1 - below] == new[-1 - below]
        ):
            below += 1
        # One line more: text that was only taken away is known by what follows.
        lines = new[first : len(new) - below + 1]
        self.forget(after.uri)
        self._edits[after.uri] = _Edit(key=key, first=first, lines=lines)
        if len(self._edits) > _MOST:
            del self._edits[next(iter(self._edits))]

    def look(self, document: Document) -> None:
        """See whether a new version of a document has what was shown."""
        edit = self._edits.get(document.uri)
        if edit is None:
            return
        if document.lines[edit.first : edit.first + len(edit.lines)] == edit.lines:
            self.accept(document.uri)

    def accept(self, uri: str) -> None:
        """Take the editor's word for it that the edit was put in."""
        edit = self._edits.pop(uri, None)
        if edit is not None:
            self._accepted(edit.key)

    def forget(self, uri: str) -> None:
        self._edits.pop(uri, None)
