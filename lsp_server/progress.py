"""Work-done progress: what takes long is shown where the editor can show it."""

import asyncio
import logging
import uuid
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp_server.protocol import Server

logger = logging.getLogger(__name__)

_CREATE_PATIENCE_S = 2.0
"""The work does not wait for ever for an editor that does not answer."""


class Progress:
    """One piece of work, as the editor shows it; without a token, only the log has it."""

    def __init__(self, server: Server, token: str | None) -> None:
        self._server = server
        self._token = token

    def report(self, stage: str) -> None:
        logger.info("%s", stage)
        self._send(types.WorkDoneProgressReport(message=stage))

    def end(self, message: str) -> None:
        self._send(types.WorkDoneProgressEnd(message=message))

    def _send(self, value: Any) -> None:
        if self._token is not None:
            self._server.progress(types.ProgressParams(token=self._token, value=value))


async def begin_progress(server: Server, title: str) -> Progress:
    """Show ``title`` from now on, if the client can and wants to show progress."""
    window = server.client_capabilities.window
    if window is None or not window.work_done_progress:
        return Progress(server, None)
    token = f"codellama-{uuid.uuid4()}"
    try:
        async with asyncio.timeout(_CREATE_PATIENCE_S):
            await server.window_work_done_progress_create_async(
                types.WorkDoneProgressCreateParams(token=token)
            )
    except (JsonRpcException, TimeoutError):
        return Progress(server, None)  # a token must not be used unless it was taken
    begin = types.WorkDoneProgressBegin(title=title)
    server.progress(types.ProgressParams(token=token, value=begin))
    return Progress(server, token)
