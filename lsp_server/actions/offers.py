"""Which actions make sense at a place."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from operator import itemgetter

from lsp_server.actions.catalogue import CATALOGUE, Action, Name
from lsp_server.actions.enclosing import innermost
from lsp_server.actions.meant import lines_of_findings
from lsp_server.actions.refused import ActionRefused, TooMuch
from lsp_server.actions.region import region_for
from lsp_server.actions.situation import Finding, Situation
from retrieval.languages import language_of
from retrieval.outline import FUNCTIONS, FUNCTIONS_AND_CLASSES, Definition

_LONGEST_TITLE = 90
_MOST_FIXES = 20

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


def offered(
    situation: Situation,
    *,
    asked: bool,
    summarizable: Callable[[Definition], bool] = lambda _: False,
) -> tuple[Offer, ...]:
    """Return what can be offered, fixes first.

    ``asked``: the user opened the menu. Where the editor asks by itself (at each move of
    the cursor) and nothing is selected, only fixes are offered. ``summarizable``: whether
    hover would show what a model says of a definition.
    """
    offers = [*_fixes(situation)]
    if asked or situation.selected:
        order = [*Name]
        others = sorted(
            _others(situation, summarizable),
            key=lambda one: order.index(one.action.name),
        )
        offers += others
    return tuple(offers)


def _fixes(situation: Situation) -> Iterator[Offer]:
    """Yield a fix for each of the nearest findings, and one for them all together."""
    fix = CATALOGUE[Name.FIX]
    line = situation.start[0]
    near = heapq.nsmallest(
        _MOST_FIXES,
        enumerate(dict.fromkeys(situation.findings)),
        key=lambda one: abs(one[1].start[0] - line),
    )
    fixable = [
        one for _, one in sorted(near, key=itemgetter(0)) if _fixable(situation, one)
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


def _fixable(situation: Situation, finding: Finding) -> bool:
    """Whether it is about lines of text: how far the fix may go is looked at when it is chosen."""
    try:
        first, last = lines_of_findings(replace(situation, findings=(finding,)))
    except ActionRefused:
        return False
    return not any("\0" in line for line in situation.document.lines[first : last + 1])


def _others(
    situation: Situation, summarizable: Callable[[Definition], bool]
) -> Iterator[Offer]:
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
    yield from _of_definition(situation, summarizable)


def _of_definition(
    situation: Situation, summarizable: Callable[[Definition], bool]
) -> Iterator[Offer]:
    one = innermost(situation.scopes, FUNCTIONS_AND_CLASSES)
    if one is None:
        return
    if _possible(Name.DOCUMENT, situation):
        title = "Write documentation" if one.doc_first < 0 else "Rewrite documentation"
        yield _offer(Name.DOCUMENT, f"{title} of {one.name}")
    if not one.name.lower().startswith("test") and _possible(Name.TESTS, situation):
        yield _offer(Name.TESTS, f"Write tests of {one.name}")
    if summarizable(one):
        yield _offer(Name.SUMMARY, f"Summarise {one.name} anew")


def _offer(name: Name, title: str = "") -> Offer:
    action = CATALOGUE[name]
    return Offer(action=action, title=title or action.title)


def _in_function(situation: Situation) -> bool:
    return any(
        one.kind in FUNCTIONS and one.first <= situation.start[0]
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
    # A title has no full stop, and what goes wrong is told as "title: reason".
    line = " ".join(message.split("\n", maxsplit=1)[0].split()).removesuffix(".")
    return line if len(line) <= _LONGEST_TITLE else f"{line[: _LONGEST_TITLE - 1]}…"
