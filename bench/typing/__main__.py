"""How soon ghost text is there, and how right, while somebody types: real files, real time.

A person (log-normal pauses, slips, jumps, accepted suggestions; drawn from the seed) writes
parts of a real file in each of seven languages in an editor that closes brackets, against
a server process over stdio and an engine that knows the true text. Side by side: ours, ours
with reuse switched off ("plain"), and tabby-agent over the same engine. With --real, ours
over vLLM and the demo model, and what its prefix cache had not.
"""

import argparse
import shlex
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.client import ServerFailed
from bench.figures import write
from bench.machine import this_machine
from bench.typing.options import (
    GROWING_FILE,
    OURS,
    PEER,
    PLAIN,
    PREFIX,
    SIZES,
    merged,
    parser,
)
from bench.typing.plot import drawn
from bench.typing.replay import Manner, Task
from bench.typing.sources import holes, long_source, source_at, sources
from bench.typing.subjects import Engine, Subject, measured
from bench.typing.summary import Row, summed_up
from bench.typing.table import table
from bench.typing.typist import Habits

_DEEP_LINES = 30
_DEEP = 0.5
_DEEPEST = 0.8
"""Some 20,000 tokens are before it."""

_NEAR_LINES = 160
"""Some 2,000 tokens: jumps stay inside what a prompt of 4,096 shows."""

_ROOM = 4_096
"""Of the window, for all that is not context: what else stands in a prompt, and the answer."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    typed = parser(__doc__).parse_args(arguments)
    machine = this_machine()
    try:
        tasks = _tasks(typed)
    except OSError as error:
        _say(str(error))
        return 1
    manner = Manner(
        seed=typed.seed,
        speed=typed.speed,
        client=typed.editor,
        habits=Habits(accepts=typed.accepts),
    )
    engine = Engine(
        first_ms=typed.first_ms,
        token_ms=typed.token_ms,
        accuracy=typed.accuracy,
        runs_on=typed.runs_on,
        seed=typed.seed,
    )
    rows: list[Row] = []
    traces: dict[str, Any] = {}
    failed = False
    for subject in _subjects(typed):
        _say(f"{subject.name} ...")
        with tempfile.TemporaryDirectory(prefix="bench-typing-") as name:
            try:
                trace = measured(subject, tasks, engine, manner, Path(name))
            except ServerFailed as error:
                _say(f"{subject.name}: {error}")
                failed = failed or not subject.peer  # none is needed of others
                continue
        for message in trace.messages:
            _say(f"{subject.name} says: {message}")
        rows.append(summed_up(subject.name, trace))
        traces[subject.name] = asdict(trace)
    if rows:
        print(table(rows, machine, _how(typed)))
    if typed.json is not None:
        figures = {
            "bench": "typing",
            "date": datetime.now(UTC).date().isoformat(),
            "machine": asdict(machine),
            "options": {k: str(v) for k, v in vars(typed).items()},
            "rows": [asdict(row) for row in rows],
        }
        write(typed.json, figures)
    if typed.trace is not None:
        write(typed.trace, traces)
    if typed.plot is not None and rows:
        drawn(rows, typed.plot)
    return 1 if failed or not rows else 0


def _tasks(typed: argparse.Namespace) -> list[Task]:
    deep = typed.long or typed.grow is not None or typed.file
    found = [(source, f"file:///bench/{source.name}") for source in sources()]
    by_prefix = typed.grow is not None and typed.grow_by == PREFIX
    if typed.long or by_prefix:
        source = long_source()
        found = [(source, f"file:///bench/{source.name}")]
    if typed.grow is not None and not typed.file and not by_prefix:
        typed.file = typed.workspace / GROWING_FILE
    if typed.file:
        found = [(source_at(typed.file), typed.file.resolve().as_uri())]
    if typed.languages:
        found = [one for one in found if one[0].language in typed.languages]
    lines = typed.lines or (_DEEP_LINES if deep else 3)
    after = _DEEPEST if by_prefix else _DEEP if deep else 0.1
    return [
        Task(
            file=number,
            source=source,
            holes=holes(
                source,
                lines,
                typed.seed,
                after=after,
                span=_NEAR_LINES if typed.long or by_prefix else None,
            ),
            uri=uri,
        )
        for number, (source, uri) in enumerate(found)
    ]


def _subjects(typed: argparse.Namespace) -> Iterator[Subject]:
    if typed.grow is not None:
        yield from _growing(typed)
        return
    ours = merged({"context": {"enabled": False}}, typed.set)
    if typed.long:
        ours = merged({"inline": {"prefixTokens": typed.long}}, ours)
    own = Subject(
        name="ours",
        ours=True,
        real=typed.real,
        settings=ours,
        moves=typed.moves,
        arguments=tuple(typed.argument),
    )
    if OURS in typed.subjects:
        yield own
    if PLAIN in typed.subjects:
        yield Subject(
            name="ours without reuse",
            ours=True,
            real=typed.real,
            settings=merged(ours, {"inline": {"reuse": False}}),
            moves=False,
            arguments=own.arguments,
        )
    if PEER in typed.subjects and not typed.real:
        yield Subject(name="tabby-agent", peer=True)
    for command in typed.server:
        yield Subject(name=command, command=tuple(shlex.split(command)))


def _growing(typed: argparse.Namespace) -> Iterator[Subject]:
    """Yield ours with ever more context of other files: those of ``--workspace``."""
    for size in typed.grow or SIZES:
        settings: dict[str, Any] = {
            "inline": {"prefixTokens": 1_536},
            "context": {"enabled": True, "tokens": size},
        }
        workspace = typed.workspace
        if typed.grow_by == PREFIX:
            workspace = None
            settings = {
                "inline": {"prefixTokens": size},
                "context": {"enabled": False},
            }
        yield Subject(
            name=f"{size:,} tokens of context",
            ours=True,
            real=typed.real,
            settings=merged(settings, typed.set),
            moves=typed.moves,
            workspace=workspace,
            arguments=("--window-tokens", str(size + _ROOM), *typed.argument),
        )


def _how(typed: argparse.Namespace) -> str:
    engine = "vLLM with the demo model"
    if not typed.real:
        engine = (
            f"an engine that is right in {typed.accuracy:.0%} of lines, "
            f"{typed.first_ms:g} ms to the first token, {typed.token_ms:g} ms a token"
        )
    return f"seed {typed.seed}, speed {typed.speed:g}, as {typed.editor} asks; {engine}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
