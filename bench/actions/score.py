"""What came of an action, judged without a person: texts, grammars, tools, tests."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.actions.answers import Expected, Scripted
from bench.actions.cases import Case
from bench.actions.comment import adds_a_comment
from bench.actions.editor import Told
from bench.actions.edits import BadEdit, applied
from bench.actions.tools import Verdict, checked, copied, missing
from lsp_server.actions.catalogue import CATALOGUE, Name
from retrieval.languages import language_of
from retrieval.source import split_lines
from retrieval.syntax import faults

_IMPORT = re.compile(
    r"\s*(?:import\b|from\b|#\s*include\b|using\b|use\b|export\b.* from\b|source\b|\.\s"
    r"|require\b|require_once\b|(?:const|let|var)\b.*\brequire\(|$)"
)
_NOTHING = re.compile(r"would change nothing|nothing to change")
_LAST_WORDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One action. ``kind`` is what was said, "model" where a model was asked.

    ``outcome`` is what came of it, ``why`` what is wrong with that, "" for nothing. None is
    what was not looked at; ``checks`` are "passed", "failed", or "not run: PROGRAM" by the
    name of the check.
    """

    case: str
    language: str
    action: str
    kind: str
    outcome: str
    seconds: float
    why: str = ""
    offered: bool = True
    applies: bool | None = None
    inside: bool | None = None
    parses: bool | None = None
    exact: bool | None = None
    checks: Mapping[str, str]
    words: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return not self.why


@dataclass(frozen=True, slots=True, kw_only=True)
class _Applied:
    """The repository after an edit; ``made`` is the new file of tests, "" for others."""

    files: Mapping[str, str]
    made: str
    inside: bool
    parses: bool


def scored(
    case: Case, told: Told, project: Path, said: Scripted | None, *, tools: bool
) -> Score:
    """Judge one action; ``said`` is what the engine was told to say, None for a model.

    With ``tools`` what the edit makes of the repository is checked by its own. Raises
    NoJail.
    """
    score = _Draft(case, told, "model" if said is None else said.kind)
    if not told.offered:
        return score.told("it was not offered", offered=False)
    if told.edit is None:
        return _unedited(score, told, said)
    try:
        after = _after(case, told.edit, project)
    except BadEdit as error:
        return score.told(f"the edit is bad: {error}", "applied", applies=False)
    exact = _is_exact(case, after)
    checks = dict(_checks(case, after)) if tools else {}
    wrong = [
        *_wrong(after, checks),
        *([] if said is None else _unlike(case, after, said, exact=exact)),
    ]
    return score.told(
        "; ".join(wrong),
        "applied",
        applies=True,
        inside=after.inside,
        parses=after.parses,
        exact=exact,
        checks={name: _briefly(said) for name, said in checks.items()},
    )


@dataclass(frozen=True, slots=True)
class _Draft:
    case: Case
    answer: Told
    kind: str

    def told(
        self,
        why: str,
        outcome: str = "refused",
        *,
        offered: bool = True,
        applies: bool | None = None,
        inside: bool | None = None,
        parses: bool | None = None,
        exact: bool | None = None,
        checks: Mapping[str, str] | None = None,
    ) -> Score:
        return Score(
            case=self.case.name,
            language=self.case.language,
            action=self.case.action,
            kind=self.kind,
            outcome=outcome,
            seconds=round(self.answer.seconds, 3),
            why=why,
            offered=offered,
            applies=applies,
            inside=inside,
            parses=parses,
            exact=exact,
            checks=checks or {},
            words=self.answer.words,
        )


def _unedited(score: _Draft, told: Told, said: Scripted | None) -> Score:
    title = CATALOGUE[score.case.action].title
    words = " ".join(one for one in told.words if one.startswith(title))
    nothing = _NOTHING.search(words) is not None
    outcome = Expected.NOTHING if nothing else Expected.REFUSED
    if not words:
        return score.told("no edit, and no word why", outcome)
    if said is None or said.expected is Expected.APPLIED:
        return score.told(f"no edit: {words[-_LAST_WORDS:]}", outcome)
    if said.expected not in {outcome, Expected.CONTAINED, Expected.HARMLESS}:
        return score.told(f"{outcome}, not {said.expected}: {words}", outcome)
    return score.told("", outcome)


def _after(case: Case, edit: Mapping[str, object], project: Path) -> _Applied:
    """Return the repository after the edit; raises BadEdit for one that goes too far."""
    before = case.files
    files = applied(edit, project, before, {case.file: 1})
    changed = {name for name in files if files[name] != before.get(name)}
    made = ""
    if case.action is Name.TESTS:
        if len(changed) != 1 or changed & before.keys():
            raise BadEdit(f"for one new file it changes {sorted(changed)}")
        (made,) = changed
        return _Applied(
            files=files, made=made, inside=True, parses=_parses("", files[made], made)
        )
    if changed - {case.file}:
        raise BadEdit(f"it changes {sorted(changed - {case.file})}, too")
    text = files[case.file]
    return _Applied(
        files=files,
        made=made,
        inside=_is_inside(case, text),
        parses=_parses(case.before, text, case.file),
    )


def _is_inside(case: Case, text: str) -> bool:
    """Whether all is as it was around the place, but for imports above it."""
    above = split_lines(case.before[: case.around.start])[:-1]
    below = case.before[case.around.end :]
    if not text.endswith(below):
        return False
    rest = iter(split_lines(text[: len(text) - len(below)]))
    for line in above:
        for other in rest:
            if other == line:
                break
            if not _IMPORT.match(other):
                return False
        else:
            return False
    return True


def _parses(before: str, after: str, path: str) -> bool:
    language = language_of(path, after.partition("\n")[0])
    if language is None:
        return True
    return (faults(after, language) or 0) <= (faults(before, language) or 0)


def _is_exact(case: Case, after: _Applied) -> bool:
    if after.made:
        end = case.tools.line_end
        return after.files[after.made].rstrip() == case.answer.rstrip().replace(
            "\n", end
        )
    return after.files[case.file] == case.after


def _checks(case: Case, after: _Applied) -> Iterator[tuple[str, Verdict | str]]:
    """Run the case's checks, and its new tests on faults that were put in on purpose."""
    with copied(after.files) as project:
        for name in case.checks:
            lacks = missing(case.tools, name)
            if lacks:
                yield name, f"not run: {', '.join(lacks)}"
            else:
                yield name, checked(case.tools, name, project)
    if case.mutants and not missing(case.tools, "tests"):
        for number, text in enumerate(case.mutants, 1):
            with copied({**after.files, case.file: text}) as project:
                verdict = checked(case.tools, "tests", project)
            words = verdict.said if verdict.passed else ""
            yield f"fault {number} found", Verdict(not verdict.passed, words)


def _wrong(after: _Applied, checks: Mapping[str, Verdict | str]) -> Iterator[str]:
    if not after.inside:
        yield "it reaches beyond its place"
    if not after.parses:
        yield "it parses worse than before"
    for name, verdict in checks.items():
        if isinstance(verdict, Verdict) and not verdict.passed:
            yield f"{name}: {verdict.said.strip()[-_LAST_WORDS:] or 'no'}"


def _unlike(
    case: Case, after: _Applied, said: Scripted, *, exact: bool
) -> Iterator[str]:
    if said.expected is Expected.HARMLESS:
        if not adds_a_comment(case.before, after.files[case.file]):
            yield "it adds more than a comment"
    elif said.expected not in {Expected.APPLIED, Expected.CONTAINED}:
        yield f"applied, not {said.expected}"
    elif not exact:
        yield "the text is another one"


def _briefly(verdict: Verdict | str) -> str:
    if isinstance(verdict, str):
        return verdict
    return "passed" if verdict.passed else "failed"
