"""What was chosen, at its place in the version that it was offered in, and where that is now."""

from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from lsprotocol.types import PositionEncodingKind

from lsp_server import wire
from lsp_server.actions.carried import Since, down, shifted
from lsp_server.actions.catalogue import CATALOGUE, Name
from lsp_server.actions.conduct import Order
from lsp_server.actions.refused import ActionRefused
from lsp_server.actions.situation import Finding
from lsp_server.documents import Place
from retrieval.files.secrets import secret_file
from retrieval.source import Document

_LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """An action, its places, and what was edited since they were true."""

    wanted: wire.Wanted
    title: str
    since: Since
    start: Place
    end: Place
    findings: tuple[Finding, ...]


def choose(
    wanted: wire.Wanted,
    known: Document,
    now: Document,
    encoding: PositionEncodingKind,
) -> Chosen:
    """Return the choice; its range is one of ``known``, an older version or the newest."""
    since = Since(known)
    since.edited(now)
    start, end = wire.places(known, wanted.range, encoding)
    return Chosen(
        wanted=wanted,
        title=title_of(wanted),
        since=since,
        start=start,
        end=end,
        findings=wire.findings(known, wanted.diagnostics, encoding),
    )


def order_of(chosen: Chosen, words: str) -> Order:
    """Return what is to be done, in the newest version; raises ActionRefused."""
    wanted, (start, end) = chosen.wanted, (chosen.start, chosen.end)
    path = unquote(urlsplit(wanted.uri).path)
    if not wire.completable(wanted.uri) or secret_file(path):
        raise ActionRefused("Nothing of this file is shown to a model.")
    by = shifted((start[0], end[0] + 1), chosen.since.splices)
    if by is None:
        raise ActionRefused("These lines were edited meanwhile. Open the menu again.")
    return Order(
        name=wanted.name,
        document=chosen.since.document,
        start=down(start, by),
        end=down(end, by),
        findings=tuple(
            replace(one, start=down(one.start, by), end=down(one.end, by))
            for one in chosen.findings
        ),
        words=words,
    )


def title_of(wanted: wire.Wanted) -> str:
    """Return what the action is called while it runs."""
    title = CATALOGUE[wanted.name].title.rstrip(".")
    if wanted.name is not Name.FIX or not wanted.diagnostics:
        return title
    said = " ".join(str(wanted.diagnostics[0].message).split())
    if len(said) > _LONGEST_TITLE:
        said = said[: _LONGEST_TITLE - 1] + "…"
    return f"{title}: {said}"
