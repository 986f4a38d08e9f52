"""Places of an older version of a document, carried over to the newest."""

from collections.abc import Iterable, Sequence

from lsp_server.actions.edits import Change
from lsp_server.actions.region import Region
from lsp_server.context.difference import difference
from lsp_server.documents import Place, Splice
from retrieval.source import Document

Lines = tuple[int, int]
"""From the first line up to, not including, the last; as many as none, between two lines."""


class Since:
    """What was edited since an action took its snapshot, one splice for each change.

    One splice for all of them would touch what stands between two edits.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.splices: list[Splice] = []

    def anew(self) -> None:
        """Take the newest version as the snapshot."""
        self.splices.clear()

    def edited(self, document: Document) -> None:
        """Take note of the newest version."""
        splice = difference(self.document.lines, document.lines)
        if splice is not None:
            self.splices.append(splice)
        self.document = document


def carried(
    changes: Sequence[Change], watched: Lines, since: Sequence[Splice]
) -> tuple[Change, ...] | None:
    """Return the changes where they belong now; None where what they rest on was edited.

    That is the ``watched`` lines, and the lines that each change itself is in.
    """
    if shifted(watched, since) is None:
        return None
    found = []
    for change in changes:
        by = shifted(_lines(change), since)
        if by is None:
            return None
        found.append(Change(down(change.start, by), down(change.end, by), change.text))
    return tuple(found)


def shifted(lines: Lines, since: Iterable[Splice]) -> int | None:
    """Return how many lines further down they stand now; None where they were edited."""
    first, last = lines
    by = 0
    for splice in since:
        if splice.last <= first + by:
            by += len(splice.lines) - (splice.last - splice.first)
        elif splice.first < last + by:
            return None
    return by


def watched_lines(region: Region, document: Document) -> Lines:
    """Return what must stay as it was for the region's edit: of an insertion, its neighbours."""
    if not region.insert:
        return region.first, region.last + 1
    return max(0, region.first - 1), min(region.first + 1, len(document.lines))


def _lines(change: Change) -> Lines:
    if change.start == change.end and change.start[1] == 0:
        return change.start[0], change.start[0]
    return change.start[0], change.end[0] + 1


def down(place: Place, lines: int) -> Place:
    """Return the place so many lines further down."""
    return place[0] + lines, place[1]
