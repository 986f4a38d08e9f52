"""Which actions make sense at a place."""

from dataclasses import dataclass

from lsp_server.actions.catalogue import Action
from lsp_server.actions.situation import Finding, Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An action as the menu shows it; ``findings`` are what a fix is to fix."""

    action: Action
    title: str
    findings: tuple[Finding, ...] = ()


def offered(situation: Situation, *, asked: bool) -> tuple[Offer, ...]:
    """Return what can be offered, fixes first.

    ``asked``: the user opened the menu. Where the editor asks by itself (at each move of
    the cursor) and nothing is selected, only fixes are offered.
    """
    raise NotImplementedError(situation, asked)
