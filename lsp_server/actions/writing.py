"""What the model writes, taken as it comes, and no longer than it is needed."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

from lsp_server.actions.answer import Block, Prose
from lsp_server.actions.asking import Prompt
from lsp_server.actions.endless import says_again
from lsp_server.actions.harmless import Harmless
from lsp_server.actions.outcome import Spent, Watch
from lsp_server.engine.base import PRIORITY_ACTION, Finish, GenerationRequest
from lsp_server.tiers import OnDemand

_ALMOST = 95
"""Percent: how long an answer will be is guessed from what it replaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """With which model, who watches, and what it took so far."""

    model: OnDemand
    watch: Watch
    spent: Spent


async def block(talk: Talk, prompt: Prompt, expected_lines: int) -> Block:
    """Return a code block; the stream is closed where it ends, or where it loops.

    ``expected_lines`` is 0 where nobody knows. Raises EngineError.
    """
    found, lines = Block(prompt.ask.begin), 0

    def take(piece: str) -> bool:
        nonlocal lines
        lines += piece.count("\n")
        percent = None
        if expected_lines:
            percent = min(_ALMOST, 100 * lines // expected_lines)
        talk.watch.stage(_written(lines), percent)
        return found.feed(piece)

    finish = await _stream(talk, prompt, take)
    found.end(cut=finish is Finish.LENGTH)
    return found


async def prose(talk: Talk, prompt: Prompt) -> str:
    """Return Markdown for people, which who watches is told as it comes; raises EngineError."""
    found, safe, shown = Prose(), Harmless(), ""

    def take(piece: str) -> bool:
        nonlocal shown
        more = safe.feed(found.feed(piece))
        shown += more
        talk.watch.said(more)
        talk.watch.stage(_written(shown.count("\n")))
        return found.ended or ("\n" in piece and says_again(shown))

    await _stream(talk, prompt, take)
    rest = safe.feed(found.end()) + safe.end()
    talk.watch.said(rest)
    return shown + rest


async def _stream(
    talk: Talk, prompt: Prompt, take: Callable[[str], bool]
) -> Finish | None:
    """Give the pieces to ``take``, until it says that there are enough.

    Returns why the answer ended, None where it was closed.
    """
    chat, spent = talk.model.chat, talk.spent
    request = GenerationRequest(
        prompt_ids=prompt.ids,
        max_tokens=prompt.answer_tokens,
        stop_ids=chat.stop_ids,
        priority=PRIORITY_ACTION,
    )
    spent.prompt_tokens += len(prompt.ids)
    spent.prompts.append(await asyncio.to_thread(chat.decode, prompt.ids))
    spent.answers.append("")
    talk.watch.stage(f"reading the prompt: {len(prompt.ids):,} tokens")
    async with aclosing(talk.model.engine.stream(request)) as pieces:
        async for piece in pieces:
            spent.answer_tokens += piece.tokens
            spent.answers[-1] += piece.text
            if take(piece.text):
                return None
            if piece.finish is not None:
                return piece.finish
    return None


def _written(lines: int) -> str:
    return f"writing: {lines + 1} {'lines' if lines else 'line'}"
