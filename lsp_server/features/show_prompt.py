"""``codellama.showPrompt``: exactly what was sent for the last suggestion."""

from itertools import accumulate, pairwise
from urllib.parse import unquote, urlsplit

from lsp_server.explain import Section, Trace
from lsp_server.prompt.infill import Infiller
from lsp_server.prompt.plan import PIECES, Plan
from lsp_server.session import Session


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
    return Trace(
        path=unquote(urlsplit(offer.cursor.document.uri).path),
        line=offer.cursor.line,
        column=offer.cursor.column,
        model=offer.model,
        layout=asked.plan.layout,
        why=asked.plan.why,
        sections=_sections(asked.plan, ready.infiller),
        prompt_tokens=len(asked.plan.prompt_ids),
        cached_tokens=offer.cached_tokens,
        begin=asked.plan.begin,
        steps=(*asked.steps.items(), ("request to answer", offer.milliseconds)),
        source=offer.source,
        generated_tokens=generation.tokens if generation is not None else 0,
        raw=generation.text if generation is not None else "",
        text=offer.text,
        finish=offer.finish,
    )


def _sections(plan: Plan, model: Infiller) -> tuple[Section, ...]:
    ends = accumulate((count for _, count in plan.spans), initial=0)
    return tuple(
        Section(
            name=name,
            text=model.encoder.decode(plan.prompt_ids[start:end]),
            tokens=end - start,
        )
        for (name, _), (start, end) in zip(plan.spans, pairwise(ends), strict=True)
        if name != PIECES
    )
