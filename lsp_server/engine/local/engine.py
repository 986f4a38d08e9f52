"""The embedded engine as the server sees it: one host, its models, and what they do."""

import asyncio
import importlib.util
import itertools
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path

from lsp_server.engine import base, frames
from lsp_server.engine.base import (
    EngineDown,
    EngineError,
    GenerationRequest,
    Loaded,
    NotAwake,
    NotInstalled,
    Piece,
    Report,
)
from lsp_server.engine.cause import cause_of_death
from lsp_server.engine.local.meeting import Met, next_frame
from lsp_server.engine.local.processes import end_group, kill_group
from lsp_server.engine.local.rendezvous import HOST, Meet, private_host, shared_host
from lsp_server.engine.settings import HostSettings

logger = logging.getLogger(__name__)

NOT_INSTALLED = (
    "No engine is installed here. In a clone of codellama-lsp, install one with: "
    "make install (any x86-64 or Arm processor with Linux), or "
    "make install ENGINE=cuda (an NVIDIA GPU). Or set endpoint to a server that runs vLLM."
)

_CLOSE_S = 12.0
_PING_S = 5.0
_SILENCE_S = 20.0
_SILENCE_LOADING_S = 120.0
"""A host that says nothing for so long hangs. While it imports vLLM, it hardly can."""

_RENEWED = "It was restarted from one of your windows."

_KINDS = {
    kind.__name__: kind
    for kind in (
        *(EngineDown, NotAwake),
        *(base.OutOfMemory, base.ModelUnusable, base.RequestRefused),
    )
}


class LocalHost:
    """One engine host, shared or this window's own, and the connection to it.

    ``logs`` is the folder for what the host and vLLM print. ``command`` starts a host,
    and ``meet`` says whose it is. A host that somebody waits for, and that is silent for
    ``silence_s`` though it is asked every ``ping_s`` whether it lives, is ended.
    ``hear`` is told each change of a model's state, by the model's number.
    """

    def __init__(
        self,
        settings: HostSettings,
        logs: Path,
        *,
        meet: Meet = private_host,
        command: Sequence[str | Path] = HOST,
        silence_s: float = _SILENCE_S,
        ping_s: float = _PING_S,
    ) -> None:
        self.settings = settings
        self.hear: Callable[[frames.State], None] = lambda _state: None
        self._logs = logs
        self._meet = meet
        self._command = command
        self._silence_s = silence_s
        self._ping_s = ping_s
        self._met: Met | None = None
        self._opening = asyncio.Lock()
        self._listening: asyncio.Task[EngineError] | None = None
        self._states: dict[int, frames.State] = {}
        self._waiters: set[asyncio.Queue[frames.State | None]] = set()
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Queue[Piece | EngineError]] = {}
        self._leaving = ""
        self._heard = 0.0
        self._log_start = 0

    @property
    def pid(self) -> int | None:
        """The host's process, while it is connected."""
        return self._met.pid if self._met is not None else None

    def engine(self, model: int = 0) -> "LocalEngine":
        """Return the engine of one of the host's models."""
        return LocalEngine(self, model)

    async def ready(self, model: int, report: Report) -> Loaded:
        """Have the host load ``model``, and start the host first if there is none.

        Where its memory was given back, a window that comes only now waits until somebody
        asks: here, a second time, or in another window. A command does ask.
        """
        async with self._opening:
            waits = await self._open() and self._meet is shared_host
        changes: asyncio.Queue[frames.State | None] = asyncio.Queue()
        self._waiters.add(changes)
        asked = False
        try:
            changes.put_nowait(self._states.get(model))
            while True:
                state = await changes.get()
                if (ended := self._ended()) is not None and state is None:
                    raise ended
                if state is None or state.model != model:
                    continue
                match state:
                    case frames.Ready(loaded=loaded):
                        return loaded
                    case frames.Stage():
                        report(_said(state))
                    case frames.Asleep(wakes=False) if waits:
                        pass
                    case frames.NotLoaded() if asked or model == 0:  # its host ends
                        raise await self._why("The engine did not start", state)
                    case _:
                        if not asked:
                            self.send(frames.Load(model))
                        asked = True
        finally:
            self._waiters.discard(changes)

    async def stream(
        self, model: int, request: GenerationRequest
    ) -> AsyncGenerator[Piece]:
        """Answer with ``model``; see :class:`~lsp_server.engine.base.Engine`."""
        if self._listening is None or self._listening.done():
            raise self._ended() or EngineDown("The engine is not running.")
        number = next(self._ids)
        answers: asyncio.Queue[Piece | EngineError] = asyncio.Queue()
        self._waiting[number] = answers
        self.send(frames.Generate(number, model, request))
        finished = False
        try:
            while not finished:
                answer = await answers.get()
                finished = isinstance(answer, EngineError) or answer.finish is not None
                if isinstance(answer, EngineError):
                    raise answer
                yield answer
        finally:
            del self._waiting[number]
            if not finished:
                self.send(frames.Abort(number))

    async def lost(self) -> EngineError:
        """Return, when the host has ended or left us, why."""
        if self._listening is None:
            return EngineDown("The engine is not running.")
        await asyncio.wait({self._listening})
        return self._ended() or EngineDown("The engine was closed.")

    async def renew(self) -> None:
        """Have the host end, for all windows: whoever needs it next starts another."""
        self.send(frames.Drain(_RENEWED))
        if self._listening is not None:
            await asyncio.wait({self._listening}, timeout=_CLOSE_S + _SILENCE_S)

    def free(self) -> None:
        """Give all the memory back at once, whoever else uses it."""
        self.send(frames.Free())

    def send(self, message: frames.FromServer) -> None:
        """Say it, if there is somebody to hear it."""
        if self._met is not None and not self._met.writer.is_closing():
            self._met.writer.write(frames.frame(message))

    async def close(self) -> None:
        """Leave the host; one that is ours alone ends, and is killed if it does not."""
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.cancel()
            await asyncio.wait({listening})
        for answers in self._waiting.values():
            answers.put_nowait(EngineDown("The engine was closed."))
        met, self._met = self._met, None
        if met is None:
            return
        met.writer.close()
        if met.started is not None:
            if met.started.stdin is not None:
                met.started.stdin.close()
            await end_group(met.started.pid, _CLOSE_S)
        if met.folder is not None:
            met.folder.cleanup()

    async def _open(self) -> bool:
        """Connect, and start a host if there is none; False where we were connected."""
        if self._listening is not None and not self._listening.done():
            return False
        if self._command is HOST and importlib.util.find_spec("vllm") is None:
            raise NotInstalled(NOT_INSTALLED)
        await self.close()
        self._met = await self._meet(self.settings, self._logs, self._command)
        self._states = {}
        self._leaving = ""
        self._log_start = self._met.hello.log_start
        self._listening = asyncio.create_task(self._listen(self._met))
        self._listening.add_done_callback(self._over)
        return True

    async def _listen(self, met: Met) -> EngineError:
        """Take what the host says until it ends; returns why it did."""
        watching = asyncio.create_task(self._watch(met))
        try:
            while (message := await self._next(met)) is not None:
                self._heard = _now()
                await self._hear(message)
        finally:
            watching.cancel()
        if met.pid is not None:
            # What it dies of is written last, after its sockets are closed.
            await end_group(met.pid, _CLOSE_S)
        why = await self._reason()
        for answers in self._waiting.values():
            answers.put_nowait(why)
        return why

    async def _hear(self, message: frames.FromHost) -> None:
        match message:
            case frames.Answer(id=number, piece=piece):
                if number in self._waiting:
                    self._waiting[number].put_nowait(piece)
            case frames.Failed(id=number, kind=kind, message=words):
                if number in self._waiting:
                    error = _KINDS.get(kind, EngineDown)(words)
                    self._waiting[number].put_nowait(error)
            case frames.Leaving(reason=reason):
                self._leaving = reason
            case frames.Pong() | frames.Hello():
                pass
            case state:
                await self._take(state)

    async def _reason(self) -> EngineError:
        """Return why the host has ended."""
        if self._leaving:
            return EngineDown(self._leaving)
        first = self._states.get(0)
        died = first if isinstance(first, frames.NotLoaded) else None
        return await self._why("The engine ended unexpectedly", died)

    async def _next(self, met: Met) -> frames.FromHost | None:
        """Return what the host says next; one that babbles is ended, and has left."""
        try:
            return await next_frame(met.reader)
        except ValueError as error:  # msgspec's, too
            logger.warning("The engine host sent what is no frame: %s", error)
            self._kill(met)
            return None

    async def _take(self, state: frames.State) -> None:
        self._states[state.model] = state
        if not isinstance(state, frames.Stage | frames.NotLoaded):
            # What goes wrong from now on is printed from here on.
            self._log_start = await asyncio.to_thread(_size, self._log)
        self.hear(state)
        for changes in self._waiters:
            changes.put_nowait(state)

    async def _watch(self, met: Met) -> None:
        """Kill a host that hangs while somebody waits for it."""
        while True:
            await asyncio.sleep(self._ping_s)
            loading = any(isinstance(s, frames.Stage) for s in self._states.values())
            if not self._waiting and not loading and self._states:
                self._heard = _now()
                continue
            patience = _SILENCE_LOADING_S if loading else self._silence_s
            if _now() - self._heard > patience:
                self._kill(met)
                return
            self.send(frames.Ping())

    def _kill(self, met: Met) -> None:
        """End a host that is of no use; one that is not known to be one is only left."""
        if met.pid is not None:
            kill_group(met.pid)
        met.writer.transport.abort()

    def _over(self, _: "asyncio.Task[EngineError]") -> None:
        for changes in self._waiters:
            changes.put_nowait(None)

    def _ended(self) -> EngineError | None:
        listening = self._listening
        if listening is None or not listening.done() or listening.cancelled():
            return None
        return listening.result()

    @property
    def _log(self) -> Path:
        return Path(self._met.hello.log if self._met is not None else "")

    async def _why(self, what: str, said: frames.NotLoaded | None) -> EngineError:
        """Return what became of a model; of a host, where it is said of the first."""
        kind = _KINDS.get(said.kind, EngineDown) if said is not None else EngineDown
        if said is not None and kind is not EngineDown:
            return kind(said.message)
        name = self.settings.models[said.model if said is not None else 0].name
        words = said.message if said is not None else ""
        return await asyncio.to_thread(
            cause_of_death, what, words, name, self._log, self._log_start
        )


class LocalEngine:
    """One of a host's models: the seam."""

    def __init__(self, host: LocalHost, model: int) -> None:
        self.host = host
        self._model = model

    async def start(self, report: Report) -> Loaded:
        try:
            return await self.host.ready(self._model, report)
        except BaseException:
            if self._model == 0:  # without it the host ends as well
                await self.host.close()
            raise

    def stream(self, request: GenerationRequest) -> AsyncGenerator[Piece]:
        return self.host.stream(self._model, request)

    async def lost(self) -> EngineError:
        return await self.host.lost()

    async def close(self) -> None:
        await self.host.close()


def _size(log: Path) -> int:
    try:
        return log.stat().st_size
    except OSError:
        return 0


def _said(state: frames.Stage) -> str:
    if state.share is None:
        return state.text
    return f"{state.text} ({state.share:.0%})"


def _now() -> float:
    return asyncio.get_running_loop().time()
