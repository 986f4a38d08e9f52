"""The scores as a page: by language and action, and what was missed."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from bench.actions.score import Score


def table(scores: Sequence[Score], *, model: bool) -> str:
    """Return the page."""
    parts = [
        _rows("language", scores, lambda one: one.language),
        _rows("action", scores, lambda one: one.action),
    ]
    if not model:
        parts.append(_rows("answer", scores, lambda one: one.kind))
    parts += [_missed(scores), _not_run(scores), _sum(scores, model=model)]
    return "\n\n".join(part for part in parts if part)


def _rows(name: str, scores: Iterable[Score], key: Callable[[Score], str]) -> str:
    groups: dict[str, list[Score]] = defaultdict(list)
    for one in scores:
        groups[key(one)].append(one)
    header = f"| {name} | asked | as it should be | offered | edits | apply | inside | parse | checks |"
    lines = [header, "|---|" + "---|" * 8]
    for group, those in groups.items():
        edits = [one for one in those if one.outcome == "applied"]
        cells = [
            str(len(those)),
            _share(one.good for one in those),
            _share(one.offered for one in those),
            str(len(edits)),
            _share(one.applies for one in edits),
            _share(one.inside for one in edits),
            _share(one.parses for one in edits),
            _share(
                verdict == "passed"
                for one in edits
                for verdict in one.checks.values()
                if not verdict.startswith("not run")
            ),
        ]
        lines.append(f"| {group} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _share(values: Iterable[bool | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{sum(known)} of {len(known)}" if known else "-"


def _missed(scores: Iterable[Score]) -> str:
    missed = [one for one in scores if not one.good]
    lines = [f"- {one.case}, {one.kind}: {_one_line(one.why)}" for one in missed]
    return "\n".join(["Missed:", *lines]) if lines else ""


def _one_line(text: str) -> str:
    return " / ".join(line.strip() for line in text.splitlines() if line.strip())


def _not_run(scores: Iterable[Score]) -> str:
    lacking = Counter(
        verdict
        for one in scores
        for verdict in one.checks.values()
        if verdict.startswith("not run")
    )
    return "\n".join(
        f"{verdict} ({count} checks)" for verdict, count in sorted(lacking.items())
    )


def _sum(scores: Sequence[Score], *, model: bool) -> str:
    good = sum(one.good for one in scores)
    what = "The model's score" if model else "The server's own part"
    share = 100 * good / len(scores) if scores else 0
    return f"{what}: {good} of {len(scores)} ({share:.1f} %)"
