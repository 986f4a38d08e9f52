"""Which models are in the memory, and which of them may compute right now."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from lsp_server.engine import frames
from lsp_server.engine.base import (
    PRIORITY_SHOWN,
    EngineDown,
    EngineError,
    GenerationRequest,
    Loaded,
    NotAwake,
    Piece,
    Tier,
)
from lsp_server.engine.settings import ModelSettings

logger = logging.getLogger(__name__)

_COMPLETION_S = 2.0
_ACTION_S = 120.0
"""How long a model that has to make room may finish what it is asked."""
_LOOK_S = 0.5
"""Between two looks at who has died, is idle, or hangs."""
_SILENCE_S = 15.0
"""A running request without a token for so long makes us ask whether the core lives."""
_ANSWER_S = 15.0
"""A core that lives answers between two steps; one takes a second at most."""


class Engine(Protocol):
    """A loaded model; ``embedded.EmbeddedEngine`` is one.

    A paused one computes nothing and forgets nothing. One that sleeps has left the GPU's
    memory and comes back quickly. ``answers`` returns when the core has said something,
    ``close`` leaves no process. ``dead``: no request can be served any more.
    """

    loaded: Loaded

    @property
    def dead(self) -> bool: ...

    def generate(self, request: GenerationRequest) -> AsyncGenerator[Piece]: ...

    async def pause(self) -> None: ...

    async def resume(self) -> None: ...

    async def sleep(self) -> None: ...

    async def wake(self) -> None: ...

    async def answers(self) -> None: ...

    async def close(self) -> None: ...


class Stages(Protocol):
    """Told what loading is busy with, and which share of it is done."""

    def __call__(self, text: str, share: float | None = None) -> None: ...


Load = Callable[[ModelSettings, Stages], Awaitable[Engine]]


@dataclass(slots=True)
class _Slot:
    """One model. Times are the event loop's; ``stirred`` is when it last gave a piece.

    ``fault`` is why its engine was ended, "" where it ended by itself.
    """

    number: int
    settings: ModelSettings
    state: frames.State
    engine: Engine | None = None
    asleep: bool = False
    paused: bool = False
    freed: bool = False
    fault: str = ""
    used: float = 0.0
    stirred: float = 0.0
    probe: asyncio.Task[None] | None = None
    loading: asyncio.Task[None] | None = None
    running: set[asyncio.Task[object]] = field(default_factory=set)
    evicted: set[asyncio.Task[object]] = field(default_factory=set)

    @property
    def awake(self) -> Engine | None:
        """The engine if it can answer; one that died may not have been looked after yet."""
        if self.engine is None or self.asleep or self.engine.dead:
            return None
        return self.engine


class Residency:
    """The models of one host.

    Several are side by side, unless ``swaps``: then one sleeps while another works. While
    a request of the real-time tier that somebody waits for runs, the on-demand tier is
    paused. A model that nobody has used for its ``idle_s`` leaves; the next request
    brings it back, but not after :meth:`free`: then somebody must ask for it.

    A model that has said nothing for ``silence_s`` seconds of work is asked whether it
    lives, and ended if it does not answer within ``answer_s``.

    ``say`` is told each change of a model's state. ``load`` constructs an engine. Where
    ``swaps`` is None nothing is loaded before :meth:`decide`.
    """

    def __init__(
        self,
        models: tuple[ModelSettings, ...],
        load: Load,
        say: Callable[[frames.State], None],
        *,
        swaps: bool | None = False,
        silence_s: float = _SILENCE_S,
        answer_s: float = _ANSWER_S,
    ) -> None:
        self._load = load
        self._say = say
        self.swaps = bool(swaps)
        self._decided = asyncio.Event()
        if swaps is not None:
            self._decided.set()
        self._silence_s = silence_s
        self._answer_s = answer_s
        self._one_at_a_time = asyncio.Lock()
        self._shown = 0
        self._turn = asyncio.Event()
        self._slots = [
            _Slot(
                number, settings, frames.Asleep(number, "not asked for yet", wakes=True)
            )
            for number, settings in enumerate(models)
        ]

    @property
    def states(self) -> tuple[frames.State, ...]:
        """How each model is."""
        return tuple(slot.state for slot in self._slots)

    @property
    def running(self) -> int:
        """How many requests are being answered."""
        return sum(len(slot.running) for slot in self._slots)

    def decide(self, *, swaps: bool) -> None:
        """Say whether models take turns, once it is known."""
        self.swaps = swaps
        self._decided.set()

    def refuse(self, error: EngineError) -> None:
        """Tell of each model that is not there why none will be loaded."""
        for slot in self._slots:
            if slot.engine is None and not isinstance(slot.state, frames.NotLoaded):
                kind = type(error).__name__
                self._tell(slot, frames.NotLoaded(slot.number, kind, f"{error}"))

    async def ready(self, model: int) -> None:
        """Bring ``model`` into the memory, wherever it is; raises EngineError.

        Who is cancelled here does not cancel the loading: others may wait for it.
        """
        slot = self._slots[model]
        slot.freed = False
        await asyncio.shield(self._coming(slot))

    async def generate(
        self, model: int, request: GenerationRequest
    ) -> AsyncGenerator[Piece]:
        """Answer with ``model``; raises NotAwake where it is not there to."""
        slot = self._slots[model]
        engine = await self._admitted(slot)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - we are in one
        slot.running.add(task)
        slot.used = slot.stirred = _now()
        try:
            async with (
                self._first(slot, request),
                contextlib.aclosing(engine.generate(request)) as pieces,
            ):
                async for piece in pieces:
                    slot.stirred = _now()
                    yield piece
        except asyncio.CancelledError:
            if task not in slot.evicted:
                raise
            task.uncancel()
            raise NotAwake(f"{slot.settings.name} has left the memory.") from None
        except EngineError:
            raise
        except Exception as error:
            if not engine.dead:
                raise
            ended = f"The process of {slot.settings.name} has ended"
            if slot.number == 0:  # so does its host, and says why
                raise NotAwake(f"{ended}.") from error
            raise EngineDown(f"{ended}: {error}") from error
        finally:
            slot.running.discard(task)
            slot.evicted.discard(task)
            slot.used = _now()

    async def free(self) -> None:
        """Give all memory back at once; what runs is ended."""
        for slot in self._slots:
            slot.freed = True
        async with self._one_at_a_time:
            for slot in self._slots:
                await self._quiet(slot, 0.0)
                await self._leave(slot, "its memory was given back", wakes=False)

    async def close(self) -> None:
        """End all engines, also those that are still being loaded."""
        for slot in self._slots:
            if slot.engine is not None:
                await slot.engine.close()
                slot.engine = None

    async def tend(self) -> None:
        """Look after the models; returns when the first one has died or did not load.

        Then all begins anew, in another process.
        """
        balance = asyncio.create_task(self._balance())
        try:
            while not isinstance(self._slots[0].state, frames.NotLoaded):
                await asyncio.sleep(_LOOK_S)
                for slot in self._slots:
                    if slot.engine is not None:
                        await self._look_after(slot, slot.engine)
        finally:
            balance.cancel()

    async def _look_after(self, slot: _Slot, engine: Engine) -> None:
        """Let an idle model leave, a dead one go, and ask one that is silent."""
        if engine.dead:
            await self._bury(slot, engine)
        elif slot.running:
            silent = _now() - slot.stirred > self._silence_s
            if silent and not slot.paused and slot.probe is None:
                slot.probe = asyncio.create_task(self._probe(slot, engine))
                slot.probe.add_done_callback(_told)
        elif self._idle(slot) and not self._one_at_a_time.locked():
            async with self._one_at_a_time:
                if not slot.running:
                    await self._leave(slot, "nobody used it", wakes=True)

    async def _bury(self, slot: _Slot, engine: Engine) -> None:
        slot.engine, slot.asleep, slot.paused = None, False, False
        why, slot.fault = slot.fault or "its core has ended", ""
        self._tell(slot, frames.NotLoaded(slot.number, "EngineDown", why))
        await engine.close()

    def _idle(self, slot: _Slot) -> bool:
        limit = slot.settings.idle_s
        return limit > 0 and not slot.running and _now() - slot.used > limit

    async def _probe(self, slot: _Slot, engine: Engine) -> None:
        """End a core that does not answer: then it counts as dead."""
        try:
            async with asyncio.timeout(self._answer_s):
                await engine.answers()
        except TimeoutError:
            slot.fault = "its core did not answer any more, and was ended"
            logger.error("%s: %s", slot.settings.name, slot.fault)  # noqa: TRY400
            await engine.close()
        finally:
            slot.stirred = _now()
            slot.probe = None

    async def _admitted(self, slot: _Slot) -> Engine:
        """Return the engine that may answer now, or raise NotAwake and see to it."""
        if slot.awake is not None:
            return slot.awake
        if slot.freed:
            raise NotAwake(f"{slot.settings.name} was asked to leave the memory.")
        if self.swaps and any(other.running for other in self._slots):
            raise NotAwake(f"{slot.settings.name} sleeps while another model works.")
        coming = self._coming(slot)
        if slot.settings.tier is Tier.REALTIME:
            # What was asked for is of no use when it is there: it is asked for again.
            raise NotAwake(f"{slot.settings.name} is on its way.")
        await asyncio.shield(coming)
        if slot.awake is None:
            raise NotAwake(f"{slot.settings.name} has left again.")
        return slot.awake

    def _coming(self, slot: _Slot) -> "asyncio.Task[None]":
        if slot.loading is None or slot.loading.done():
            slot.loading = asyncio.create_task(self._come(slot))
            slot.loading.add_done_callback(_told)
        return slot.loading

    async def _come(self, slot: _Slot) -> None:
        await self._decided.wait()
        async with self._one_at_a_time:
            if slot.awake is not None:
                return
            if slot.engine is not None and slot.engine.dead:
                if slot.number == 0:
                    raise EngineDown("its core has ended")  # and so does its host
                await self._bury(slot, slot.engine)
            await self._make_room(slot)
            if slot.engine is not None:
                self._tell(slot, frames.Stage(slot.number, "waking up"))
                await self._woken(slot, slot.engine)
            else:
                slot.engine = await self._loaded(slot)
            slot.used = _now()
            self._tell(slot, frames.Ready(slot.number, slot.engine.loaded))

    async def _woken(self, slot: _Slot, engine: Engine) -> None:
        """Wake it; one that cannot is ended, and loaded anew when it is asked for."""
        try:
            await engine.wake()
        except Exception as error:  # whatever vLLM raises: told to all who wait
            logger.exception("%s did not wake up", slot.settings.name)
            slot.engine, slot.asleep = None, False
            words = f"it did not wake up ({error})"
            self._tell(slot, frames.NotLoaded(slot.number, "EngineDown", words))
            await engine.close()
            raise EngineDown(words) from error
        slot.asleep = False

    async def _loaded(self, slot: _Slot) -> Engine:
        def stage(text: str, share: float | None = None) -> None:
            self._tell(slot, frames.Stage(slot.number, text, share))

        stage("starting", 0.0)
        try:
            return await self._load(slot.settings, stage)
        except Exception as error:  # whatever vLLM raises: told to all who wait
            logger.exception("%s was not loaded", slot.settings.name)
            kind = type(error).__name__ if isinstance(error, EngineError) else ""
            words = frames.NotLoaded(slot.number, kind or "EngineDown", f"{error}")
            self._tell(slot, words)
            raise EngineDown(f"{error}") from error

    async def _make_room(self, slot: _Slot) -> None:
        """Have those leave that cannot be there together with this one."""
        for other in self._slots:
            if other is slot or other.engine is None:
                continue
            if other.settings.tier is slot.settings.tier is Tier.ON_DEMAND:
                await self._quiet(other, _ACTION_S)
                await self._leave(
                    other, f"{slot.settings.name} takes its place", wakes=True
                )
            elif self.swaps and not other.asleep:
                await self._quiet(other, _COMPLETION_S)
                if other.engine is None:
                    continue  # it has died meanwhile
                await other.engine.sleep()
                other.asleep = True
                words = f"it sleeps while {slot.settings.name} works"
                self._tell(other, frames.Asleep(other.number, words, wakes=True))

    async def _quiet(self, slot: _Slot, patience_s: float) -> None:
        """Wait until nothing runs; what still does when that takes too long is ended."""
        if slot.running and patience_s:
            await asyncio.wait({*slot.running}, timeout=patience_s)
        for task in tuple(slot.running):
            slot.evicted.add(task)
            task.cancel()
        while slot.running:  # noqa: ASYNC110 - the last one leaves within a few steps
            await asyncio.sleep(0.01)

    async def _leave(self, slot: _Slot, reason: str, *, wakes: bool) -> None:
        engine, slot.engine = slot.engine, None
        slot.asleep = slot.paused = False
        if engine is not None:
            await engine.close()
        self._tell(slot, frames.Asleep(slot.number, reason, wakes=wakes))

    @contextlib.asynccontextmanager
    async def _first(
        self, slot: _Slot, request: GenerationRequest
    ) -> AsyncIterator[None]:
        """Have the on-demand tier wait, if somebody waits for a completion."""
        ahead = (
            slot.settings.tier is Tier.REALTIME and request.priority <= PRIORITY_SHOWN
        )
        self._shown += ahead
        self._turn.set()
        try:
            yield
        finally:
            self._shown -= ahead
            self._turn.set()

    async def _balance(self) -> None:
        """Pause and resume the on-demand tier, one change after the other."""
        while True:
            await self._turn.wait()
            self._turn.clear()
            for slot in self._slots:
                waits = self._shown > 0 and slot.settings.tier is Tier.ON_DEMAND
                engine = slot.engine
                if engine is None or slot.asleep or slot.paused == waits:
                    continue
                if waits and not slot.running:
                    continue  # nothing to pause
                slot.paused = waits
                slot.stirred = _now()
                try:
                    await (engine.pause() if waits else engine.resume())
                except Exception:  # it is dying: who tends the models sees to it
                    logger.exception("%s cannot be paused", slot.settings.name)

    def _tell(self, slot: _Slot, state: frames.State) -> None:
        slot.state = state
        self._say(state)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _told(task: "asyncio.Task[None]") -> None:
    """Mark a failure as seen: whoever waited was told, and so were all windows."""
    if not task.cancelled():
        task.exception()
