"""The mutable state of one editor connection; only the event loop changes it."""

import asyncio
import itertools
import logging
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from lsp_server.context.client import Context
from lsp_server.context.process import Start
from lsp_server.documents import Documents
from lsp_server.engine.base import Engine, EngineError, Loaded, Report
from lsp_server.engine.local import LocalEngine
from lsp_server.engine.models import check_weights, default_window, find_model
from lsp_server.engine.scripted import ScriptedEngine, read_script
from lsp_server.engine.settings import EngineSettings
from lsp_server.latest import Latest
from lsp_server.prompt.infill import Infiller, load
from lsp_server.settings import (
    DEMO_MODEL,
    Settings,
    UserSettings,
    cache_path,
    state_path,
)

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
        self.ready: Ready | None = None
        self._engine: Engine | None = None
        self._offers: OrderedDict[str, str] = OrderedDict()
        self._offer_ids = itertools.count(1)

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
        await self.latest.close()
        if self._engine is not None:
            engine, self._engine = self._engine, None
            await engine.close()

    def remember_offer(self, text: str) -> str:
        """Return the id by which the editor will tell that ``text`` was accepted."""
        offer_id = f"{next(self._offer_ids)}"
        self._offers[offer_id] = text
        if len(self._offers) > _REMEMBERED_OFFERS:
            self._offers.popitem(last=False)
        return offer_id

    def accepted(self, offer_id: str) -> bool:
        """Take note that the user took an offer; False if we do not know of it."""
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
