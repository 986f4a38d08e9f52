"""An action that never ends: a long prompt, a long answer, and the next one at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.engine.asking import Asked, answered
from bench.engine.prompts import document
from lsp_server.engine.base import Engine

_POLL_S = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """The size of each of its requests."""

    prompt_tokens: int
    answer_tokens: int
    vocabulary: int


@dataclass(slots=True)
class Action:
    """What has come so far: ``answers`` to their end, and the ``current`` one."""

    answers: int = 0
    current: Asked | None = None
    tokens_before: int = 0

    @property
    def writes(self) -> bool:
        """Whether its answer comes now."""
        return self.current is not None and self.current.first_ms is not None

    @property
    def tokens(self) -> int:
        return self.tokens_before + (self.current.tokens if self.current else 0)


@asynccontextmanager
async def acting(
    engine: Engine, priority: int, asking: Asking, seed: str
) -> AsyncIterator[Action]:
    """Have an action run until the end of the block; it writes when the block begins.

    Raises EngineError.
    """
    action = Action()
    task = asyncio.create_task(_act(action, engine, priority, asking, seed))
    try:
        while not action.writes and not task.done():  # noqa: ASYNC110 - pieces set no event
            await asyncio.sleep(_POLL_S)
        if task.done():
            task.result()  # raises
        yield action
        if task.done():
            task.result()
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _act(
    action: Action, engine: Engine, priority: int, asking: Asking, seed: str
) -> None:
    while True:
        name = f"{seed} action {action.answers}"
        prompt = document(name, asking.prompt_tokens, asking.vocabulary)
        action.current = Asked(prompt_tokens=len(prompt))
        await answered(
            engine,
            prompt,
            asking.answer_tokens,
            priority=priority,
            asked=action.current,
        )
        action.tokens_before += action.current.tokens
        action.current = None
        action.answers += 1
