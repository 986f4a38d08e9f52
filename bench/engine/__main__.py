"""What the engine does by itself, without editor and server, and what it does for many.

first    time to the first token and for each further one, cold and cached
beside   completions alone and while an action streams: in one engine, with priority and
         without, and in two of one host, where actions are paused for completions
clients  many that type at once in one host
remote   the engine host against vllm serve on loopback, the same requests in turn

Prompts are drawn by a seed and mean nothing: answers end where they end, at the latest
after --answer-tokens (first, remote) or --completion-tokens. A shape (--shape 34b
--load-format dummy) is a model of true size with made-up weights: nothing is downloaded,
times and memory are the true ones.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench import figures
from bench.engine.options import at_most, checked, parser
from bench.engine.parts import measured
from bench.engine.plot import drawn
from bench.engine.table import tables
from bench.machine import this_machine
from lsp_server.engine.base import EngineError


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    made = parser(__doc__)
    typed = made.parse_args(arguments)
    checked(made, typed)
    machine = this_machine()
    try:
        with tempfile.TemporaryDirectory(prefix="bench-engine-") as logs:
            found = asyncio.run(measured(typed, Path(logs)))
    except EngineError as error:
        print(f"bench.engine: {error}", file=sys.stderr)
        return 1
    print(tables(found, machine, _how(typed, found.window_tokens)))
    if typed.json is not None:
        options = {
            k: str(v) if isinstance(v, Path) else v for k, v in vars(typed).items()
        }
        figures.write(
            typed.json,
            {
                "bench": "engine",
                "date": datetime.now(UTC).date().isoformat(),
                "machine": asdict(machine),
                "options": options,
                **asdict(found),
            },
        )
    if typed.plot is not None:
        drawn(found, typed.plot)
    return 0


def _how(typed: argparse.Namespace, window: int) -> str:
    prompt = at_most(typed.completion_prompt, window)
    action = at_most(typed.action_tokens, window)
    action_prompt = at_most(typed.action_prompt, window)
    return (
        f"seed {typed.seed}, {typed.repeat} times; answers of {typed.answer_tokens} tokens; "
        f"completions of {typed.completion_tokens} after {prompt:,}, every "
        f"{typed.pace_ms} ms; actions of {action:,} after {action_prompt:,}; "
        f"{typed.requests} requests a client, {typed.pause_ms:,} ms between"
    )


if __name__ == "__main__":
    sys.exit(main())
