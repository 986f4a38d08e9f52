"""Keeps the engine there: starts it, says how it is, and starts it anew when it ends."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator

from lsprotocol import types

from lsp_server.backoff import Backoff
from lsp_server.engine import frames
from lsp_server.engine.base import EngineDown, EngineError, ModelUnusable, Tier
from lsp_server.progress import Progress, begin_progress
from lsp_server.protocol import Server
from lsp_server.session import Session
from lsp_server.settings import APPLICATION
from lsp_server.status import STATUS, State, Status
from lsp_server.telling import Tell

logger = logging.getLogger(__name__)

_BUSY_S = 0.2


class Supervision:
    """The life of one session's engine; ``tell`` shows the user a message."""

    def __init__(
        self,
        server: Server,
        session: Session,
        tell: Tell,
    ) -> None:
        self._server = server
        self._session = session
        self._tell = tell
        self._task: asyncio.Task[None] | None = None
        self._waking: asyncio.Task[None] | None = None
        self._restarting: asyncio.Task[None] | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._closed = False
        self._told = False
        self._served = False
        self._working = 0
        self._shown: Status | None = None
        self._calm: Status | None = None
        self._changed = asyncio.Event()
        self._starting: Progress | None = None
        session.tiers.hear = self._heard

    def begin(self) -> None:
        """Start the engine, now and whenever it has ended."""
        if self._task is None and not self._closed:
            self._task = asyncio.create_task(self._supervise())

    def restart(self) -> asyncio.Future[None]:
        """End the engine and begin anew, as the user asks; returns what may be awaited.

        One of this machine ends for all windows, which come back by themselves. Whoever
        asks again meanwhile waits for the same.
        """
        if self._restarting is None or self._restarting.done():
            self._restarting = asyncio.create_task(self._restart())
        return asyncio.shield(self._restarting)

    async def close(self) -> None:
        """Start nothing any more."""
        self._closed = True
        if self._renewing is not None:
            self._renewing.cancel()
        if self._restarting is not None:
            await asyncio.wait({self._restarting})
        await self._end()

    async def _restart(self) -> None:
        if self._closed:
            return
        self._session.ready = None
        await self._session.latest.close()
        if not self._closed:
            self._renewing = asyncio.create_task(self._session.tiers.renew())
            await asyncio.wait({self._renewing})
        await self._end()
        await self._session.stop()
        self._told = False
        self._task = self._renewing = None
        self.begin()

    async def _end(self) -> None:
        tasks = [task for task in (self._task, self._waking) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def there(self) -> None:
        """Wait while the engine is being started; raises EngineError where it is not."""
        while self._session.ready is None:
            if self.sleeps:
                self.wake()
            if self._calm is not None and self._calm.state is State.DOWN:
                raise EngineDown(self._calm.message)
            self._changed.clear()
            await self._changed.wait()

    @property
    def sleeps(self) -> bool:
        """Whether the model was asked to leave the memory, and somebody must ask for it."""
        return self._calm is not None and self._calm.state is State.SLEEPING

    def wake(self) -> None:
        """Bring a model back that has left the memory; the user asked for it."""
        if self._waking is None or self._waking.done():
            self._waking = asyncio.create_task(self._wake())

    def outage(self, error: EngineError) -> None:
        """Tell it once: requests go on arriving while the engine is down."""
        if self._told:
            logger.info("Still without an engine: %s", error)
            return
        self._told = True
        self._tell(f"No completions: {error}", types.MessageType.Error)

    def answered(self) -> None:
        """Take note that completions work: the next outage is told again."""
        self._told = False
        self._served = True

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Show that somebody waits, if it takes long."""
        self._working += 1
        loop = asyncio.get_running_loop()
        timer = loop.call_later(_BUSY_S, self._busy)
        try:
            yield
        finally:
            timer.cancel()
            self._working -= 1
            if not self._working and self._calm is not None:
                self._send(self._calm)

    async def _supervise(self) -> None:
        backoff = Backoff(
            local=self._session.user.endpoint is None,
            shrink=self._session.tiers.shrink,
        )
        while True:
            self._served = False
            error = await self._run()
            if self._renewing is not None:
                return  # it ended because it was to
            wait_s = backoff.after(error, served=self._served)
            if wait_s is None:
                self._down(error, "Restart the language server to try again.")
                return
            self._down(error, _and_then(error, local=backoff.local))
            await asyncio.sleep(wait_s)

    async def _run(self) -> EngineError:
        """Start the engine and wait for its end; returns why it ended."""
        session = self._session
        model = session.user.model
        progress = await begin_progress(self._server, f"Code Llama: loading {model}")
        self._starting = progress
        try:
            ready = await session.start(self._reporting(progress))
        except EngineError as error:
            progress.end("not started")
            return error
        except Exception as error:
            # A supervisor's edge: no fault may end it in silence.
            logger.exception("The engine was not started")
            progress.end("not started")
            cause = f"{type(error).__name__}: {error}"
            return ModelUnusable(
                f"a fault in {APPLICATION} itself, see its log ({cause})"
            )
        progress.end("ready")
        self._told = False
        for problem in session.tiers.problems:
            self._tell(problem, types.MessageType.Warning)
        session.tiers.problems.clear()
        logger.info("%s is ready on %s", ready.loaded.model, ready.loaded.device)
        self._settle(State.READY, f"ready on {ready.loaded.device}")
        why = await session.tiers.lost()
        session.ready = None
        return why

    async def _wake(self) -> None:
        progress = await begin_progress(self._server, "Code Llama: waking up")
        try:
            await self._session.tiers.start(self._reporting(progress))
            progress.end("ready")
        except EngineError as error:
            progress.end("not started")
            self.outage(error)

    def _reporting(self, progress: Progress) -> Callable[[str], None]:
        def report(stage: str) -> None:
            progress.report(stage)
            self._settle(State.LOADING, stage)

        return report

    def _heard(self, tier: Tier | None, state: frames.State) -> None:
        """Show what the host says of the model that completes."""
        if tier is not Tier.REALTIME:
            return
        if self._session.ready is None:
            if isinstance(state, frames.Asleep) and not state.wakes and self._starting:
                self._starting.end("asleep")
                self._settle(State.SLEEPING, state.reason)
            return
        match state:
            case frames.Stage(text=text, share=share):
                percent = None if share is None else round(100 * share)
                self._settle(State.LOADING, text, percent)
            case frames.Ready(loaded=loaded):
                self._settle(State.READY, f"ready on {loaded.device}")
            case frames.Asleep(reason=reason):
                self._settle(State.SLEEPING, reason)
            case frames.NotLoaded():
                pass  # its host ends now, and that is told

    def _down(self, error: EngineError, then: str) -> None:
        self._settle(State.DOWN, f"{error}")
        self.outage(type(error)(f"{error} {then}"))

    def _busy(self) -> None:
        if self._calm is not None and self._calm.state is State.READY:
            model = self._session.user.model
            self._send(Status(state=State.BUSY, model=model, message="thinking"))

    def _settle(self, state: State, message: str, percent: int | None = None) -> None:
        """Show how the engine is, whoever waits for it."""
        self._calm = Status(
            state=state,
            model=self._session.user.model,
            message=message,
            percent=percent,
        )
        self._changed.set()
        self._send(self._calm)

    def _send(self, status: Status) -> None:
        """Send it to an editor that wants it, unless it knows already."""
        wanted = self._server.client_capabilities.experimental
        if status != self._shown and isinstance(wanted, dict) and wanted.get(STATUS):
            self._shown = status
            self._server.protocol.notify(STATUS, status.parameters())


def _and_then(error: EngineError, *, local: bool) -> str:
    """Return what is done about it, for the user."""
    if local:
        return "It is started again."
    if isinstance(error, EngineDown):
        return "It is asked again."
    return "It is asked again every minute until that is mended."
