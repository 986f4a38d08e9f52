"""A suggestion, or what an action sent, as Markdown: for an editor and for a terminal."""

from collections.abc import Sequence

from lsp_server.explain.fence import fence, longest_run
from lsp_server.explain.talk import Talk
from lsp_server.explain.trace import (
    CALLED,
    FINISHES,
    SOURCES,
    Answered,
    Kind,
    Step,
    Timeline,
    Trace,
    covered,
    lines,
    tokens,
)

_BAR = 24
"""Characters that the longest time takes."""


def markdown(told: Trace | Talk) -> str:
    """Return Markdown that a person can read in an editor and in a terminal."""
    parts = _talk(told) if isinstance(told, Talk) else _suggestion(told)
    return "\n\n".join(parts) + "\n"


def _talk(talk: Talk) -> list[str]:
    parts = [f"# {_line(talk.title)}", f"- model: {_inline(talk.model)}"]
    for prompt, answer in zip(talk.prompts, talk.answers, strict=False):
        parts += ["## The prompt", _fenced(prompt), "## The answer", _fenced(answer)]
    return parts


def _suggestion(trace: Trace) -> list[str]:
    return [
        f"# {_inline(trace.place)}",
        _facts(trace),
        *_milliseconds(trace.timelines),
        "## The prompt, in its order",
        _overview(trace),
        *_texts(trace),
        "## The answer",
        *_answer(trace.answer),
    ]


def _facts(trace: Trace) -> str:
    cached, answer = trace.cached_tokens, trace.answer
    told = "the engine does not tell how many of them were cached"
    if cached is not None:
        told = f"{cached:,} of them cached, {max(trace.prompt_tokens - cached, 0):,} computed"
    facts = [
        f"- model: {_inline(trace.model)}, layout {trace.layout.upper()}: {trace.why}",
        f"- answered {SOURCES.get(answer.source, answer.source)}",
        f"- prompt: {tokens(trace.prompt_tokens)}; {told}",
        (
            f"- answer: {tokens(answer.tokens)} generated, "
            f"{len(answer.text):,} of {len(answer.raw):,} characters shown, "
            f"{FINISHES.get(answer.finish, answer.finish)}"
        ),
    ]
    if trace.begin:
        facts.append(
            f"- taken back out of the prompt, so that it does not end in half a token: "
            f"{_inline(trace.begin)}"
        )
    return "\n".join(facts)


def _milliseconds(timelines: Sequence[Timeline]) -> list[str]:
    steps = [step for timeline in timelines for step in timeline.steps]
    longest = max((step.start + step.milliseconds for step in steps), default=0.0)
    parts = []
    for timeline in timelines:
        rows = [
            (step.name, f"{step.milliseconds:,.1f}", _bar(step, longest))
            for step in timeline.steps
        ]
        parts.append(f"## Milliseconds: {timeline.title}")
        parts.append(_table([("step", "ms", ""), *rows]))
    return parts


def _overview(trace: Trace) -> str:
    rows = [("section", "what it is", "tokens", "cached")]
    for section, share in zip(trace.sections, trace.cached_shares, strict=True):
        if section.kind is Kind.MARKS:
            continue
        name, what = (section.path, section.called) if section.path else ("", "")
        rows.append(
            (
                _cell(name or section.name),
                _cell(what or lines(section)),
                f"{section.tokens:,}",
                covered(share, section.tokens),
            )
        )
    marks = sum(one.tokens for one in trace.sections if one.kind is Kind.MARKS)
    if marks:
        rows.append((CALLED[Kind.MARKS], "", f"{marks:,}", ""))
    return _table(rows)


def _texts(trace: Trace) -> list[str]:
    parts: list[str] = []
    for section, share in zip(trace.sections, trace.cached_shares, strict=True):
        if section.kind is Kind.MARKS:
            continue
        title = f"### {_line(section.name)}: {tokens(section.tokens)}"
        parts.append(f"{title}, cached: {covered(share, section.tokens)}")
        if section.path:
            of = ", ".join(filter(None, (section.called, lines(section))))
            parts.append(f"{of}: {_line(section.why)}" if section.why else of)
        parts.append(_fenced(section.text))
    return parts


def _answer(answer: Answered) -> list[str]:
    if answer.raw == answer.text:
        return ["Shown as it was generated:", _fenced(answer.text)]
    if not answer.text:
        return ["Generated, and nothing of it shown:", _fenced(answer.raw)]
    parts = ["Generated:", _fenced(answer.raw)]
    return [*parts, "Shown:", _fenced(answer.text)]


def _bar(step: Step, longest: float) -> str:
    """Draw when a step was, in at least one character."""
    if longest <= 0:
        return ""
    first = min(int(step.start / longest * _BAR), _BAR - 1)
    length = max(1, round(step.milliseconds / longest * _BAR))
    return "·" * first + "█" * min(length, _BAR - first)


def _fenced(text: str) -> str:
    """Return the text in a fence that nothing in it can close."""
    if not text:
        return "(empty)"
    ticks = fence(text)
    end = "" if text.endswith("\n") else "\n"
    return f"{ticks}text\n{text}{end}{ticks}"


def _inline(text: str) -> str:
    """Return the text as code within a line; line ends and tabs are written out."""
    shown = text.replace("\t", "\\t").replace("\r", "\\r").replace("\n", "\\n")
    ticks = "`" * (longest_run(shown) + 1)
    pad = " " if shown[:1] in {"`", " "} or shown[-1:] in {"`", " "} else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    """Return a Markdown table whose columns are aligned in a terminal, too."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]

    def line(cells: tuple[str, ...]) -> str:
        pairs = zip(cells, widths, strict=True)
        return "| " + " | ".join(cell.ljust(width) for cell, width in pairs) + " |"

    ruler = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join((line(rows[0]), ruler, *map(line, rows[1:])))
