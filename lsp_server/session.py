"""The mutable state of one editor connection; only the event loop changes it."""

import asyncio
import itertools
import logging
import tempfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from lsp_server.context.client import Context
from lsp_server.context.process import Start
from lsp_server.documents import Documents
from lsp_server.edges import Edges
from lsp_server.engine.base import Engine, EngineError, Loaded, Report
from lsp_server.engine.local import LocalEngine
from lsp_server.engine.models import check_weights, default_window, find_model
from lsp_server.engine.scripted import ScriptedEngine, read_script
from lsp_server.engine.settings import EngineSettings
from lsp_server.ghost.memory import Memory
from lsp_server.ghost.rhythm import Rhythm
from lsp_server.latest import Latest
from lsp_server.prompt.infill import Infiller, load
from lsp_server.record import Record
from lsp_server.settings import (
    DEMO_MODEL,
    Settings,
    UserSettings,
    cache_path,
    state_path,
)
from lsp_server.stats.ledger import Ledger
from lsp_server.stats.store import Store
from lsp_server.stats.writer import Writer
from retrieval.source import Document

logger = logging.getLogger(__name__)

_REMEMBERED_OFFERS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A running engine, and how to ask it."""

    engine: Engine
    infiller: Infiller
    loaded: Loaded


class Session:
    """What one editor has open, has set, and is waiting for."""

    def __init__(self, user: UserSettings, settings: Settings) -> None:
        self.user = user
        self.settings = settings
        self.documents = Documents()
        self.context = Context(self.documents)
        self.latest = Latest()
        self.memory = Memory()
        self.rhythm = Rhythm()
        self.edges = Edges()
        self.record = Record()
        self.ledger = Ledger(Writer(Store(state_path())), enabled=False)
        self.ready: Ready | None = None
        self._engine: Engine | None = None
        self._offers: OrderedDict[str, str] = OrderedDict()
        self._offer_ids = itertools.count(1)
        self._pages: tempfile.TemporaryDirectory[str] | None = None

    async def start(self, report: Report) -> Ready:
        """Load the tokenizer, then the engine; raises EngineError in words for the user.

        The prompt's side first: a model that cannot infill is refused in milliseconds,
        before any weights are read.
        """
        folder = await asyncio.to_thread(find_model, self.user.model)
        infiller = await asyncio.to_thread(load, folder)
        self.context.begin(Start(model=str(folder), cache=str(cache_path())))
        if self.user.engine != "scripted":
            await asyncio.to_thread(check_weights, folder)
        await self.stop()
        self._engine = _engine(self.user, folder, infiller)
        loaded = await self._engine.start(report)
        self.ready = Ready(engine=self._engine, infiller=infiller, loaded=loaded)
        return self.ready

    async def stop(self) -> None:
        """Abort what runs and end the engine; no process is left."""
        self.ready = None
        self.memory.clear()
        await self.latest.close()
        if self._engine is not None:
            engine, self._engine = self._engine, None
            await engine.close()

    async def close(self) -> None:
        """End all of it, and write down what was counted."""
        await self.stop()
        await self.ledger.close()
        if self._pages is not None:
            self._pages.cleanup()
            self._pages = None

    def page(self, name: str, text: str) -> Path:
        """Write what the user wants to read; it goes with the session."""
        if self._pages is None:
            self._pages = tempfile.TemporaryDirectory(prefix="codellama-")  # made 0700
        path = Path(self._pages.name) / name
        path.write_text(text, encoding="utf-8", errors="replace")
        return path

    def follow(self, settings: Settings) -> None:
        """Do as the settings say from now on: others would have had other answers."""
        if settings.inline != self.settings.inline:
            self.memory.clear()
        self.settings = settings

    def edited(self, uri: str, before: Document | None) -> None:
        """Take note of an edit, at the time it came; ``before`` is the older snapshot."""
        after = self.documents.get(uri)
        if before is not None and after is not None:
            self.ledger.changed(uri, before, after)
        self.context.edited(uri)
        self.rhythm.key(asyncio.get_running_loop().time() * 1000)

    def closed(self, uri: str) -> None:
        """Forget a document, and end what runs for it."""
        self.documents.close(uri)
        self.context.closed(uri)
        self.latest.forget(uri)
        self.memory.forget(uri)
        self.edges.forget(uri)
        self.ledger.closed(uri)

    def remember_offer(self, text: str) -> str:
        """Return the id by which the editor will tell that ``text`` was accepted."""
        offer_id = f"{next(self._offer_ids)}"
        self._offers[offer_id] = text
        if len(self._offers) > _REMEMBERED_OFFERS:
            self._offers.popitem(last=False)
        return offer_id

    def accepted(self, offer_id: str) -> bool:
        """Take note that the user took an offer; False if we do not know of it."""
        self.ledger.accepted(offer_id)
        return self._offers.pop(offer_id, None) is not None


def _engine(user: UserSettings, folder: Path, infiller: Infiller) -> Engine:
    if user.engine == "scripted":
        if user.script is None:
            raise EngineError("The scripted engine needs a script: set --script FILE.")
        script = read_script(Path(user.script))
        journal = Path(user.journal) if user.journal else None
        return ScriptedEngine(script, infiller.encoder.decode, journal)
    settings = EngineSettings(
        model=str(folder),
        name=user.model if user.model == DEMO_MODEL else infiller.name,
        window_tokens=user.window_tokens or default_window(folder),
        heals=infiller.spm is not None,
    )
    return LocalEngine(settings, state_path() / "engine.log")
