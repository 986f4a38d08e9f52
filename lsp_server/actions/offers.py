"""Which actions make sense at a place."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lsp_server.actions.catalogue import CATALOGUE, Action, Name
from lsp_server.actions.refused import ActionRefused, TooMuch
from lsp_server.actions.region import region_for
from lsp_server.actions.situation import Finding, Situation
from retrieval.languages import language_of
from retrieval.outline import Kind

_LONGEST_TITLE = 90

_TYPED = frozenset({"python", "php", "typescript", "tsx", "javascript"})
"""The languages in which types are written, or left out."""

_CHECKED = (Name.EXPLAIN, Name.SIMPLIFY, Name.REWRITE, Name.GENERATE)
"""Offered wherever there is a region for them."""


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
    offers = [*_fixes(situation)]
    if asked or situation.selected:
        order = [*Name]
        others = sorted(
            _others(situation), key=lambda one: order.index(one.action.name)
        )
        offers += others
    return tuple(offers)


def _fixes(situation: Situation) -> Iterator[Offer]:
    """Yield a fix for each finding, and one for all where there are several."""
    fix = CATALOGUE[Name.FIX]
    fixable = [
        one
        for one in dict.fromkeys(situation.findings)
        if _possible(Name.FIX, replace(situation, findings=(one,)))
    ]
    for one in fixable:
        yield Offer(
            action=fix, title=f"{fix.title}: {_short(one.message)}", findings=(one,)
        )
    if len(fixable) > 1:
        yield Offer(
            action=fix,
            title=f"{fix.title} all {len(fixable)} problems here",
            findings=tuple(fixable),
        )


def _others(situation: Situation) -> Iterator[Offer]:
    for name in _CHECKED:
        if _possible(name, situation):
            yield _offer(name)
    if situation.selected and _in_function(situation):
        if _possible(Name.EXTRACT, situation):
            yield _offer(Name.EXTRACT)
    elif _possible(Name.RENAME, situation):
        yield _offer(Name.RENAME)
    document = situation.document
    language = language_of(document.uri, language_id=document.language)
    if language and language.name in _TYPED and _possible(Name.TYPES, situation):
        yield _offer(Name.TYPES)
    yield from _of_definition(situation)


def _of_definition(situation: Situation) -> Iterator[Offer]:
    kinds = {Kind.FUNCTION, Kind.METHOD, Kind.CLASS}
    one = next((one for one in reversed(situation.scopes) if one.kind in kinds), None)
    if one is None:
        return
    if _possible(Name.DOCUMENT, situation):
        title = "Write documentation" if one.doc_first < 0 else "Rewrite documentation"
        yield _offer(Name.DOCUMENT, f"{title} of {one.name}")
    if not one.name.lower().startswith("test") and _possible(Name.TESTS, situation):
        yield _offer(Name.TESTS, f"Write tests of {one.name}")
    if one.doc_first < 0:
        yield _offer(Name.SUMMARY, f"Summarise {one.name} anew")


def _offer(name: Name, title: str = "") -> Offer:
    action = CATALOGUE[name]
    return Offer(action=action, title=title or action.title)


def _in_function(situation: Situation) -> bool:
    return any(
        one.kind in {Kind.FUNCTION, Kind.METHOD} and one.first <= situation.start[0]
        for one in situation.scopes
    )


def _possible(name: Name, situation: Situation) -> bool:
    """Whether there is a region. Of what is too much somebody shall hear, who asks."""
    try:
        region_for(name, situation)
    except TooMuch:
        return True
    except ActionRefused:
        return False
    return True


def _short(message: str) -> str:
    line = " ".join(message.split("\n", maxsplit=1)[0].split())
    return line if len(line) <= _LONGEST_TITLE else f"{line[: _LONGEST_TITLE - 1]}…"
