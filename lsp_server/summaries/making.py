"""Has a model say what a definition does: one at a time, the newest hover first.

Never for a model that would have to be loaded for it, and behind whoever waits: its
priority is the lowest, and a completion ends it.
"""

import asyncio
import contextlib
import logging
import re
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

from lsp_server.context.client import Context
from lsp_server.context.messages import Facts, FactsFound, Scopes, ScopesFound
from lsp_server.engine.base import (
    PRIORITY_ACTION,
    PRIORITY_AHEAD,
    EngineError,
    GenerationRequest,
    Report,
)
from lsp_server.failures import log_if_failed
from lsp_server.prompt.chat import TagsInText, Turn
from lsp_server.settings import HoverSettings
from lsp_server.settings import Summaries as When
from lsp_server.summaries.kept import Kept, Summary, key_of
from lsp_server.summaries.wording import SYSTEM, decided, question, summary_of
from lsp_server.tiers import OnDemand, Tiers
from retrieval.outline import FUNCTIONS_AND_CLASSES, Definition
from retrieval.signature import name_row
from retrieval.source import Cursor
from retrieval.symbol import Symbol

logger = logging.getLogger(__name__)

_ANSWER_TOKENS = 120
_LEAST_LINES = 2
"""What stands in one line says itself what it does."""


def summarizable(symbol: Symbol) -> bool:
    """Whether a summary tells more than the rest: nothing is said of it, and it is code."""
    return (
        not symbol.documentation
        and not symbol.guess
        and symbol.kind in FUNCTIONS_AND_CLASSES
        and symbol.last - symbol.first >= _LEAST_LINES
    )


def worth_summarizing(one: Definition) -> bool:
    """Whether the symbol of a definition is :func:`summarizable`."""
    return (
        one.doc_first < 0
        and one.kind in FUNCTIONS_AND_CLASSES
        and one.last - one.first >= _LEAST_LINES
    )


class Summaries:
    """The summaries of one session; ``folder`` is where they are kept.

    ``asked`` is told which model is about to say one.
    """

    def __init__(self, tiers: Tiers, context: Context, folder: Path) -> None:
        self._tiers = tiers
        self._context = context
        self._kept = Kept(folder)
        self._making: tuple[str, asyncio.Task[Summary | None]] | None = None
        self.asked: Callable[[str], None] = lambda _: None

    async def of(
        self, uri: str, language: str, symbol: Symbol, settings: HoverSettings
    ) -> Summary | None:
        """Return the summary of what is hovered over; what is not there yet is begun.

        ``uri`` and ``language`` are the document's. Waits for as long as the settings say.
        """
        if settings.summaries is When.OFF or not summarizable(symbol):
            return None
        key = key_of(symbol.text, self._tiers.on_demand_name(language))
        kept = await asyncio.to_thread(self._kept.get, key)
        if kept is not None or await self._context.excluded(uri):
            return kept
        task = self._begin(key, language, symbol, settings)
        if settings.wait_ms:
            await asyncio.wait({task}, timeout=settings.wait_ms / 1000)
        if not task.done() or task.cancelled():
            return None
        return task.result()

    async def anew(
        self,
        cursor: Cursor,
        report: Report = lambda _: None,
        *,
        last: int | None = None,
    ) -> Summary | None:
        """Make the summary of the definition around the cursor again.

        ``last`` is the last line that is selected, if more than one is. The user asked for
        it: the model is loaded if it is not there. None where there is nothing to summarize,
        or the model said nothing of use. Raises EngineError.
        """
        document = cursor.document
        if await self._context.excluded(document.uri):
            return None
        symbol = await self._defined_around(
            cursor, cursor.line if last is None else last
        )
        if symbol is None:
            return None
        language = document.language
        self.stop()
        model = await self._tiers.on_demand(language, report)
        self.asked(model.chat.name)
        summary = await _said(model, symbol, PRIORITY_ACTION)
        if summary is not None:
            key = key_of(symbol.text, self._tiers.on_demand_name(language))
            await asyncio.to_thread(self._kept.put, key, summary)
        return summary

    async def _defined_around(self, cursor: Cursor, last: int) -> Symbol | None:
        """Return what encloses the lines, as hover knows it: not what the cursor is on."""
        document = cursor.document
        around = await self._context.ask(Scopes(document.uri, cursor.line, last))
        if not isinstance(around, ScopesFound):
            return None
        scopes = reversed(around.definitions)
        one = next((one for one in scopes if one.kind in FUNCTIONS_AND_CLASSES), None)
        if one is None or one.last >= len(document.lines):
            return None
        row = name_row(document.lines, one)
        column = re.search(rf"(?<!\w){re.escape(one.name)}(?!\w)", document.lines[row])
        if column is None:
            return None
        found = await self._context.ask(Facts(document.uri, row, column.start()))
        symbol = found.symbol if isinstance(found, FactsFound) else None
        if symbol is None or (symbol.name, symbol.line) != (one.name, row):
            return None
        return symbol if summarizable(symbol) else None

    def stop(self) -> None:
        """End what is being made: somebody needs the engine, or it is needed no more."""
        making, self._making = self._making, None
        if making is not None:
            making[1].cancel()

    async def close(self) -> None:
        making = self._making
        self.stop()
        if making is not None:
            await asyncio.wait({making[1]})

    def _begin(
        self, key: str, language: str, symbol: Symbol, settings: HoverSettings
    ) -> "asyncio.Task[Summary | None]":
        """Return the task that makes it; another one that runs is ended."""
        if self._making is not None:
            before, task = self._making
            if before == key and not task.done():
                return task
        self.stop()
        task = asyncio.create_task(self._make(key, language, symbol, settings))
        task.add_done_callback(lambda done: log_if_failed("a summary", done))
        self._making = key, task
        return task

    async def _make(
        self, key: str, language: str, symbol: Symbol, settings: HoverSettings
    ) -> Summary | None:
        try:
            model = await self._tiers.on_demand_if_loaded(language)
            if model is None or (model.chat.note and settings.summaries is When.AUTO):
                return None
            self.asked(model.chat.name)
            summary = await _said(model, symbol, PRIORITY_AHEAD)
        except EngineError as error:
            logger.info("No summary: %s", error)
            return None
        if summary is not None:
            await asyncio.to_thread(self._kept.put, key, summary)
        return summary


async def _said(model: OnDemand, symbol: Symbol, priority: int) -> Summary | None:
    """Return what the model says; None for nothing of use. Raises EngineError."""
    with contextlib.suppress(TagsInText):
        ids = await asyncio.to_thread(model.chat.ids, SYSTEM, [Turn(question(symbol))])
        if len(ids) + _ANSWER_TOKENS > model.loaded.window_tokens:
            return None
        request = GenerationRequest(
            prompt_ids=ids,
            max_tokens=_ANSWER_TOKENS,
            stop_ids=model.chat.stop_ids,
            priority=priority,
        )
        answer = ""
        async with aclosing(model.engine.stream(request)) as pieces:
            async for piece in pieces:
                answer += piece.text
                if decided(answer):
                    break
        text = summary_of(answer)
        if text:
            return Summary(text, model.loaded.model)
    return None
