"""``tabby-agent`` over our engine: its install, its settings, and a server of Tabby's API.

``python -m bench.typing.peers.tabby SCRIPT JOURNAL`` prints its port and answers
``/v1/completions`` as Tabby does, from the same truths and with the same delays as the
scripted engine: whole answers, of at most 64 tokens, ended at an empty line (Tabby's
default and its stop words), and given up when the client hangs up. The journal is the scripted
engine's.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from bench.client import ServerFailed
from lsp_server.engine.oracle import Saying, saying
from lsp_server.engine.scripted import Script, read_script

VERSION = "1.5.0"
_PACKAGE = Path("node_modules/tabby-agent")
_MOST_TOKENS = 64
_HEALTH = {
    "model": "scripted",
    "device": "cpu",
    "arch": "any",
    "cpu_info": "any",
    "cpu_count": 1,
    "cuda_devices": [],
    "version": {
        "build_date": "2024-01-01",
        "build_timestamp": "2024-01-01T00:00:00Z",
        "git_sha": "0" * 40,
        "git_describe": "v0.9.0",
    },
}
_SETTINGS = """\
[server]
endpoint = "http://127.0.0.1:{port}"
token = ""

[logs]
level = "silent"

[anonymousUsageTracking]
disable = true
"""


def installed(folder: Path) -> Path:
    """Return the agent's program, installed under ``folder`` if it is not yet.

    Raises ServerFailed where npm is missing or fails.
    """
    program = folder / _PACKAGE / "dist" / "cli.js"
    described = folder / _PACKAGE / "package.json"
    if described.is_file() and json.loads(described.read_text())["version"] == VERSION:
        return program
    folder.mkdir(parents=True, exist_ok=True)
    try:
        subprocess.run(
            [
                *("npm", "install", "--prefix", str(folder)),
                *("--no-audit", "--no-fund", "--ignore-scripts"),
                f"tabby-agent@{VERSION}",
            ],
            check=True,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError as error:
        raise ServerFailed("tabby-agent needs npm, and there is none.") from error
    except subprocess.CalledProcessError as error:
        raise ServerFailed(f"npm cannot install tabby-agent: {error.stderr}") from error
    return program


def configured(home: Path, port: int) -> dict[str, str]:
    """Write the agent's settings under ``home``; returns the environment that it needs."""
    folder = home / ".tabby-client" / "agent"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(_SETTINGS.format(port=port), encoding="utf-8")
    return {"HOME": str(home), "PATH": os.environ.get("PATH", "")}


@contextmanager
def adapter(script: Path, journal: Path) -> Iterator[int]:
    """Run the server of Tabby's API in a process; gives its port."""
    command = [sys.executable, "-m", __spec__.name, str(script), str(journal)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None  # noqa: S101 - for mypy: PIPE was asked for
        line = process.stdout.readline()
        if not line.strip().isdecimal():
            raise ServerFailed("The server of Tabby's API did not start.")
        yield int(line)
    finally:
        process.terminate()
        process.communicate()


class Api:
    """Answers Tabby's API from a script's truths."""

    def __init__(self, script: Script, journal: IO[str]) -> None:
        self._script = script
        self._journal = journal
        self._asked = 0

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Answer one connection's requests, one after the other."""
        hung_up = contextlib.suppress(ConnectionError, asyncio.IncompleteReadError)
        with contextlib.closing(writer), hung_up:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode().partition("?")[0]
                body = await reader.readexactly(_length(head))
                answer = await self._answer(path, body, reader)
                if answer is None:
                    break  # hung up
                status = "404 Not Found" if answer == "" else "200 OK"
                data = answer.encode()
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
                    f"Content-Length: {len(data)}\r\n\r\n".encode()
                    + data
                )
                await writer.drain()

    async def _answer(self, path: str, body: bytes, reader: StreamReader) -> str | None:
        """Return what is sent; "" where nothing is known, None if the client hung up."""
        match path:
            case "/v1/health":
                return json.dumps(_HEALTH)
            case "/v1beta/server_setting":
                return json.dumps({"disable_client_side_telemetry": True})
            case "/v1/events":
                return "{}"
            case "/v1/completions":
                return await self._complete(json.loads(body), reader)
            case _:
                return ""

    async def _complete(
        self, asked: Mapping[str, Any], reader: StreamReader
    ) -> str | None:
        self._asked += 1
        number = self._asked
        segments = asked["segments"]
        said = self._said(segments["prefix"], segments.get("suffix") or "")
        size = self._script.piece_characters
        count = max(1, -(-len(said.text) // size))
        self._note("asked", number, max_tokens=_MOST_TOKENS, priority=0)
        started = time.monotonic()
        first_s, each_s = (
            self._script.first_piece_ms / 1000,
            self._script.piece_ms / 1000,
        )
        gone = asyncio.ensure_future(reader.read(1))
        done, _ = await asyncio.wait({gone}, timeout=first_s + each_s * (count - 1))
        if done:
            passed = time.monotonic() - started - first_s
            tokens = 0
            if passed >= 0:
                tokens = min(count, 1 + int(passed / each_s)) if each_s else count
            self._told("aborted", number, said, tokens)
            return None
        gone.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await gone
        self._told("finished", number, said, count)
        choices = [{"index": 0, "text": said.text}]
        return json.dumps({"id": f"cmpl-{number}", "choices": choices})

    def _said(self, prefix: str, suffix: str) -> Saying:
        found = saying(
            prefix,
            suffix,
            self._script.truths,
            accuracy=self._script.accuracy,
            seed=self._script.seed,
            most_chars=_MOST_TOKENS * self._script.piece_characters,
        )
        text = found.text.partition("\n\n")[0]
        return Saying(
            text=text,
            truth=found.truth,
            place=found.place,
            right=min(found.right, len(text)),
        )

    def _told(self, event: str, number: int, said: Saying, tokens: int) -> None:
        self._note(
            event,
            number,
            tokens=tokens,
            truth=said.truth,
            place=said.place,
            right=said.right,
            text=said.text[: tokens * self._script.piece_characters],
        )

    def _note(self, event: str, number: int, **facts: Any) -> None:
        line = {"event": event, "request": number, "ns": time.monotonic_ns(), **facts}
        self._journal.write(json.dumps(line) + "\n")
        self._journal.flush()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


async def _serve(script: Path, journal: Path) -> None:
    with journal.open("a", encoding="utf-8") as file:
        api = Api(read_script(script), file)
        server = await asyncio.start_server(api.serve, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), Path(sys.argv[2])))
