"""The prompt of an action, as long as the model's window allows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from lsp_server.actions.catalogue import Name
from lsp_server.actions.instruction import Ask, again
from lsp_server.actions.refused import ActionRefused
from lsp_server.actions.region import Region
from lsp_server.prompt.chat import Chat, TagsInText, Turn
from retrieval.source import Document, Snippet

_INSERTED_TOKENS = 1024
"""A docstring, or the code that a comment describes."""

_SPARE_TOKENS = 256
"""A rewritten region may grow by half, and by so many tokens."""

_PROSE_SHARE = 4
"""Of a window at most a fourth is for prose and new files: the rest is to be read."""

_CONTEXT_TOKENS = 8192
"""Of other files, for what needs to know less than all that has to do with a place."""

_WHOLE_WINDOW = frozenset({Name.EXPLAIN, Name.FIX})

_ALMOST = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What is sent; ``snippets`` are those that had room, ``answer_tokens`` the most."""

    ask: Ask
    turns: tuple[Turn, ...]
    ids: tuple[int, ...]
    answer_tokens: int
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much a model reads and writes, in tokens."""

    window_tokens: int
    most_answer_tokens: int


def answer_tokens(
    name: Name, document: Document, region: Region, chat: Chat, room: Room
) -> int:
    """Return how long the answer may get; raises ActionRefused where that is too short."""
    share = room.window_tokens // _PROSE_SHARE
    if name in {Name.EXPLAIN, Name.TESTS}:
        return min(room.most_answer_tokens, share)
    if region.insert:
        return min(room.most_answer_tokens, share, _INSERTED_TOKENS)
    lines = document.lines[region.first : region.last + 1]
    tokens = chat.count("".join(lines))
    if tokens + _SPARE_TOKENS // 2 > min(room.most_answer_tokens, 2 * share):
        raise ActionRefused(
            f"These {len(lines):,} lines are {tokens:,} tokens: more than the model can "
            "write anew. Select less of them."
        )
    return min(room.most_answer_tokens, 2 * share, tokens * 3 // 2 + _SPARE_TOKENS)


def context_tokens(name: Name, wanted: int | Literal["auto"], window: int) -> int:
    """Return how much of other files is gathered for a model with this window, in tokens.

    ``wanted`` is the user's setting. What the place itself takes is not known yet: of what
    is gathered :func:`prompt_for` leaves the worst out.
    """
    room = window - window // _PROSE_SHARE
    if wanted != "auto":
        return min(wanted, room)
    return room if name in _WHOLE_WINDOW else min(_CONTEXT_TOKENS, room)


def prompt_for(
    chat: Chat,
    room: Room,
    answer: int,
    ask_with: Callable[[Sequence[Snippet]], Ask],
    snippets: Sequence[Snippet],
) -> Prompt:
    """Return the prompt with as many snippets as have room, the worst left out first.

    ``ask_with`` makes the question. Raises ActionRefused where there is no room even
    without any, or where the model's own tags stand in the text. May block.
    """
    kept = tuple(snippets)
    while True:
        ask = ask_with(kept)
        ids = _ids(chat, ask, ask.turns)
        over = len(ids) + answer - room.window_tokens
        if over <= 0:
            return Prompt(
                ask=ask, turns=ask.turns, ids=ids, answer_tokens=answer, snippets=kept
            )
        if not kept:
            raise ActionRefused(
                f"The question takes {len(ids):,} tokens, and its answer up to "
                f"{answer:,}: more than the {room.window_tokens:,} of the model's window. "
                "Select less, or set on_demand.window_tokens."
            )
        kept = kept[_enough(kept, over) :]


def prompt_again(
    chat: Chat, room: Room, prompt: Prompt, answer: str, problems: Sequence[str]
) -> Prompt | None:
    """Return the prompt that says what was wrong with an answer; None without room.

    May block.
    """
    turns = again(prompt.ask, answer, problems)
    ids = _ids(chat, prompt.ask, turns)
    if len(ids) + prompt.answer_tokens > room.window_tokens:
        return None
    return Prompt(
        ask=prompt.ask,
        turns=turns,
        ids=ids,
        answer_tokens=prompt.answer_tokens,
        snippets=prompt.snippets,
    )


def _ids(chat: Chat, ask: Ask, turns: Sequence[Turn]) -> tuple[int, ...]:
    try:
        return chat.ids(ask.system, turns)
    except TagsInText as error:
        raise ActionRefused(
            f"{error} stands in the text: the model would take it for a mark of its own."
        ) from error


def _enough(snippets: Sequence[Snippet], tokens: int) -> int:
    """Return how many of the first snippets take almost so many tokens, one at least.

    What they take was counted elsewhere, and is not exact: rather one too few, which the
    next look finds.
    """
    taken = 0
    for number, snippet in enumerate(snippets, 1):
        taken += snippet.tokens
        if taken >= _ALMOST * tokens:
            return number
    return len(snippets)
