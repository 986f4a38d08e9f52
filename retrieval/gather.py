"""The door of this package: the snippets that help at a cursor, within a budget of tokens."""

from collections.abc import Callable, Mapping, Sequence

from retrieval.around import surroundings
from retrieval.attention import favoured, recently_edited
from retrieval.defined import defined
from retrieval.fill import filled
from retrieval.index import Index
from retrieval.near import NOTHING, Near, Query, code_names, near
from retrieval.rank import ELISION, Taken, chosen, joined, wanted
from retrieval.similar import similar
from retrieval.source import Snippet

__all__ = ["Cost", "Query", "estimated", "gather"]

Cost = Callable[[str, str], int]
"""What a snippet of this path and text takes in the prompt, path line and all, in tokens."""

_LEAST_EVIDENCE = 0.05
"""Where the threshold is on. Of snippets below it, one in 30 held a name that was needed;
of those above 1, one in 7 (240 places in six repositories)."""

_CLEARLY_BETTER = 1.25
"""New snippets cost the whole prompt behind them: the engine's cache is lost."""

_SNIPPETS_MOST = 16_384
"""Tokens. Past this, names near the cursor tell no more: whole files fill the rest."""


def gather(
    index: Index,
    query: Query,
    *,
    budget: int,
    cost: Cost | None = None,
    threshold: bool = True,
    kept: Sequence[Snippet] = (),
) -> tuple[Snippet, ...]:
    """Return the snippets worth ``budget`` tokens at most, the best last.

    Without ``threshold`` the budget is filled with what there is; with it, what is not
    likely to help is left out, and often that is all. ``kept`` are the snippets that stand
    in the prompt now: they stay, in their order, unless others are clearly better, or what
    they hold is no longer so; a class that syntax tells the cursor needs comes beside them.
    """
    count = cost or estimated
    here = near(query)
    around = surroundings(index, query)
    most = min(budget, _SNIPPETS_MOST)
    favour = favoured(index, query, around.outline)
    least = _LEAST_EVIDENCE if threshold else 0.0
    candidates = [
        *similar(index, here, favour, budget=most, least=least),
        *recently_edited(index, query, here),
        *defined(index, here, around),
    ]
    candidates = [one for one in candidates if one.evidence >= least]
    want = wanted(candidates, here.terms)
    taken = chosen(candidates, want, most, count, estimated)
    if _stand(index, kept, query.path):
        now = _worth(want, [one.candidate.text for one in taken], here)
        before = _worth(want, [one.text for one in kept], here)
        more = [one for one in taken if one.candidate.sure and not _held(one, kept)]
        longer = (*kept, *reversed(joined(more, count)))
        fits = sum(one.tokens for one in longer) <= budget
        if fits and now <= _CLEARLY_BETTER * before:
            return longer
    snippets = tuple(reversed(joined(taken, count)))
    while sum(one.tokens for one in snippets) > most:
        taken.pop()  # joined they can take some tokens more than one by one
        snippets = tuple(reversed(joined(taken, count)))
    if budget > _SNIPPETS_MOST:
        return filled(
            index, query.path, around.imported, snippets, budget=budget, cost=count
        )
    return snippets


def estimated(path: str, text: str) -> int:
    """Return about how many tokens a commented snippet takes, without a tokenizer."""
    lines = text.count("\n") + 2
    return (len(path) + len(text) + 3 * lines) * 10 // 32


def _worth(want: Mapping[str, float], texts: Sequence[str], here: Near) -> float:
    """Return how much of what is wanted stands in ``texts`` together."""
    lines = (line for text in texts for line in text.split("\n"))
    held = NOTHING.union(*map(code_names, lines)) - here.hidden
    return sum(want.get(name, 0.0) for name in held)


def _held(taken: Taken, kept: Sequence[Snippet]) -> bool:
    """Tell whether what was taken stands in ``kept``."""
    one = taken.candidate
    lines = set(one.text.split("\n"))
    return any(
        lines.issubset(snippet.text.split("\n"))
        for snippet in kept
        if snippet.path == one.path
    )


def _stand(index: Index, snippets: Sequence[Snippet], path: str) -> bool:
    """Tell whether there are snippets, and their lines are where they were taken from."""
    for one in snippets:
        entry = index.entry(one.path)
        if entry is None or one.path == path:
            return False
        there = {ELISION, *entry.lines[one.start_line : one.end_line + 1]}
        if not there.issuperset(one.text.split("\n")):
            return False
    return bool(snippets)
