"""One suggestion, explained to people: exactly what was sent, what it cost, what came back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_LEAST_FENCE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the prompt: what it is, its text as the model sees it, and its tokens."""

    name: str
    text: str
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """All that is known of one suggestion.

    ``sections`` are the prompt's, in its order; what ``prompt_tokens`` has beyond theirs
    are marks of the model. ``line`` and ``column`` are 0-based. ``begin`` is the text that
    the answer was made to begin with. ``steps`` are names and milliseconds. ``raw`` is
    what was generated, ``text`` what of it was shown.
    """

    path: str
    line: int
    column: int
    model: str
    layout: str
    why: str
    sections: tuple[Section, ...]
    prompt_tokens: int
    cached_tokens: int | None
    begin: str
    steps: tuple[tuple[str, float], ...]
    source: str
    generated_tokens: int
    raw: str
    text: str
    finish: str


def explained(trace: Trace) -> str:
    """Return Markdown that a person can read in an editor and in a terminal."""
    parts = [
        f"# {_inline(f'{trace.path}:{trace.line + 1}:{trace.column + 1}')}",
        _facts(trace),
        *_milliseconds(trace.steps),
        "## The prompt, in its order",
        _overview(trace),
        *_texts(trace),
        "## The answer",
        *_answer(trace),
    ]
    return "\n\n".join(parts) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What a model was asked for an action, and what it said, each as often as it was."""

    title: str
    model: str
    prompts: tuple[str, ...]
    answers: tuple[str, ...]


def explained_talk(talk: Talk) -> str:
    """Return Markdown, as for a suggestion."""
    parts = [f"# {_line(talk.title)}", f"- model: {_inline(talk.model)}"]
    for prompt, answer in zip(talk.prompts, talk.answers, strict=False):
        parts += ["## The prompt", _fenced(prompt), "## The answer", _fenced(answer)]
    return "\n\n".join(parts) + "\n"


def _facts(trace: Trace) -> str:
    cached = trace.cached_tokens
    told = "the engine does not tell how many of them were cached"
    if cached is not None:
        told = f"{cached:,} of them cached, {max(trace.prompt_tokens - cached, 0):,} computed"
    facts = [
        f"- model: {_inline(trace.model)}, layout {trace.layout.upper()}: {trace.why}",
        f"- answered {_SOURCES.get(trace.source, trace.source)}",
        f"- prompt: {_tokens(trace.prompt_tokens)}; {told}",
        _answered(trace),
    ]
    if trace.begin:
        facts.append(
            f"- taken back out of the prompt, so that it does not end in half a token: "
            f"{_inline(trace.begin)}"
        )
    return "\n".join(facts)


def _answered(trace: Trace) -> str:
    return (
        f"- answer: {_tokens(trace.generated_tokens)} generated, "
        f"{len(trace.text):,} of {len(trace.raw):,} characters shown, "
        f"ended by {trace.finish}"
    )


_SOURCES = {
    "engine": "by the engine, for this request",
    "running": "by the engine, by a generation that ran already for an earlier request",
    "memory": "from memory: what was typed agrees with an earlier answer",
    "ahead": "from what was generated ahead, while nobody waited",
}


def _milliseconds(steps: tuple[tuple[str, float], ...]) -> list[str]:
    if not steps:
        return []
    rows = [(name, f"{milliseconds:,.1f}") for name, milliseconds in steps]
    return ["## Milliseconds", _table([("step", "ms"), *rows])]


def _overview(trace: Trace) -> str:
    rows = [("section", "tokens", "cached")]
    reached = 0
    for section in trace.sections:
        cached = _cached(trace.cached_tokens, reached, section.tokens)
        rows.append((_cell(section.name), f"{section.tokens:,}", cached))
        reached += section.tokens
    marks = trace.prompt_tokens - reached
    if marks > 0:
        rows.append(("marks of the model", f"{marks:,}", ""))
    return _table(rows)


def _cached(cached: int | None, before: int, tokens: int) -> str:
    """Say how much of a section the cache covered: prompts are cached from their beginning."""
    if cached is None:
        return "not known"
    covered = min(max(cached - before, 0), tokens)
    if covered == tokens:
        return "all"
    return f"the first {covered:,}" if covered else "none"


def _texts(trace: Trace) -> list[str]:
    parts: list[str] = []
    reached = 0
    for section in trace.sections:
        cached = _cached(trace.cached_tokens, reached, section.tokens)
        reached += section.tokens
        title = f"### {_line(section.name)}: {_tokens(section.tokens)}"
        parts.append(f"{title}, cached: {cached}")
        parts.append(_fenced(section.text))
    return parts


def _answer(trace: Trace) -> list[str]:
    if trace.raw == trace.text:
        return ["Shown as it was generated:", _fenced(trace.text)]
    if not trace.text:
        return ["Generated, and nothing of it shown:", _fenced(trace.raw)]
    parts = ["Generated:", _fenced(trace.raw)]
    return [*parts, "Shown:", _fenced(trace.text)]


def _tokens(number: int) -> str:
    return "1 token" if number == 1 else f"{number:,} tokens"


def _fenced(text: str) -> str:
    """Return the text in a fence that nothing in it can close."""
    if not text:
        return "(empty)"
    fence = "`" * max(_LEAST_FENCE, _longest_run(text) + 1)
    end = "" if text.endswith("\n") else "\n"
    return f"{fence}text\n{text}{end}{fence}"


def _inline(text: str) -> str:
    """Return the text as code within a line; line ends and tabs are written out."""
    shown = text.replace("\t", "\\t").replace("\r", "\\r").replace("\n", "\\n")
    ticks = "`" * (_longest_run(shown) + 1)
    pad = " " if shown[:1] in {"`", " "} or shown[-1:] in {"`", " "} else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


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
