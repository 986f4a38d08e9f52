"""The mutable state of one editor connection; only the event loop changes it."""

import asyncio
import itertools
import logging
import tempfile
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lsp_server.context.client import Context
from lsp_server.context.process import Start
from lsp_server.documents import Documents
from lsp_server.edges import Edges
from lsp_server.engine.base import Report
from lsp_server.ghost.memory import Memory
from lsp_server.ghost.rhythm import Rhythm
from lsp_server.latest import Latest
from lsp_server.record import Record
from lsp_server.settings import (
    Settings,
    UserSettings,
    cache_path,
    state_path,
    summaries_path,
)
from lsp_server.stats.ledger import Ledger
from lsp_server.stats.store import Store
from lsp_server.stats.writer import Writer
from lsp_server.summaries.making import Summaries
from lsp_server.tiers import Ready, Sharing, Tiers
from retrieval.source import Document

logger = logging.getLogger(__name__)

_REMEMBERED_OFFERS = 100


class Session:
    """What one editor has open, has set, and is waiting for."""

    def __init__(
        self,
        user: UserSettings,
        settings: Settings,
        sharing: Sharing = Sharing.IF_THERE,
    ) -> None:
        self.user = user
        self.tiers = Tiers(user, state_path(), sharing)
        self.settings = settings
        self.documents = Documents()
        self.context = Context(self.documents)
        self.summaries = Summaries(self.tiers, self.context, summaries_path())
        self.latest = Latest()
        self.memory = Memory()
        self.rhythm = Rhythm()
        self.edges = Edges()
        self.planner = ThreadPoolExecutor(1, "planner")
        self.record = Record()
        self.ledger = Ledger(Writer(Store(state_path())), enabled=False)
        self.ready: Ready | None = None
        self._offers: OrderedDict[str, str] = OrderedDict()
        self._offer_ids = itertools.count(1)
        self._pages: tempfile.TemporaryDirectory[str] | None = None

    async def start(self, report: Report) -> Ready:
        """Load the tokenizer, then the engine; raises EngineError in words for the user."""
        await self.stop()
        await self.tiers.find()
        self.context.begin(Start(model=str(self.tiers.folder), cache=str(cache_path())))
        self.ready = await self.tiers.start(report)
        return self.ready

    def ready_for(self, language: str) -> Ready | None:
        """Return who completes in ``language``, None while nobody can."""
        if self.ready is None or not self.tiers.names(language):
            return self.ready
        return self.tiers.realtime(language)

    async def stop(self) -> None:
        """Abort what runs and end or leave the engines; no process is left."""
        self.ready = None
        self.memory.clear()
        await asyncio.gather(self.latest.close(), self.summaries.close())
        await self.tiers.close()

    async def close(self) -> None:
        """End all of it, and write down what was counted."""
        await self.stop()
        self.planner.shutdown(wait=False, cancel_futures=True)
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
