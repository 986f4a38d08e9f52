"""From a cursor and a budget to the request for one completion."""

from collections.abc import Sequence
from dataclasses import dataclass

from lsp_server.prompt.cut import around, cut_prefix, cut_suffix
from lsp_server.prompt.families import Layout, Part
from lsp_server.prompt.heal import taken_back
from lsp_server.prompt.infill import Infiller, assemble
from lsp_server.prompt.snippets import UNNAMED, Own, Shown, shown, sign_of
from lsp_server.prompt.spans import Kind, Span
from retrieval.source import Cursor, Snippet

_SMALLEST_WINDOW = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Upper bounds in tokens; the window holds prompt and answer together.

    Where the parts ask for more than the window has, first the answer shrinks to half of
    it, then the suffix to half of the rest, then the context to half of what is left or
    what the prefix does not ask for, and the prefix gets the rest.
    """

    window_tokens: int
    prefix_tokens: int
    suffix_tokens: int
    answer_tokens: int
    context_tokens: int = 0

    def __post_init__(self) -> None:
        if self.window_tokens < _SMALLEST_WINDOW or self.answer_tokens < 1:
            raise ValueError(f"no room for a prompt and an answer: {self}")
        if min(self.prefix_tokens, self.suffix_tokens, self.context_tokens) < 0:
            raise ValueError(f"a budget below zero: {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A prompt, and how it came about.

    ``first_line`` and ``last_line`` are the 0-based lines of the file that the prompt
    touches, both included, and ``cursor_line`` is the one between. ``why`` tells people what was taken. ``snippets`` of other
    files stand in the prompt, and ``context_tokens`` are they with all that announces them.

    ``begin`` is the end of the prefix that was taken back out of the prompt, so that it
    does not end in half a token: the answer must begin with it. Its tokens are in
    ``max_tokens``, not in ``prefix_tokens``.

    ``spans`` are the parts of the prompt, in its order.
    """

    prompt_ids: tuple[int, ...]
    begin: str
    stop_ids: tuple[int, ...]
    max_tokens: int
    layout: Layout
    first_line: int
    cursor_line: int
    last_line: int
    prefix_tokens: int
    suffix_tokens: int
    context_tokens: int
    snippets: int
    spans: tuple[Span, ...]
    why: str


def plan(
    cursor: Cursor,
    model: Infiller,
    budget: Budget,
    layout: Layout,
    *,
    heal: bool = True,
    context: Sequence[Snippet] = (),
    own: Own = UNNAMED,
    held: int | None = None,
    because: str = "",
) -> Plan:
    """Lay out the prompt for ``cursor``; prompt and answer fit into the window.

    ``context`` are snippets of other files, the best last; where there is no room for all,
    whole ones are left out, the first first. ``own`` is what families that see files among
    others are told of this one.

    A family that does not know ``layout`` gets PSM. Only SPM is healed: it was trained on
    prefix and middle encoded as one text, PSM on a middle that is encoded anew. In SPM the
    suffix stands first, so what only closes the line, which comes and goes while it is
    typed, is left out of it. ``held`` is the line that the last prompt began with;
    ``because`` tells people why it is this layout.
    """
    used, template = model.template(layout)
    if model.encoder.blocks:
        model.encoder.prepare(
            around(cursor, budget.prefix_tokens, budget.suffix_tokens)
        )
    room = budget.window_tokens - (len(template) - 2)
    max_tokens = min(budget.answer_tokens, room // 2)
    room -= max_tokens
    beside = shown(
        model,
        template,
        context,
        sign=sign_of(cursor.document),
        own=own,
        room=_context_room(budget, room),
    )
    suffix = cut_suffix(
        model.encoder,
        cursor,
        min(budget.suffix_tokens, room // 2),
        frozen=used is Layout.SPM and cursor.at_end,
    )
    room -= len(suffix.ids) + beside.tokens
    prefix = cut_prefix(
        model.encoder,
        cursor,
        min(budget.prefix_tokens, room),
        begins=not beside.within,
        held=held,
    )
    healed = heal and used is Layout.SPM
    count, begin = (
        taken_back(model.encoder, prefix.ids, cursor.before) if healed else (0, "")
    )
    kept = prefix.ids[: len(prefix.ids) - count]
    return Plan(
        prompt_ids=assemble(beside.template, beside.within + kept, suffix.ids),
        begin=begin,
        stop_ids=model.stop_ids,
        max_tokens=max_tokens + count,
        layout=used,
        first_line=prefix.line,
        cursor_line=cursor.line,
        last_line=suffix.line,
        prefix_tokens=len(kept),
        suffix_tokens=len(suffix.ids),
        context_tokens=beside.tokens,
        snippets=beside.snippets,
        spans=_spans(beside, kept, suffix.ids),
        why=(
            f"lines {prefix.line + 1} to {suffix.line + 1} of "
            f"{len(cursor.document.lines)}: {len(kept)} tokens before the cursor, "
            f"{len(suffix.ids)} after it, {used.upper()}"
            + (f" ({because})" if because else "")
            + (f", {count} more taken back" if count else "")
            + (
                f", {beside.snippets} snippets of other files in {beside.tokens} tokens"
                if beside.snippets
                else ""
            )
        ),
    )


def _spans(
    beside: Shown, prefix: tuple[int, ...], suffix: tuple[int, ...]
) -> tuple[Span, ...]:
    """Name what :func:`assemble` puts together."""
    texts = {
        Part.PREFIX: [Span(Kind.PREFIX, len(prefix))],
        Part.SUFFIX: [Span(Kind.SUFFIX, len(suffix))],
    }
    spans: list[Span] = []
    if beside.within:
        texts[Part.PREFIX] = [*beside.spans, *texts[Part.PREFIX]]
    else:
        spans += beside.spans
    for item in beside.template[sum(span.tokens for span in spans) :]:
        if isinstance(item, Part):
            spans += texts[item]
        elif spans and spans[-1].kind is Kind.PIECES:
            spans[-1] = Span(Kind.PIECES, spans[-1].tokens + 1)
        else:
            spans.append(Span(Kind.PIECES, 1))
    return tuple(spans)


def _context_room(budget: Budget, room: int) -> int:
    """Return how much of the ``room`` for prompts other files may take.

    It does not depend on the document: what stands first in a prompt must not come and go
    with a keystroke.
    """
    left = room - min(budget.suffix_tokens, room // 2)
    return min(budget.context_tokens, max(left // 2, left - budget.prefix_tokens))
