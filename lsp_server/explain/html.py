"""A suggestion, or what an action sent, as a page for a browser."""

from collections.abc import Sequence

from lsp_server.explain.escape import code, text
from lsp_server.explain.frame import framed
from lsp_server.explain.talk import Talk
from lsp_server.explain.trace import (
    CALLED,
    FINISHES,
    SOURCES,
    Answered,
    Kind,
    Section,
    Step,
    Timeline,
    Trace,
    covered,
    lines,
    tokens,
)

_FOLDED = 24
"""Lines of a section that are shown; more are folded away, but for a few."""

_FEW = 8
_TENTHS_MS = 10
_OPEN = 6
"""So many snippets are open from the beginning."""


def page(told: Trace | Talk) -> str:
    """Return the page; nothing that stands in the user's code can change what it is."""
    if isinstance(told, Talk):
        return framed(f"What was sent: {told.title}", _talk(told))
    body = f"""{_head(told)}
<main>
{_answer(told.answer)}
{_times(told.timelines)}
{_prompt(told)}
</main>"""
    return framed(f"What was sent: {told.place}", body)


def _talk(talk: Talk) -> str:
    said = "".join(
        f"""<section>
<h2>The prompt</h2>
{_long(prompt)}
<h2>The answer</h2>
<pre tabindex=0>\n{code(answer) or "<i>nothing</i>"}</pre>
</section>
"""
        for prompt, answer in zip(talk.prompts, talk.answers, strict=False)
    )
    return f"""<header>
<p class=quiet>What was sent for the action</p>
<h1>{text(talk.title)}</h1>
<p class=quiet>Model: {text(talk.model)}</p>
</header>
<main>
{said}</main>"""


def _long(source: str) -> str:
    """Return a text whose end is folded away where it is long."""
    rows = source.splitlines(keepends=True)
    edge = _FOLDED if len(rows) > _FOLDED + _FEW else len(rows)
    begin, rest = "".join(rows[:edge]), "".join(rows[edge:])
    shown = f"<pre tabindex=0>\n{code(begin)}</pre>"
    if not rest:
        return shown
    return (
        f"{shown}<details><summary>{len(rows) - edge:,} lines after these</summary>"
        f"<pre tabindex=0>\n{code(rest)}</pre></details>"
    )


def _head(trace: Trace) -> str:
    folder, slash, name = trace.place.rpartition("/")
    begin = ""
    if trace.begin:
        begin = (
            "<p class=quiet>Taken back out of the prompt, so that it does not end in half "
            f"a token: <code>{text(trace.begin)}</code></p>"
        )
    return f"""<header>
<p class=quiet>What was sent for the suggestion at</p>
<h1><span class=folder>{text(folder + slash)}</span>{text(name)}</h1>
<dl class=facts>{"".join(_fact(*fact) for fact in _facts(trace))}</dl>
<p class=quiet>{text(trace.why)}</p>
{begin}
</header>"""


def _facts(trace: Trace) -> list[tuple[str, str, str]]:
    """Return name, value and what there is to say of it."""
    answer, cached = trace.answer, trace.cached_tokens
    told = "the engine does not tell how many were cached"
    if cached is not None:
        computed = max(trace.prompt_tokens - cached, 0)
        told = f"{_percent(cached, trace.prompt_tokens)} cached, {computed:,} computed"
    steps = [step for timeline in trace.timelines for step in timeline.steps]
    whole = max((one.milliseconds for one in steps if one.name == WHOLE), default=0.0)
    return [
        ("Model", trace.model, f"layout {trace.layout.upper()}"),
        ("Prompt", tokens(trace.prompt_tokens), told),
        ("Answer", tokens(answer.tokens), FINISHES.get(answer.finish, answer.finish)),
        (
            "Request",
            f"{whole:,.0f} ms" if whole >= _TENTHS_MS else f"{whole:.1f} ms",
            "answered " + SOURCES.get(answer.source, answer.source),
        ),
    ]


def _fact(name: str, value: str, more: str) -> str:
    return (
        f"<div><dt>{text(name)}</dt><dd><b>{text(value)}</b> "
        f"<span>{text(more)}</span></dd></div>"
    )


def _answer(answer: Answered) -> str:
    if not answer.text:
        return f"""<section aria-labelledby=answer>
<h2 id=answer>Nothing was shown</h2>
<p>This was generated, and the filters left nothing of it:</p>
<pre tabindex=0>\n{code(answer.raw) or "<i>nothing</i>"}</pre>
</section>"""
    raw = ""
    if answer.raw != answer.text:
        raw = f"""
<details><summary>As it was generated: {len(answer.text):,} of {len(answer.raw):,} characters
were shown</summary><pre tabindex=0>\n{code(answer.raw)}</pre></details>"""
    return f"""<section aria-labelledby=answer>
<h2 id=answer>What was shown</h2>
<pre tabindex=0>\n{code(answer.before)}<ins>{code(answer.text)}</ins>{code(answer.after)}</pre>{raw}
</section>"""


def _times(timelines: Sequence[Timeline]) -> str:
    """Draw each step where it was in time; all on one scale."""
    steps = [step for timeline in timelines for step in timeline.steps]
    longest = max((step.start + step.milliseconds for step in steps), default=0.0)
    if longest <= 0:
        return ""
    parts = []
    for timeline in timelines:
        rows = "".join(_step(step, longest) for step in timeline.steps)
        name = text(timeline.title)
        parts.append(f"<table class=times><caption>{name}</caption>{rows}</table>")
    return f"""<section aria-labelledby=times>
<h2 id=times>Milliseconds</h2>
{"".join(parts)}
</section>"""


def _step(step: Step, longest: float) -> str:
    start = 100 * step.start / longest
    width = 100 * step.milliseconds / longest
    whole = " class=whole" if step.name == WHOLE else ""
    return (
        f"<tr{whole}><th scope=row>{text(step.name)}</th><td class=bar><span style="
        f'"margin-left:{start:.2f}%;width:{width:.2f}%"></span></td>'
        f"<td class=number>{step.milliseconds:,.1f}</td></tr>"
    )


WHOLE = "whole request"


def _prompt(trace: Trace) -> str:
    shown = [one for one in trace.sections if one.kind is not Kind.MARKS]
    shares = dict(zip(map(id, trace.sections), trace.cached_shares, strict=True))
    snippets = sum(one.path != "" for one in shown)
    parts = [
        _section(
            number,
            section,
            shares[id(section)],
            is_open=section.path == "" or snippets <= _OPEN,
        )
        for number, section in enumerate(trace.sections, 1)
    ]
    return f"""<section aria-labelledby=prompt>
<h2 id=prompt>The prompt, in its order</h2>
{_strip(trace)}
{_legend(trace)}
{"".join(parts)}
</section>"""


def _strip(trace: Trace) -> str:
    """Draw the prompt to scale, and under it how far it was cached."""
    whole = max(trace.prompt_tokens, 1)
    parts = "".join(
        _part(number, section)
        for number, section in enumerate(trace.sections, 1)
        if section.tokens
    )
    cached = ""
    if trace.cached_tokens is not None:
        share = _percent(trace.cached_tokens, whole)
        width = 100 * min(trace.cached_tokens, whole) / whole
        cached = (
            f'<div class=cached><span style="width:{width:.2f}%"></span></div>'
            f"<p class=quiet>The line under it: what the engine had cached, {text(share)}.</p>"
        )
    return f"<nav class=strip aria-label='Parts of the prompt'>{parts}</nav>{cached}"


def _part(number: int, section: Section) -> str:
    style = f'style="flex-grow:{section.tokens}"'
    if section.kind is Kind.MARKS:
        return f"<i class=marks {style}></i>"
    titled = text(f"{section.name}: {tokens(section.tokens)}")
    return (
        f'<a class="{section.kind}" href="#s{number}" title="{titled}" {style}>'
        f"<span>{text(_SHORT.get(section.kind) or section.path.rpartition('/')[2])}</span>"
        "</a>"
    )


_SHORT = {Kind.BEFORE: "before the cursor", Kind.AFTER: "after the cursor"}


def _legend(trace: Trace) -> str:
    sums: dict[Kind, int] = {}
    for section in trace.sections:
        sums[section.kind] = sums.get(section.kind, 0) + section.tokens
    whole = trace.prompt_tokens
    items = "".join(
        f'<li><i class="swatch {kind}"></i>{text(CALLED[kind])} '
        f"<span>{sums[kind]:,} ({text(_percent(sums[kind], whole))})</span></li>"
        for kind in Kind
        if sums.get(kind)
    )
    return f"<ul class=legend>{items}</ul>"


def _section(number: int, section: Section, share: int | None, *, is_open: bool) -> str:
    if section.kind is Kind.MARKS:
        return (
            f'<p class="marks" id="s{number}"><span>{tokens(section.tokens)}</span> '
            f"<code>{text(section.text)}</code></p>"
        )
    tag, name = text(section.called), text(section.path)
    where = text(lines(section))
    why = f"<p class=why>{text(section.why)}</p>" if section.why else ""
    cached = covered(share, section.tokens)
    return f"""<details class="section {section.kind}" id="s{number}"{" open" if is_open else ""}>
<summary><i class="swatch {section.kind}"></i><span class=tag>{tag}</span>
<span class=name>{name}</span> <span class=where>{where}</span>
<span class=count>{tokens(section.tokens)}<span>, cached: {text(cached)}</span></span></summary>
{why}{_text(section)}
</details>
"""


def _text(section: Section) -> str:
    """Return the section's text; of a long one what is far from the cursor is folded."""
    if not section.text:
        return "<p class=quiet>Nothing: there is none.</p>"
    rows = section.text.splitlines(keepends=True)
    if len(rows) <= _FOLDED + _FEW:
        return _pre(section, 0, len(section.text))
    if section.kind is Kind.BEFORE:
        edge = sum(map(len, rows[:-_FOLDED]))
        hidden = _fold(section, 0, edge, len(rows) - _FOLDED)
        return hidden + _pre(section, edge, len(section.text))
    edge = sum(map(len, rows[:_FOLDED]))
    hidden = _fold(section, edge, len(section.text), len(rows) - _FOLDED)
    return _pre(section, 0, edge) + hidden


def _fold(section: Section, start: int, end: int, count: int) -> str:
    where = "before these" if start == 0 else "after these"
    pre = _pre(section, start, end)
    return f"<details><summary>{count:,} lines {where}</summary>{pre}</details>"


def _pre(section: Section, start: int, end: int) -> str:
    """Return some of the text; where the cache ends in it, it says so."""
    cached = section.cached
    if cached is None or not start < cached < end:
        return f"<pre tabindex=0>\n{code(section.text[start:end])}</pre>"
    return (
        f"<pre tabindex=0>\n{code(section.text[start:cached])}"
        "<mark>cached up to here</mark>"
        f"{code(section.text[cached:end])}</pre>"
    )


def _percent(part: int, whole: int) -> str:
    """Return a share; 100 % only where it is all, and 0 % only where it is nothing."""
    if part <= 0 or part >= whole:
        return "0 %" if part <= 0 else "100 %"
    share = min(99, round(100 * part / whole))
    return f"{share} %" if share else "<1 %"
