"""The windows that use a host: what each asks, and what all are told."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable

import msgspec

from lsp_server.engine import frames
from lsp_server.engine.base import EngineError, GenerationRequest
from lsp_server.engine.host.residency import Residency
from lsp_server.engine.peer import peer
from lsp_server.framing import read_frame

logger = logging.getLogger(__name__)

_DRAIN_S = 20.0
"""What was asked before an upgrade is answered, unless it takes longer."""


_LEAVE_S = 1.0


class Host:
    """The clients of one host, and when it is done.

    It is done when it has had no client for ``linger_s``, when a newer build asked it to
    leave, or when its first model has died.
    """

    def __init__(self, hello: frames.Hello, linger_s: float) -> None:
        self.hello = hello
        self.residency: Residency | None = None
        self.clients: set[Client] = set()
        self.draining = asyncio.Event()
        self.done = asyncio.Event()
        self._linger_s = linger_s
        self._leaving: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._serving: set[asyncio.Task[None]] = set()

    def say(self, state: frames.State) -> None:
        """Tell all clients how a model is."""
        for client in self.clients:
            client.send(state)

    def alone(self, patience_s: float | None = None) -> None:
        """End after a while, unless a client comes."""
        self._stay()
        wait = self._linger_s if patience_s is None else patience_s
        loop = asyncio.get_running_loop()
        self._leaving = loop.call_later(wait, self.done.set)

    def background(self, work: Awaitable[None]) -> None:
        """Do it, whoever asked for it; failures are told to all as states."""
        task = asyncio.ensure_future(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, reason: str) -> None:
        """Answer what is asked already, take nothing new, and be done."""
        if self.draining.is_set():
            return
        self.draining.set()
        logger.info("%s", reason)
        self.leave(reason)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_S):
                while self.residency is not None and self.residency.running:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        self.done.set()

    async def close(self) -> None:
        """End all connections."""
        for client in tuple(self.clients):
            await client.leave()
        if self._serving:
            await asyncio.wait(self._serving, timeout=_LEAVE_S)

    def leave(self, reason: str) -> None:
        """Tell all clients why this host is about to end."""
        for client in self.clients:
            client.send(frames.Leaving(reason))

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection until it ends."""
        if not peer(writer.get_extra_info("socket")).ours:
            logger.warning("Refused a connection of another user")
            writer.close()
            return
        client = Client(self, writer)
        self.clients.add(client)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - we are in one
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        self._stay()
        client.send(self.hello)
        if self.residency is not None:
            for state in self.residency.states:
                client.send(state)
        try:
            while (body := await read_frame(reader)) is not None:
                client.receive(frames.from_server.decode(body))
        except (ValueError, msgspec.DecodeError) as error:
            logger.warning("Dropped a client that does not speak our frames: %s", error)
        finally:
            self.clients.discard(client)
            await client.leave()
            if not self.clients:
                self.alone()

    def _stay(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None


class Client:
    """One connection: its running requests end with it."""

    def __init__(self, host: Host, writer: asyncio.StreamWriter) -> None:
        self._host = host
        self._writer = writer
        self._running: dict[int, asyncio.Task[None]] = {}

    def send(self, message: frames.FromHost) -> None:
        """Send, if the other side is still there."""
        if not self._writer.is_closing():
            self._writer.write(frames.frame(message))

    def receive(self, message: frames.FromServer) -> None:
        """Do what the client asks."""
        host, residency = self._host, self._host.residency
        known = 0 if residency is None else len(residency.states)
        match message:
            case frames.Generate(id=number, model=model, request=request):
                task = asyncio.create_task(self._answer(number, model, request))
                self._running[number] = task
                task.add_done_callback(lambda _: self._running.pop(number, None))
            case frames.Abort(id=number):
                if number in self._running:
                    self._running[number].cancel()
            case frames.Load(model=model) if residency and 0 <= model < known:
                host.background(residency.ready(model))
            case frames.Free() if residency:
                host.background(residency.free())
            case frames.Drain(reason=reason, if_unused=modest) if not (
                modest and host.clients - {self}
            ):
                host.background(host.drain(reason))
            case frames.Ping() | frames.Drain():
                self.send(frames.Pong())
            case _:
                pass  # no model that is there

    async def leave(self) -> None:
        """End what runs for it, and the connection."""
        running = tuple(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self._writer.close()

    async def _answer(
        self, number: int, model: int, request: GenerationRequest
    ) -> None:
        residency = self._host.residency
        draining = self._host.draining.is_set()
        if residency is None or draining or not 0 <= model < len(residency.states):
            self.send(frames.Failed(number, "NotAwake", "The engine is not there now."))
            return
        try:
            async with contextlib.aclosing(
                residency.generate(model, request)
            ) as pieces:
                async for piece in pieces:
                    self.send(frames.Answer(number, piece))
        except EngineError as error:
            self.send(frames.Failed(number, type(error).__name__, f"{error}"))
        except Exception as error:  # noqa: BLE001 - vLLM's: told to the one who asked
            self.send(frames.Failed(number, "RequestRefused", f"{error}"))


async def _quietly(work: Awaitable[None]) -> None:
    with contextlib.suppress(EngineError):
        await work
