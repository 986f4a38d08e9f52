"""``codellama.showPrompt``: exactly what was sent for the last suggestion."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from urllib.parse import unquote, urlsplit

from lsp_server.explain import Answered, Kind, Section, Step, Timeline, Trace
from lsp_server.prompt import spans
from lsp_server.prompt.encoding import Encoder
from lsp_server.prompt.plan import Plan
from lsp_server.prompt.spans import Span
from lsp_server.record import Offer
from lsp_server.session import Session
from retrieval.source import Cursor, Origin, split_lines

_LINES_ABOVE = 4
_LINES_BELOW = 3
"""What is shown of the document around a suggestion."""


def last_trace(session: Session) -> Trace | None:
    """Return all that is known of the last suggestion, None where there was none.

    Of one that came from memory, what the engine was asked for it once.
    """
    offer = session.record.last_offer
    if offer is None:
        return None
    ready = session.ready_for(offer.cursor.document.language)
    asked = session.record.get(offer.number)
    if ready is None or asked is None or asked.plan is None:
        return None
    generation = asked.generation
    uri = offer.cursor.document.uri
    return Trace(
        path=session.context.standing(uri).path or unquote(urlsplit(uri).path),
        line=offer.cursor.line,
        column=offer.cursor.column,
        model=offer.model,
        layout=asked.plan.layout,
        why=asked.plan.why,
        sections=sections(asked.plan, ready.infiller.encoder, offer.cached_tokens),
        cached_tokens=offer.cached_tokens,
        begin=asked.plan.begin,
        timelines=timelines(offer, asked.planning_ms),
        answer=Answered(
            raw=generation.text if generation is not None else "",
            text=offer.text,
            tokens=generation.tokens if generation is not None else 0,
            source=offer.source,
            finish=offer.finish,
            before=_above(offer.cursor),
            after=_below(offer.cursor),
        ),
    )


def sections(plan: Plan, encoder: Encoder, cached: int | None) -> tuple[Section, ...]:
    """Return the parts of the prompt as the model sees them."""
    ends = accumulate((span.tokens for span in plan.spans), initial=0)
    return tuple(
        _section(
            span,
            plan,
            encoder,
            plan.prompt_ids[start:end],
            None if cached is None else max(0, cached - start),
        )
        for span, (start, end) in zip(plan.spans, pairwise(ends), strict=True)
    )


def _section(
    span: Span, plan: Plan, encoder: Encoder, ids: Sequence[int], cached: int | None
) -> Section:
    text = encoder.decode(ids)
    beginning = None
    if cached is not None:
        beginning = _characters(encoder, ids, text, min(cached, len(ids)))
    snippet, lines = span.snippet, None
    kind, *also = [Kind.MARKS]
    match span.kind:
        case spans.Kind.PREFIX:
            kind, lines = Kind.BEFORE, (plan.first_line, plan.cursor_line)
        case spans.Kind.SUFFIX:
            kind, lines = Kind.AFTER, (plan.cursor_line, plan.last_line)
        case spans.Kind.SNIPPET if snippet is not None:
            kind, *also = [_OF[origin] for origin in snippet.origins] or [Kind.OTHER]
            lines = (snippet.start_line, snippet.end_line)
    return Section(
        kind=kind,
        text=text,
        tokens=len(ids),
        path=snippet.path if snippet is not None else "",
        why=snippet.why if snippet is not None else "",
        also=tuple(also),
        lines=lines,
        cached=beginning,
    )


_OF = {
    Origin.DEFINITION: Kind.DEFINITION,
    Origin.SIMILAR: Kind.SIMILAR,
    Origin.EDIT: Kind.EDIT,
    Origin.FILE: Kind.FILE,
    Origin.OTHER: Kind.OTHER,
}


def _characters(encoder: Encoder, ids: Sequence[int], text: str, first: int) -> int:
    """Return how many characters of ``text`` the ``first`` ids are.

    A character may be several tokens: one that is cut is not among them.
    """
    if first >= len(ids):
        return len(text)
    begin = encoder.decode(ids[:first])
    return len(begin) if text.startswith(begin) else len(begin.rstrip("\ufffd"))


def timelines(offer: Offer, planning_ms: float) -> tuple[Timeline, ...]:
    """Return what took how long, for the request and for the generation."""
    request = []
    if offer.context_ms is not None:
        request.append(Step("waiting for context", 0.0, offer.context_ms))
    whole = Step("whole request", 0.0, offer.milliseconds)
    if offer.began_ms is None:
        generation = _generation(offer, planning_ms, 0.0)
        return (
            Timeline("this request", (*request, whole)),
            Timeline("the generation, which began earlier", generation),
        )
    context_ms = offer.context_ms or 0.0
    waited_ms = offer.began_ms - context_ms
    if waited_ms >= _LEAST_MS:
        request.append(Step("waiting for the next key", context_ms, waited_ms))
    generation = _generation(offer, planning_ms, offer.began_ms)
    return (Timeline("this request", (*request, *generation, whole)),)


_LEAST_MS = 1.0
"""What is shorter is no wait: the loop's own time."""


def _generation(offer: Offer, planning_ms: float, start: float) -> tuple[Step, ...]:
    """Return its steps. One that gave nothing has no first piece."""
    first_ms = offer.first_piece_ms or offer.total_ms
    return (
        Step("planning the prompt", start, planning_ms),
        Step("to the first piece", start + planning_ms, max(0, first_ms - planning_ms)),
        Step("generating the rest", start + first_ms, offer.total_ms - first_ms),
    )


def _above(cursor: Cursor) -> str:
    lines = cursor.document.lines[max(0, cursor.line - _LINES_ABOVE) : cursor.line]
    return _lf("".join(lines) + cursor.before)


def _below(cursor: Cursor) -> str:
    lines = cursor.document.lines[cursor.line + 1 : cursor.line + 1 + _LINES_BELOW]
    return _lf("\n".join((cursor.after, *(line.rstrip("\r\n") for line in lines))))


def _lf(text: str) -> str:
    return "".join(line.rstrip("\r\n") + "\n" for line in split_lines(text))[:-1]
