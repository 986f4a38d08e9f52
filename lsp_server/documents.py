"""The open documents of one connection: frozen snapshots that edits replace."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

from retrieval.source import Document, split_lines

logger = logging.getLogger(__name__)

Place = tuple[int, int]
"""Line and column, 0-based, in code points, clamped: the line exists, and the column
does not pass the end of its text, so no place lies inside a CRLF."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Splice:
    """``lines`` takes the place of the lines from ``first`` up to, not including, ``last``."""

    first: int
    last: int
    lines: tuple[str, ...]


Edit = Callable[[Sequence[str]], Splice]
"""What one edit does to the lines it meets. It is asked only when its turn comes: the
positions of a later edit in a change are positions in what the earlier ones made."""


class Documents:
    """The open documents by uri; notebook cells are documents as well.

    What ``get`` returned stays as it was, whatever is typed afterwards. Uris are the
    client's own and are compared as they came.
    """

    def __init__(self) -> None:
        self._open: dict[str, Document] = {}

    def open(self, uri: str, language: str, version: int | None, text: str) -> None:
        """Take ``text`` as the document; opened twice, the newer text counts."""
        self._open[uri] = Document(
            uri=uri, language=language, version=version, lines=split_lines(text)
        )

    def change(self, uri: str, version: int | None, edits: Sequence[Edit]) -> None:
        """Apply ``edits`` in order, as one step: nobody sees the states between."""
        document = self.get(uri)
        if document is None:
            logger.warning("The client changed %s without opening it", uri)
            return
        lines = _spliced(document.lines, edits)
        self._open[uri] = replace(document, version=version, lines=lines)

    def close(self, uri: str) -> None:
        """Forget the document; one that is not open is no fault."""
        self._open.pop(uri, None)

    def all(self) -> Collection[Document]:
        """Return the newest snapshots of all that is open."""
        return self._open.values()

    def get(self, uri: str) -> Document | None:
        """Return the newest snapshot, None if the document is not open."""
        return self._open.get(uri)


def edited(document: Document, start: Place, end: Place, text: str) -> Document:
    """Return ``document`` with ``text`` in place of what stood from ``start`` to ``end``."""
    edit = partial(splice, start=start, end=end, text=text)
    return replace(document, lines=_spliced(document.lines, [edit]))


def splice(lines: Sequence[str], start: Place, end: Place, text: str) -> Splice:
    """Return what putting ``text`` in place of ``start`` to ``end`` does to ``lines``.

    The lines are cut as if the whole new text were: a CR and a LF that meet are one line
    end. They can meet inside the edited lines and at their top (``a<CR>`` above a line
    that now begins with LF); not at their bottom, where the edit leaves the old line end
    and hence what followed it.
    """
    first, last = start[0], end[0] + 1
    head, tail = lines[start[0]][: start[1]], lines[end[0]][end[1] :]
    middle = _joined(_joined(head, text), tail)
    if first > 0 and middle.startswith("\n"):
        first -= 1
        middle = lines[first] + middle
    cut = split_lines(middle)
    if last < len(lines):  # then ``middle`` ends with a line end, and ``cut`` with ""
        cut = cut[:-1]
    return Splice(first=first, last=last, lines=cut)


def replaced(lines: Sequence[str], text: str) -> Splice:
    """Return what putting ``text`` in place of everything does to ``lines``."""
    return Splice(first=0, last=len(lines), lines=split_lines(text))


def _spliced(lines: tuple[str, ...], edits: Sequence[Edit]) -> tuple[str, ...]:
    """Apply ``edits`` in order.

    At 50,000 lines slicing the tuple takes 0.3 ms, a list on the way twice that: but then
    each further edit is nearly free, and "replace all" sends thousands in one change.
    """
    if len(edits) == 1:
        change = edits[0](lines)
        return lines[: change.first] + change.lines + lines[change.last :]
    draft = list(lines)
    for edit in edits:
        change = edit(draft)
        draft[change.first : change.last] = change.lines
    return tuple(draft)


def _joined(left: str, right: str) -> str:
    """Concatenate as UTF-16 would: two halves of a surrogate pair that meet are one character.

    Editors send an emoji as two edits at times. JSON joins the halves within a string, so
    joined they are what the same text gives when it is opened.
    """
    if "\ud800" <= left[-1:] <= "\udbff" and "\udc00" <= right[:1] <= "\udfff":
        pair = (left[-1] + right[0]).encode("utf-16-le", "surrogatepass")
        return left[:-1] + pair.decode("utf-16-le") + right[1:]
    return left + right
