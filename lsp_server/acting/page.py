"""A page that an explanation is written into, while the editor shows it."""

import asyncio
import logging
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp_server import wire
from lsp_server.actions.explanation import ending, heading, new_page
from lsp_server.actions.outcome import Sources
from lsp_server.protocol import Server
from retrieval.source import split_lines

logger = logging.getLogger(__name__)

T = TypeVar("T")

_PATIENCE_S = 5.0
"""An editor may be busy for a while; no document waits for ever for one that is stuck."""


class Page:
    """One explanation, which the editor is sent as it comes.

    One edit is on its way at a time, so that a slow editor gets fewer and longer ones. One
    that cannot be sent edits is shown the page when it is whole. ``text`` is all that
    is on the page so far. Nor is an editor that does not answer waited for: after
    ``patience_s`` it is sent no more.
    """

    def __init__(
        self,
        server: Server,
        folder: Path,
        able: wire.Can,
        encoding: types.PositionEncodingKind,
        patience_s: float = _PATIENCE_S,
    ) -> None:
        self.text = ""
        self.file: Path | None = None
        self._server = server
        self._folder = folder
        self._able = able
        self._encoding = encoding
        self._patience_s = patience_s
        self._answers = True
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
        self.stop(why)
        if self._writing is not None:
            await asyncio.wait({self._writing})

    def stop(self, why: str = "") -> None:
        """As :meth:`end`, for who cannot wait."""
        if self._sources is None:
            return
        if why:
            self.text += f"\n\n*{why}*\n"
        # Editors end a file's last line by themselves.
        self.text += ending(self._sources, self.text).rstrip("\n")
        self._whole = True
        self._news.set()

    async def _write(self) -> None:
        assert self._sources is not None  # noqa: S101 - begun
        try:
            self.file = await asyncio.to_thread(new_page, self._folder, self._sources)
            streams = self._able.shows and self._able.applies
            if streams:
                self.file = self.file.with_suffix(f".writing{self.file.suffix}")
                await self._save()
                streams = await self._show()
            while not self._whole:
                await self._news.wait()
                self._news.clear()
                streams = streams and await self._send()
            if streams and await self._send() and await self._named():
                return
            await self._save()
            if self._able.shows and self._answers and not streams:
                await self._show()
        except OSError as error:
            self.file = None
            logger.warning("An explanation cannot be written: %s", error)

    async def _save(self) -> None:
        assert self.file is not None  # noqa: S101 - the caller made it
        text = self._shown = self.text
        await asyncio.to_thread(self.file.write_text, text, "utf-8", "replace")

    async def _named(self) -> bool:
        """Give the whole page its name; False where it is not on the disk after that.

        Neovim writes a buffer whose file is renamed, and has nothing to save or to read
        again then. LSP has no message that says: save this.
        """
        assert self.file is not None  # noqa: S101 - the caller made it
        whole = self.file.with_name(self.file.name.replace(".writing.", "."))
        edit = wire.renamed(self.file.as_uri(), whole.as_uri())
        if not self._able.renames or not await self._apply(edit):
            return False
        self.file = whole
        return await asyncio.to_thread(_says, whole, self.text)

    async def _show(self) -> bool:
        assert self.file is not None  # noqa: S101 - the caller made it
        shown = types.ShowDocumentParams(uri=self.file.as_uri(), take_focus=False)
        answer = await self._asked(self._server.window_show_document_async(shown))
        return answer is not None and answer.success

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
        self._shown += more
        return await self._apply(edit)

    async def _apply(self, edit: types.WorkspaceEdit) -> bool:
        params = types.ApplyWorkspaceEditParams(edit=edit)  # Neovim echoes each label
        answer = await self._asked(self._server.workspace_apply_edit_async(params))
        return answer is not None and answer.applied

    async def _asked(self, question: Awaitable[T]) -> T | None:
        """Return the editor's answer, None where it refuses or takes too long."""
        try:
            async with asyncio.timeout(self._patience_s):
                return await question
        except TimeoutError:
            self._answers = False
            logger.warning("The editor does not answer: the page is only on the disk")
        except JsonRpcException as error:
            logger.warning("The editor does not take the page")
            logger.debug("What it says: %s", error.message)
        return None


def _says(file: Path, text: str) -> bool:
    try:
        return file.read_text(encoding="utf-8").rstrip("\n") == text.rstrip("\n")
    except (OSError, UnicodeDecodeError):
        return False
