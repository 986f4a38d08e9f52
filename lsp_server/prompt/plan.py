"""From a cursor and a budget to the request for one completion."""

from collections.abc import Sequence
from dataclasses import dataclass

from lsp_server.prompt.cut import cut_prefix, cut_suffix
from lsp_server.prompt.families import Layout
from lsp_server.prompt.heal import taken_back
from lsp_server.prompt.infill import Infiller, assemble
from lsp_server.prompt.snippets import UNNAMED, Own, shown, sign_of
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
    touches, both included. ``why`` tells people what was taken. ``snippets`` of other
    files stand in the prompt, and ``context_tokens`` are they with all that announces them.

    ``begin`` is the end of the prefix that was taken back out of the prompt, so that it
    does not end in half a token: the answer must begin with it. Its tokens are in
    ``max_tokens``, not in ``prefix_tokens``.
    """

    prompt_ids: tuple[int, ...]
    begin: str
    stop_ids: tuple[int, ...]
    max_tokens: int
    layout: Layout
    first_line: int
    last_line: int
    prefix_tokens: int
    suffix_tokens: int
    context_tokens: int
    snippets: int
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
) -> Plan:
    """Lay out the prompt for ``cursor``; prompt and answer fit into the window.

    ``context`` are snippets of other files, the best last; where there is no room for all,
    whole ones are left out, the first first. ``own`` is what families that see files among
    others are told of this one.

    A family that does not know ``layout`` gets PSM. Only SPM is healed: it was trained on
    prefix and middle encoded as one text, PSM on a middle that is encoded anew.
    """
    used, template = model.template(layout)
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
    suffix = cut_suffix(model.encoder, cursor, min(budget.suffix_tokens, room // 2))
    room -= len(suffix.ids) + beside.tokens
    prefix = cut_prefix(
        model.encoder,
        cursor,
        min(budget.prefix_tokens, room),
        begins=not beside.within,
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
        last_line=suffix.line,
        prefix_tokens=len(kept),
        suffix_tokens=len(suffix.ids),
        context_tokens=beside.tokens,
        snippets=beside.snippets,
        why=(
            f"lines {prefix.line + 1} to {suffix.line + 1} of "
            f"{len(cursor.document.lines)}: {len(kept)} tokens before the cursor, "
            f"{len(suffix.ids)} after it, {used.upper()}"
            + (f" ({model.family.name} has no SPM)" if used is not layout else "")
            + (f", {count} more taken back" if count else "")
            + (
                f", {beside.snippets} snippets of other files in {beside.tokens} tokens"
                if beside.snippets
                else ""
            )
        ),
    )


def _context_room(budget: Budget, room: int) -> int:
    """Return how much of the ``room`` for prompts other files may take.

    It does not depend on the document: what stands first in a prompt must not come and go
    with a keystroke.
    """
    left = room - min(budget.suffix_tokens, room // 2)
    return min(budget.context_tokens, max(left // 2, left - budget.prefix_tokens))
