"""Windows in an environment of their own: real servers over stdio, and all their processes.

A document is open in each; nothing of the user's is read or written.
"""

import os
import sys
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import Any

from bench.client import ServerFailed
from bench.connection import Connection

HOST = "lsp_server.engine.host.process"
CORE = "VLLM::EngineCore"
"""Parts of command lines."""
PATIENCE_S = 180.0
LOOK_S = 0.05
GONE_S = 20.0
_MARK = "CODELLAMA_BENCH_WORLD"
_URI = "file:///project/typed.py"
_TEXT = "import os\n\n\ndef read(path):\n    with open(path) as file:\n        \n"
_PLACE = {"line": 5, "character": 8}


_CONFIG = """\
linger_minutes = 0
[inline]
reuse = false
ahead = false
debounce_ms = 0
lines = "block"
max_lines = 200
max_tokens = 1024
[context]
enabled = false
"""


_LOCKS = {".lock", ".seat"}
"""Files of no content that stay: who removed one could not know who waits for it."""


class World:
    """An environment of its own, whose processes are known by a mark."""

    def __init__(self, folder: Path, options: Sequence[str]) -> None:
        mark = uuid.uuid4().hex
        self._folder = folder
        self._options = options
        self._runtime, self._temporary = folder / "run", folder / "tmp"
        self._runtime.mkdir(mode=0o700)
        self._temporary.mkdir()
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CODELLAMA_")}
        self._sessions: set[str] = set()
        self._mark = f"{_MARK}={mark}".encode()
        self._env = kept | {
            _MARK: mark,
            "HOME": str(folder),
            "CODELLAMA_CONFIG": str(folder / "config.toml"),
            "TMPDIR": str(self._temporary),
            "XDG_RUNTIME_DIR": str(self._runtime),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CACHE_HOME": str(folder / "cache"),
        }
        self.configure("")

    def configure(self, lines: str) -> None:
        """Write the settings of windows to come, ``lines`` of them first."""
        (self._folder / "config.toml").write_text(lines + _CONFIG)

    @property
    def folder(self) -> Path:
        """The home of all its processes."""
        return self._folder

    @property
    def env(self) -> dict[str, str]:
        """Their environment."""
        return self._env

    @contextmanager
    def window(self, *options: str) -> Iterator[Connection]:
        """Start a window with more options; it may still load what it needs."""
        command = [sys.executable, "-m", "lsp_server", *self._options, *options]
        with Connection(command, self._env, self._folder) as window:
            capabilities = {"experimental": {"codellama/status": True}}
            parameters = {
                "processId": None,
                "rootUri": None,
                "capabilities": capabilities,
            }
            window.call("initialize", parameters)
            window.notify("initialized", {})
            item = {"uri": _URI, "languageId": "python", "version": 1, "text": _TEXT}
            window.notify("textDocument/didOpen", {"textDocument": item})
            yield window

    def process(self, title: str) -> int:
        """Return the one process of ours whose command line has ``title``."""
        found = self.titled(title)
        if len(found) != 1:
            raise ServerFailed(f"{len(found)} processes are a {title!r}, not one")
        return found[0]

    def titled(self, title: str) -> list[int]:
        """Return the processes of ours whose command line has ``title``."""
        return [pid for pid in self.processes() if title in _command(pid)]

    def below(self, pid: int) -> set[int]:
        """Return the processes of ours that stand below ``pid``."""
        there = {child: stat(child) for child in self.processes()}
        parents = {
            child: int(_PARENT_OF(stat)) for child, stat in there.items() if stat
        }
        found = {pid}
        while more := {c for c, p in parents.items() if p in found} - found:
            found |= more
        return found - {pid}

    def left(self) -> list[str]:
        """Wait for the end of all our processes; return what is still there."""
        limit = time.monotonic() + GONE_S
        while (pids := self.processes()) and time.monotonic() < limit:
            time.sleep(LOOK_S)
        left = [*self._runtime.rglob("*"), *self._temporary.rglob("*")]
        files = [str(p) for p in left if p.suffix not in _LOCKS and not p.is_dir()]
        return [f"process {pid}: {_command(pid)}" for pid in pids] + files

    def processes(self) -> list[int]:
        """Return what bears our mark, and what belongs to a session of such a process.

        A process that gives itself a title writes over its environment.
        """
        there = {pid: stat(pid) for pid in running()}
        marked = {pid for pid, stat in there.items() if stat and self._is_ours(pid)}
        self._sessions |= {_SESSION_OF(there[pid]) for pid in marked} - {
            f"{os.getsid(0)}"
        }
        return [
            pid
            for pid, stat in there.items()
            if stat and (pid in marked or _SESSION_OF(stat) in self._sessions)
        ]

    def _is_ours(self, pid: int) -> bool:
        try:
            return self._mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            return False


def request(*, invoked: bool = False) -> Mapping[str, Any]:
    """Return the parameters of a completion: while somebody types, or asked for by hand.

    By hand more candidates are made, and all of them are waited for.
    """
    return {
        "textDocument": {"uri": _URI},
        "position": _PLACE,
        "context": {"triggerKind": 1 if invoked else 2},
    }


def completed(window: Connection) -> int:
    """Return when the window has ghost text again, in ns."""
    limit = time.monotonic() + PATIENCE_S
    while time.monotonic() < limit:
        answer = window.wait(window.ask("textDocument/inlineCompletion", request()))
        if answer.result and answer.result["items"]:
            return answer.at_ns
        time.sleep(LOOK_S)
    raise ServerFailed(f"No completion for {PATIENCE_S} s.\n{window.log()}")


def running() -> list[int]:
    """Return the ids of all processes."""
    return [
        int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()
    ]


def stat(pid: int) -> list[str]:
    """Return /proc's fields from the state on; none for a process that has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return []
    fields = stat.rpartition(")")[2].split()
    return [] if fields[0] == "Z" else fields


_PARENT_OF, _SESSION_OF = itemgetter(1), itemgetter(3)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
