"""Versions of documents that places are of: those with a menu, and those that actions work on."""

from collections import OrderedDict

from lsp_server.actions.carried import Since
from retrieval.source import Document

_REMEMBERED = 8
"""Versions in which something was offered lately."""


class Versions:
    """Of all documents, by uri."""

    def __init__(self) -> None:
        self._offered: OrderedDict[tuple[str, int | None], Document] = OrderedDict()
        self._followed: dict[str, list[Since]] = {}

    def offer(self, document: Document) -> None:
        """Keep a version in which something was offered: its places may come back."""
        self._offered[document.uri, document.version] = document
        self._offered.move_to_end((document.uri, document.version))
        if len(self._offered) > _REMEMBERED:
            self._offered.popitem(last=False)

    def offered(self, uri: str, version: int | None) -> Document | None:
        return self._offered.get((uri, version))

    def forget(self, uri: str) -> None:
        """Forget what was offered: who opens the document again counts anew."""
        for key in [key for key in self._offered if key[0] == uri]:
            del self._offered[key]

    def follow(self, since: Since) -> None:
        """Tell it of each edit from now on, until :meth:`leave`."""
        self._followed.setdefault(since.document.uri, []).append(since)

    def leave(self, since: Since) -> None:
        uri = since.document.uri
        self._followed[uri].remove(since)
        if not self._followed[uri]:
            del self._followed[uri]

    def edited(self, document: Document) -> None:
        """Take note of the newest version."""
        for since in self._followed.get(document.uri, ()):
            since.edited(document)
