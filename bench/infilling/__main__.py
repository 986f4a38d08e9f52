"""Whether programs pass their tests with what is suggested: HumanEval-Infilling.

The tasks are those of openai/human-eval-infilling, to be downloaded from there. Each is
asked in two forms, exactly as in the Code Llama paper and as an editor's user would see
it, in several layouts of the prompt, and the programs are run in a sandbox (Linux).
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from bench.figures import writable, write
from bench.infilling.engines import ENGINES, answering
from bench.infilling.forms import WAYS
from bench.infilling.score import MEMORY_BYTES, TIMEOUT_S, Scored, gains, rows, score
from bench.infilling.table import table
from bench.infilling.tasks import SPLITS, BadData, Task, read_tasks, sampled
from bench.machine import this_machine
from bench.sandbox import SandboxUnavailable, run
from lsp_server.engine.base import EngineError
from lsp_server.settings import DEMO_MODEL

_PROGRAM = "python -m bench.infilling"
_BAD_INPUT = 2
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 0, 1 where it cannot be measured, 2 for bad input."""
    typed = _parser().parse_args(arguments)
    try:
        tasks = read_tasks(typed.data, typed.split)
        chosen = sampled(tasks, typed.limit, typed.seed)
        model, scored = asyncio.run(_measured(chosen, typed))
    except BadData as error:
        return _failed(error, _BAD_INPUT)
    except (EngineError, SandboxUnavailable) as error:
        return _failed(error, 1)
    except KeyboardInterrupt:
        return _failed("interrupted, so there are no figures", _INTERRUPTED)
    summed = rows(scored, typed.layouts)
    compared = gains(scored, typed.layouts, typed.seed)
    machine = this_machine()
    print(f"{machine.cpu}, {machine.cores} cores, {machine.system}")
    print(f"{typed.split}: {len(chosen)} of {len(tasks)} tasks, seed {typed.seed}")
    print(f"answers by {model}, greedy\n")
    print(table(summed, compared, typed.split))
    if typed.json is not None:
        write(
            typed.json,
            {
                "bench": "infilling",
                "date": datetime.now(UTC).date().isoformat(),
                "machine": asdict(machine),
                "engine": typed.engine,
                "model": model,
                "split": typed.split,
                "tasks": [len(chosen), len(tasks)],
                "seed": typed.seed,
                "rows": [asdict(row) for row in summed],
                "gains": [asdict(gain) for gain in compared],
                "answers": [asdict(one) for one in scored],
            },
        )
    return 0


async def _measured(
    tasks: Sequence[Task], typed: argparse.Namespace
) -> tuple[str, list[Scored]]:
    """Return the model's name and its answers; raises what ended the first of them."""
    await run("", TIMEOUT_S, MEMORY_BYTES)  # an engine takes its time to start
    async with answering(typed.engine, typed.model) as engine:
        try:
            scored = await score(tasks, typed.layouts, engine, typed.concurrency)
        except BaseExceptionGroup as group:
            raise _first(group) from group
    return engine.model, scored


def _first(group: BaseExceptionGroup) -> BaseException:
    """Return one of many errors: where the engine ends, every request says so."""
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; the usage is in --help."""

    def error(self, message: str) -> NoReturn:
        self.exit(_BAD_INPUT, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog=_PROGRAM, description=__doc__)
    parser.add_argument("--split", choices=SPLITS, required=True)
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="where the HumanEval-*.jsonl.gz are",
    )
    parser.add_argument(
        "--limit",
        type=_positive,
        metavar="N",
        help="so many tasks, drawn by the seed (default: all)",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument(
        "--layouts",
        type=_ways,
        default=tuple(WAYS),
        metavar="NAMES",
        help=f"one or several of {','.join(WAYS)} (default: all)",
    )
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default=ENGINES[0],
        help="vllm (default); reference says the truth and broken says nonsense, to "
        "see what the bench itself makes of them",
    )
    parser.add_argument(
        "--model",
        default=DEMO_MODEL,
        metavar="MODEL",
        help="as in the settings: a folder, a model of the local cache, or demo "
        "(default)",
    )
    parser.add_argument(
        "--concurrency",
        type=_positive,
        default=16,
        metavar="N",
        help="requests in the engine at the same time (default: 16)",
    )
    parser.add_argument(
        "--json",
        type=writable,
        metavar="FILE",
        help="write the figures and all answers there, too",
    )
    return parser


def _positive(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return number


def _ways(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in WAYS:
            raise argparse.ArgumentTypeError(
                f"{name!r} is none of {', '.join(WAYS)} (separated by commas)"
            )
    return names


def _failed(why: object, code: int) -> int:
    print(f"{_PROGRAM}: {why}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
