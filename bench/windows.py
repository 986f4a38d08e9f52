"""Two windows on one engine host, beside two servers with an engine each.

Real servers over stdio. The second window is opened when the first one has ghost text:
start-up is from the start of its process to its first ghost text, which is asked for
again and again. Memory is the sum of the proportional set sizes of all processes, with
both windows open and idle (vLLM's cores, engine hosts, servers; not the GPU's memory).
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench import figures
from bench.client import ServerFailed
from bench.indexing.memory import held_alone
from bench.machine import Machine, this_machine
from bench.progress import Progress
from bench.world import CORE, World, completed

WAYS = {"one host": (), "standalone": ("--standalone",)}
_MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two windows; ``first_mib`` is the memory before the second one was opened."""

    way: str
    engines: int
    first_s: float
    second_s: float
    first_mib: float
    both_mib: float
    left: tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 where something was left behind or did not start."""
    typed = _parser().parse_args(arguments)
    machine = this_machine()
    progress = Progress("windows", typed.cycles * len(WAYS))
    pairs = []
    try:
        for number in range(typed.cycles):
            for way in [*WAYS][:: -1 if number % 2 else 1]:
                pairs.append(measured(way, typed.argument))
                progress.step()
    except ServerFailed as error:
        print(f"bench.windows: {error}", file=sys.stderr)
        return 1
    print(table(pairs, machine))
    if typed.json is not None:
        figures.write(
            typed.json,
            {
                "bench": "windows",
                "date": datetime.now(UTC).date().isoformat(),
                "machine": asdict(machine),
                "pairs": [asdict(pair) for pair in pairs],
            },
        )
    return 1 if any(pair.left for pair in pairs) else 0


def measured(way: str, options: Sequence[str]) -> Pair:
    """Open two windows, one after the other, and close them; raises ServerFailed."""
    seconds, mib = [], []
    with tempfile.TemporaryDirectory(prefix="win-") as folder:
        world = World(Path(folder), options)
        with ExitStack() as stack:
            for _ in range(2):
                start = time.monotonic_ns()
                window = stack.enter_context(world.window(*WAYS[way]))
                seconds.append((completed(window) - start) / 1e9)
                mib.append(sum(map(held_alone, world.processes())) / _MIB)
            engines = len(world.titled(CORE))
        left = world.left()
    return Pair(
        way=way,
        engines=engines,
        first_s=round(seconds[0], 2),
        second_s=round(seconds[1], 2),
        first_mib=round(mib[0]),
        both_mib=round(mib[1]),
        left=tuple(left),
    )


def table(pairs: Sequence[Pair], machine: Machine) -> str:
    """Return what is printed: median (least to most) of each way."""
    where = f"{machine.cpu}, {machine.cores} cores, {machine.system}"
    columns = (
        "two windows | times | engines | first ghost text of the first, s | of the second, "
        "s | memory of one, MiB | of both, MiB"
    )
    lines = [
        f"{where}, Python {machine.python}; load {machine.load} from others and this",
        "",
        f"| {columns} |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for way in dict.fromkeys(pair.way for pair in pairs):
        own = [pair for pair in pairs if pair.way == way]
        lines.append(
            f"| {way} | {len(own)} | {max(pair.engines for pair in own)} "
            f"| {_spread((pair.first_s for pair in own), 1)} "
            f"| {_spread((pair.second_s for pair in own), 1)} "
            f"| {_spread((pair.first_mib for pair in own), 0)} "
            f"| {_spread((pair.both_mib for pair in own), 0)} |"
        )
    left = sorted({what for pair in pairs for what in pair.left})
    return "\n".join((*lines, "", f"Left behind: {'; '.join(left) or 'nothing'}."))


def _spread(values: Iterable[float], digits: int) -> str:
    known = sorted(values)
    return f"{median(known):,.{digits}f} ({known[0]:,.{digits}f} to {known[-1]:,.{digits}f})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.windows",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--cycles", type=int, default=3, help="of each way (default %(default)s)"
    )
    parser.add_argument("--json", type=figures.writable, metavar="FILE")
    parser.add_argument(
        "--argument", action="append", default=[], help="for our command line"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
