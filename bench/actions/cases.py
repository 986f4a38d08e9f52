"""The cases: what stands in ``data``, read and placed."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lsp_server.actions.catalogue import CATALOGUE, Name

DATA = Path(__file__).with_name("data")
LANGUAGES = ("python", "cpp", "java", "php", "typescript", "csharp", "bash")
_MARK = "‸"


class BadCase(ValueError):
    """A case that does not agree with its project; the words name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The commands of one project, by name; ``{python}`` and ``{build}`` stand for paths.

    ``needs`` are the programs that a command calls.
    """

    language: str
    project: Path
    line_end: str
    commands: Mapping[str, tuple[str, ...]]
    needs: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Offsets into a text, in code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """What a tool said of the damaged file; ``version`` is the tool's that said it."""

    tool: str
    version: str
    code: str
    severity: str
    message: str
    related: tuple[tuple[str, Span, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing to do. Texts have the line ends of the project.

    ``before`` is the damaged text of ``file``, ``after`` the right one; for tests they are
    the same. ``place`` is where the cursor, selection or diagnostic is, ``around`` the
    lines that were damaged, both in ``before``. ``answer`` is what a model should say, LF
    between its lines. ``mutants`` are texts of ``file`` that tests must not pass with.
    ``expected`` says of some kinds of answers what is to come of them in this case.
    """

    name: str
    about: str
    action: Name
    tools: Tools
    file: str
    before: str
    after: str
    place: Span
    around: Span
    selected: bool
    answer: str
    words: str
    diagnostic: Diagnostic | None
    checks: tuple[str, ...]
    mutants: tuple[str, ...]
    expected: Mapping[str, str]

    @property
    def language(self) -> str:
        return self.tools.language

    @property
    def files(self) -> dict[str, str]:
        """All files of the project, as they are before the action."""
        return project_files(self.tools) | {self.file: self.before}


def read_cases(folder: Path = DATA) -> tuple[Case, ...]:
    """Return all cases, by language and name; raises BadCase."""
    return tuple(
        read_case(path, tools)
        for language in LANGUAGES
        for tools in [read_tools(folder / language)]
        for path in sorted((folder / language / "cases").glob("*.toml"))
    )


def read_tools(folder: Path) -> Tools:
    """Return what a language's folder says of its project."""
    raw = tomllib.loads((folder / "tools.toml").read_text(encoding="utf-8"))
    commands = {name: tuple(words) for name, words in raw["commands"].items()}
    needs = {name: (words[0],) for name, words in commands.items()}
    return Tools(
        language=raw["language"],
        project=folder / "project",
        line_end=raw.get("line_ends", "\n"),
        commands=commands,
        needs=needs | {name: tuple(v) for name, v in raw.get("needs", {}).items()},
    )


def project_files(tools: Tools) -> dict[str, str]:
    """Return the texts of a project by their paths, with its line ends.

    Scripts keep LF, whatever the project's sources have: bash reads nothing else.
    """
    found: dict[str, str] = {}
    for path in sorted(tools.project.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            text = path.read_text(encoding="utf-8")
            name = path.relative_to(tools.project).as_posix()
            end = "\n" if path.suffix == ".sh" else tools.line_end
            found[name] = text.replace("\n", end)
    return found


def read_case(path: Path, tools: Tools) -> Case:
    """Return a case, placed in its project; raises BadCase."""
    name = f"{tools.language}/{path.stem}"
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        return _case(name, raw, tools)
    except (KeyError, ValueError, OSError) as error:
        raise BadCase(f"{name}: {error}") from error


def _case(name: str, raw: Mapping[str, Any], tools: Tools) -> Case:
    action = Name(raw["action"])
    text = (tools.project / raw["file"]).read_text(encoding="utf-8")
    before, around = _damaged(text, raw)
    written = raw.get("select") or raw["at"]
    place = _placed(before, written, around)
    answer = raw.get("answer", raw["right"])
    case = Case(
        name=name,
        about=raw["about"],
        action=action,
        tools=tools,
        file=raw["file"],
        before=before,
        after=text,
        place=place,
        around=around,
        selected="select" in raw,
        answer=answer,
        words=raw.get("words", ""),
        diagnostic=_diagnostic(raw.get("diagnostic"), raw["file"], before, tools),
        checks=tuple(raw["checks"]),
        mutants=tuple(
            _swapped(text, one["old"], one["new"]) for one in raw.get("mutants", [])
        ),
        expected=raw.get("expected", {}),
    )
    unknown = {*case.checks} - {*tools.commands}
    if unknown or CATALOGUE[action].edits is False:
        raise ValueError(f"no such check or edit: {action} {unknown}")
    return _with_line_ends(case) if tools.line_end != "\n" else case


def _damaged(text: str, raw: Mapping[str, Any]) -> tuple[str, Span]:
    """Return the text as it is before the action, and where the damage is in it."""
    for one in raw.get("also", []):
        text = _swapped(text, one["right"], one["damaged"])
    if "damaged" not in raw:
        return text, Span(start=0, end=len(text))
    start = _only(text, raw["right"])
    before = _swapped(text, raw["right"], raw["damaged"])
    return before, Span(start=start, end=start + len(raw["damaged"]))


def _placed(text: str, written: str, around: Span) -> Span:
    """Find the first of what is written in the damage; marks bound a part of it."""
    plain = written.replace(_MARK, "")
    at = text.find(plain, around.start, around.end)
    if at < 0:
        raise ValueError(f"{plain!r} is not there")
    if _MARK not in written:
        return Span(start=at, end=at + len(plain))
    first = written.index(_MARK)
    return Span(start=at + first, end=at + written.rindex(_MARK) - 1)


def _diagnostic(
    raw: Mapping[str, Any] | None, file: str, before: str, tools: Tools
) -> Diagnostic | None:
    if raw is None:
        return None
    related = []
    for one in raw.get("related", []):
        path = one["file"]
        text = before if path == file else (tools.project / path).read_text("utf-8")
        span = _placed(text, one["at"], Span(start=0, end=len(text)))
        related.append((path, span, one["message"]))
    return Diagnostic(
        tool=raw["tool"],
        version=raw["version"],
        code=raw.get("code", ""),
        severity=raw["severity"],
        message=raw["message"],
        related=tuple(related),
    )


def _only(text: str, part: str) -> int:
    if text.count(part) != 1:
        raise ValueError(f"{part[:60]!r} stands there {text.count(part)} times")
    return text.index(part)


def _swapped(text: str, old: str, new: str) -> str:
    _only(text, old)
    return text.replace(old, new)


def _with_line_ends(case: Case) -> Case:
    end = case.tools.line_end

    def moved(span: Span) -> Span:
        more = len(end) - 1
        start, last = case.before.count("\n", 0, span.start), span.end
        return Span(
            start=span.start + more * start,
            end=last + more * case.before.count("\n", 0, last),
        )

    return replace(
        case,
        before=case.before.replace("\n", end),
        after=case.after.replace("\n", end),
        place=moved(case.place),
        around=moved(case.around),
        mutants=tuple(text.replace("\n", end) for text in case.mutants),
    )


def chosen(
    cases: Sequence[Case],
    *,
    languages: Sequence[str] = (),
    actions: Sequence[str] = (),
    names: Sequence[str] = (),
) -> tuple[Case, ...]:
    """Return those that are asked for; nothing asked for is all."""
    return tuple(
        case
        for case in cases
        if (not languages or case.language in languages)
        and (not actions or case.action in actions)
        and (not names or any(name in case.name for name in names))
    )
