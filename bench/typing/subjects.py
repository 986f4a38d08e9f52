"""Who is measured: how each server is started, and what it is told."""

import json
import os
import shlex
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.client import ServerFailed
from bench.connection import Connection
from bench.typing import journal
from bench.typing.peers import tabby
from bench.typing.replay import (
    Manner,
    Replay,
    Task,
    keys_without_help,
)
from bench.typing.trace import Trace

PEERS = Path("build/peers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """How the engine does that knows the true text; subjects with their own pay no heed."""

    first_ms: float = 80.0
    token_ms: float = 8.0
    accuracy: float = 1.0
    runs_on: bool = False
    seed: int = 0
    window_tokens: int = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A server. ``ours``: it has our settings, engine and notifications.

    ``command`` is empty for ours; ``peer``: tabby-agent, over the same engine. ``real``:
    the vLLM engine with the demo model. ``settings`` are below ``codellama``.
    """

    name: str
    ours: bool = False
    peer: bool = False
    real: bool = False
    command: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    moves: bool = True
    workspace: Path | None = None
    arguments: tuple[str, ...] = ()


def measured(
    subject: Subject,
    tasks: Sequence[Task],
    engine: Engine,
    manner: Manner,
    folder: Path,
) -> Trace:
    """Type the tasks with the subject's help; raises ServerFailed.

    ``folder`` is empty, and gets what the subject writes.
    """
    script, notes = folder / "script.json", folder / "journal.jsonl"
    notes.touch()
    script.write_text(json.dumps(_script(tasks, engine)), encoding="utf-8")
    with _connected(subject, script, notes, folder) as connection:
        provider = _initialized(connection, subject)
        replay = Replay(
            connection,
            manner,
            ours=subject.ours,
            inline="inlineCompletionProvider" in provider,
            moves=subject.ours and subject.moves,
        )
        for task in tasks:
            replay.type(task)
        end_ns = time.monotonic_ns()
        visits = replay.visits()
    return Trace(
        strokes=tuple(replay.strokes),
        seen=tuple(replay.seen),
        asked=tuple(journal.read(notes, end_ns)),
        visits=visits,
        alone=keys_without_help(tasks, manner),
        messages=connection.messages,
    )


@contextmanager
def _connected(
    subject: Subject, script: Path, notes: Path, folder: Path
) -> Iterator[Connection]:
    with ExitStack() as stack:
        env = _environment(folder)
        if subject.peer:
            program = tabby.installed(PEERS).resolve()
            port = stack.enter_context(tabby.adapter(script, notes))
            env = tabby.configured(folder / "home", port)
            command = ["node", str(program), "--lsp", "--stdio"]
        elif subject.ours:
            command = [sys.executable, "-m", "lsp_server", "--log-level", "warning"]
            command += ["--model", "demo", *subject.arguments]
            if not subject.real:
                command += ["--engine", "scripted", "--script", str(script)]
                command += ["--journal", str(notes)]
        else:
            command = [*subject.command]
        try:
            connection = Connection(command, env, Path.cwd())
        except OSError as error:
            raise ServerFailed(f"{shlex.join(command)}: {error}") from error
        yield stack.enter_context(connection)


def _initialized(connection: Connection, subject: Subject) -> Mapping[str, Any]:
    """Return the server's capabilities, once its engine is there."""
    root = subject.workspace and subject.workspace.resolve().as_uri()
    folders = [{"uri": root, "name": "workspace"}] if root else None
    result = connection.call(
        "initialize",
        {
            "processId": os.getpid(),
            "clientInfo": {"name": "bench.typing"},
            "rootUri": root,
            "workspaceFolders": folders,
            "initializationOptions": (
                {"codellama": subject.settings} if subject.ours else None
            ),
            "capabilities": {
                "window": {"workDoneProgress": subject.ours},
                "textDocument": {"inlineCompletion": {}, "completion": {}},
            },
        },
    )
    connection.notify("initialized", {})
    if subject.ours:
        connection.wait_ready()
    if subject.workspace is not None:
        connection.wait_indexed()
    capabilities: Mapping[str, Any] = result["capabilities"]
    if not {"inlineCompletionProvider", "completionProvider"} & capabilities.keys():
        raise ServerFailed(f"{subject.name} completes nothing.")
    return capabilities


def _script(tasks: Sequence[Task], engine: Engine) -> dict[str, Any]:
    return {
        "truths": [task.source.text for task in tasks],
        "first_piece_ms": engine.first_ms,
        "piece_ms": engine.token_ms,
        "accuracy": engine.accuracy,
        "runs_on": engine.runs_on,
        "seed": engine.seed,
        "window_tokens": engine.window_tokens,
    }


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment in which the user's settings, caches and records do not count."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CODELLAMA_")}
    return kept | {
        "CODELLAMA_CONFIG": os.devnull,
        "CODELLAMA_CACHE": str(folder / "cache"),
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_DATA_HOME": str(folder / "data"),
    }
