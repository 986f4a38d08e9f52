"""What is said once of each model: its licence, and what it was not made for."""

import asyncio

from lsprotocol.types import MessageType

from lsp_server.engine.base import ModelUnusable
from lsp_server.engine.models import find_model
from lsp_server.licence import first_use, licence_note
from lsp_server.protocol import Server
from lsp_server.settings import state_path
from lsp_server.telling import Tell


class Notices:
    """Of one session; the licence is said once for all sessions of a user."""

    def __init__(self, server: Server, tell: Tell) -> None:
        self._server = server
        self._tell = tell
        self._said: set[str] = set()

    def answers(self, model: str, note: str) -> None:
        """Say what there is to say, as ``model`` is about to answer."""
        if note and note not in self._said:
            self._said.add(note)
            self._tell(note, MessageType.Info)
        if model not in self._said:
            self._said.add(model)
            self._server.protocol.own(self._licence(model))

    async def _licence(self, model: str) -> None:
        words = await asyncio.to_thread(_first_words, model)
        if words:
            self._tell(words, MessageType.Info)


def _first_words(model: str) -> str:
    if not first_use(state_path(), model):
        return ""
    try:
        folder = find_model(model)
    except ModelUnusable:  # it is elsewhere
        folder = None
    return licence_note(model, folder)
