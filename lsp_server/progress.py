"""Work-done progress: what takes long is shown where the editor can show it."""

import asyncio
import logging
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp_server.protocol import Server

logger = logging.getLogger(__name__)

_CREATE_PATIENCE_S = 2.0
"""The work does not wait for ever for an editor that does not answer."""

_SHOWN_AFTER_S = 0.3
_BETWEEN_S = 0.1
"""Reports come as fast as tokens do; nobody reads more than ten a second."""

Token = str | int


class Progress:
    """One piece of work, as the editor shows it; without a token, only the log has it."""

    def __init__(self, server: Server, token: Token | None) -> None:
        self._server = server
        self._token = token

    def report(self, stage: str) -> None:
        logger.info("%s", stage)
        self.send(types.WorkDoneProgressReport(message=stage))

    def end(self, message: str) -> None:
        """Show it no more; what is reported later is only logged."""
        self.send(types.WorkDoneProgressEnd(message=message))
        self._token = None

    def send(self, value: Any) -> None:
        """Send the value of a ``$/progress``."""
        if self._token is not None:
            self._server.progress(types.ProgressParams(token=self._token, value=value))


async def begin_progress(server: Server, title: str) -> Progress:
    """Show ``title`` from now on, if the client can and wants to show progress."""
    token = f"codellama-{uuid.uuid4()}"
    progress = Progress(server, token if await _created(server, token) else None)
    progress.send(types.WorkDoneProgressBegin(title=title))
    return progress


class Work:
    """Work that is shown if it takes longer than 300 ms, with a button that cancels it.

    ``token`` is the client's own, where it gave one. ``cancel`` is called when the button
    is pressed, at most once, and not after :meth:`end`.
    """

    def __init__(
        self,
        server: Server,
        title: str,
        cancel: Callable[[], None],
        token: Token | None = None,
    ) -> None:
        self._server = server
        self._title = title
        self._given = token is not None
        self._token: Token = f"codellama-{uuid.uuid4()}" if token is None else token
        self._cancel = cancel
        self._stage: tuple[str, int | None] = ("", None)
        self._last_words: str | None = None
        self._news = asyncio.Event()
        pressed: Future[None] = Future()
        pressed.add_done_callback(self._pressed)
        server.work_done_progress.tokens[self._token] = pressed
        server.protocol.own(self._show())

    def stage(self, words: str, percent: int | None = None) -> None:
        """Show what is done now; a percentage that nobody knows stays as it was."""
        shown = self._stage[1] if percent is None else percent
        self._stage = (words, shown)
        self._news.set()

    def end(self, words: str) -> None:
        """Show no more."""
        if self._last_words is None:
            self._last_words = words
            self._server.work_done_progress.tokens.pop(self._token, None)
            self._news.set()

    def _pressed(self, _: "Future[None]") -> None:
        if self._last_words is None:
            self._cancel()

    async def _show(self) -> None:
        await asyncio.sleep(_SHOWN_AFTER_S)
        if self._last_words is not None:
            return
        if not self._given and not await _created(self._server, self._token):
            return
        progress = Progress(self._server, self._token)
        words, percent = self._stage
        progress.send(
            types.WorkDoneProgressBegin(
                title=self._title,
                cancellable=True,
                message=words or None,
                percentage=percent or 0,
            )
        )
        while self._last_words is None:
            await self._news.wait()
            self._news.clear()
            if self._last_words is None:
                words, percent = self._stage
                progress.send(
                    types.WorkDoneProgressReport(message=words, percentage=percent)
                )
                await asyncio.sleep(_BETWEEN_S)
        progress.end(self._last_words)


async def _created(server: Server, token: Token) -> bool:
    """Whether the client shows progress by this token of ours."""
    window = server.client_capabilities.window
    if window is None or not window.work_done_progress:
        return False
    try:
        async with asyncio.timeout(_CREATE_PATIENCE_S):
            await server.window_work_done_progress_create_async(
                types.WorkDoneProgressCreateParams(token=token)
            )
    except (JsonRpcException, TimeoutError):
        return False  # a token must not be used unless it was taken
    return True
