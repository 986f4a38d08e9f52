"""Who answers: the real engine, the truth, or nonsense. All by the same path."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.infilling.forms import Question
from lsp_server.commands.complete import Loading
from lsp_server.engine.base import Finish, GenerationRequest, Piece
from lsp_server.engine.models import default_window, find_model
from lsp_server.prompt.infill import Infiller, load
from lsp_server.session import Session
from lsp_server.settings import Settings, UserSettings

ENGINES = ("vllm", "reference", "broken")

_NONSENSE = "((('\"\n(((\n"
"""No Python, wherever it stands; in a comment or a string, what follows is not."""

Ask = Callable[[Question, GenerationRequest], AsyncGenerator[Piece]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """An engine that is ready. ``ask`` may look at the question, to know the truth."""

    model: str
    infiller: Infiller
    window_tokens: int
    ask: Ask


@asynccontextmanager
async def answering(engine: str, model: str) -> AsyncGenerator[Answering]:
    """Open an engine of ENGINES for ``model``; raises EngineError.

    "reference" says what the middle was and "broken" nonsense; both take of the model its
    tokenizer only.
    """
    if engine == "vllm":
        session = Session(UserSettings(model=model), Settings())
        try:
            async with Loading(f"loading {model}", sys.stderr) as loading:
                ready = await session.start(loading.report)
            yield Answering(
                model=ready.loaded.model,
                infiller=ready.infiller,
                window_tokens=ready.loaded.window_tokens,
                ask=lambda _, request: ready.engine.stream(request),
            )
        finally:
            await session.stop()
        return
    folder = await asyncio.to_thread(find_model, model)
    infiller = await asyncio.to_thread(load, folder)

    def ask(question: Question, request: GenerationRequest) -> AsyncGenerator[Piece]:
        text = question.middle if engine == "reference" else _NONSENSE
        return _said(text, request, infiller)

    yield Answering(
        model=engine,
        infiller=infiller,
        window_tokens=default_window(folder),
        ask=ask,
    )


async def _said(
    text: str, request: GenerationRequest, infiller: Infiller
) -> AsyncGenerator[Piece]:
    """Say ``text`` line by line, as far as the tokens of the request go."""
    left = request.max_tokens
    for line in text.splitlines(keepends=True):
        ids = infiller.encoder.line(line)
        if len(ids) > left:
            cut = infiller.encoder.decode(ids[:left])
            yield Piece(text=cut, tokens=left, finish=Finish.LENGTH)
            return
        left -= len(ids)
        yield Piece(text=line, tokens=len(ids))
    yield Piece(text="", tokens=0, finish=Finish.STOP)
