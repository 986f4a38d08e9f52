"""A page that an explanation is written into, while the editor shows it."""

import asyncio
import logging
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp_server import wire
from lsp_server.actions.explanation import ending, heading, new_page
from lsp_server.actions.outcome import Sources
from lsp_server.protocol import Server
from retrieval.source import split_lines

logger = logging.getLogger(__name__)


class Page:
    """One explanation, which the editor is sent as it comes.

    One edit is on its way at a time, so that a slow editor gets fewer and longer ones. One
    that cannot be sent edits is shown the page when it is whole. ``text`` is all that
    is on the page so far.
    """

    def __init__(
        self,
        server: Server,
        folder: Path,
        able: wire.Can,
        encoding: types.PositionEncodingKind,
    ) -> None:
        self.text = ""
        self.file: Path | None = None
        self._server = server
        self._folder = folder
        self._able = able
        self._encoding = encoding
        self._sources: Sources | None = None
        self._model = ""
        self._shown = ""
        self._whole = False
        self._news = asyncio.Event()
        self._writing: asyncio.Future[None] | None = None

    def begin(self, sources: Sources, model: str) -> None:
        """Open the page; what is added from now on is on it."""
        self._sources, self._model = sources, model
        self.text = heading(sources, model)
        self._writing = self._server.protocol.own(self._write())

    def add(self, text: str) -> None:
        self.text += text
        self._news.set()

    async def end(self, why: str = "") -> None:
        """Bring the page to its end, ``why`` it ended early, and wait until it is there."""
        if self._writing is None or self._sources is None:
            return
        if why:
            self.text += f"\n\n*{why}*\n"
        self.text += ending(self._sources, self.text)
        self._whole = True
        self._news.set()
        await asyncio.wait({self._writing})

    async def _write(self) -> None:
        assert self._sources is not None  # noqa: S101 - begun
        try:
            self.file = await asyncio.to_thread(new_page, self._folder, self._sources)
            streams = self._able.shows and self._able.applies
            if streams:
                await self._save()
                streams = await self._show()
            while not self._whole:
                await self._news.wait()
                self._news.clear()
                streams = streams and await self._send()
            if streams and await self._send():
                return
            await self._save()
            if self._able.shows:
                await self._show()
        except OSError as error:
            self.file = None
            logger.warning("An explanation cannot be written: %s", error)

    async def _save(self) -> None:
        assert self.file is not None  # noqa: S101 - the caller made it
        text = self._shown = self.text
        await asyncio.to_thread(self.file.write_text, text, "utf-8", "replace")

    async def _show(self) -> bool:
        assert self.file is not None  # noqa: S101 - the caller made it
        shown = types.ShowDocumentParams(uri=self.file.as_uri(), take_focus=False)
        try:
            return (await self._server.window_show_document_async(shown)).success
        except JsonRpcException as error:
            logger.warning("The page cannot be shown: %s", error.message)
            return False

    async def _send(self) -> bool:
        """Send what is new; False where the editor does not take it."""
        assert self.file is not None  # noqa: S101 - the caller made it
        more = self.text[len(self._shown) :]
        if not more:
            return True
        *lines, last = split_lines(self._shown)
        units = wire.units(last, len(last), self._encoding)
        here = types.Position(len(lines), units)
        edit = wire.insertion(self.file.as_uri(), here, more, self._able)
        try:
            answer = await self._server.workspace_apply_edit_async(
                types.ApplyWorkspaceEditParams(edit=edit, label="Code Llama: Explain")
            )
        except JsonRpcException as error:
            logger.warning("The page cannot be written: %s", error.message)
            return False
        self._shown += more
        return answer.applied
