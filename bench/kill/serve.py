"""``vllm serve`` on loopback, to be killed and started again."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.client import ServerFailed
from bench.world import LOOK_S, PATIENCE_S, World
from lsp_server.engine.models import DEMO_FOLDER

_REPOSITORY = Path(__file__).parents[2]


@contextmanager
def serving(world: World) -> Iterator["Serve"]:
    """Yield a server that is not started yet, and that windows to come will ask."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    world.configure(f'endpoint = "http://127.0.0.1:{port}/v1"\n')
    # What a killed vllm serve leaves there is its operator's.
    theirs = world.env | {"TMPDIR": str(world.folder)}
    serve = Serve(port, theirs, world.folder / "serve.log")
    try:
        yield serve
    finally:
        serve.kill()


class Serve:
    """``vllm serve`` with the demo model on loopback, killed and started again."""

    def __init__(self, port: int, env: dict[str, str], log: Path) -> None:
        self._port = port
        self._env = env
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> int:
        """Start it; returns when it took its first connection, in ns."""
        command = (
            *(sys.executable, "-m", "tests.vllm.serving", "--model", f"{DEMO_FOLDER}"),
            *("--served-model-name", "demo", "--host", "127.0.0.1"),
            *("--port", f"{self._port}", "--max-model-len", "4096"),
            *("--dtype", "bfloat16", "--enforce-eager", "--block-size", "32"),
            *("--kv-cache-memory-bytes", f"{2**28}", "--enable-prefix-caching"),
            *("--scheduling-policy", "priority", "--generation-config", "vllm"),
        )
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._env,
                cwd=_REPOSITORY,
                start_new_session=True,
            )
        limit = time.monotonic() + PATIENCE_S
        while time.monotonic() < limit and self._process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port)):
                return time.monotonic_ns()
            time.sleep(LOOK_S)
        raise ServerFailed(f"vllm serve did not start: {self._log.read_text()[-2000:]}")

    def kill(self) -> None:
        """End it, without a word; what it started ends with it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
