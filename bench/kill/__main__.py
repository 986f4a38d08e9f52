"""Kills what completions need, in the middle of an answer, and sees what comes of it.

Two windows (real servers over stdio) on one engine host with vLLM and a model, or on a
real ``vllm serve``. In each cycle one thing is killed with SIGKILL while a request runs: the
engine's core, the host, a window's process, or the remote server (which is started again
after a while). Then: the request ends, each window that is left shows one message, and
completions come back by themselves. At the end nothing may be left: no process, no socket,
no shared memory, no file for them.

Recovery is from the kill (of the remote server: from its new start's first connection) to
the status "ready" in the last window, and to its first completion.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from statistics import median

from bench import figures
from bench.client import ServerFailed
from bench.kill.cycles import WHAT, Cycle, Killed, killing
from bench.machine import this_machine


def _table(killed: Killed) -> str:
    lines = [
        "| killed | cycles | in flight | answered, s | ready again, s | first completion, s |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for what in dict.fromkeys(cycle.what for cycle in killed.cycles):
        own = [cycle for cycle in killed.cycles if cycle.what == what]

        def cell(
            value: Callable[[Cycle], float | None], own: Sequence[Cycle] = own
        ) -> str:
            found = [one for one in map(value, own) if one is not None]
            if not found:
                return "-"
            return f"{median(found):.2f} / {max(found):.2f}"

        lines.append(
            f"| {what} | {len(own)} | {sum(cycle.in_flight for cycle in own)} "
            f"| {cell(lambda c: c.answered_s)} | {cell(lambda c: c.ready_s)} "
            f"| {cell(lambda c: c.completed_s)} |"
        )
    left = "nothing" if not killed.left else "; ".join(killed.left)
    return "\n".join((*lines, "", f"Median / longest. Left behind: {left}."))


def main() -> int:
    """Run the command; 1 where something was left behind or did not come back."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.kill",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--cycles", type=int, default=3)
    parser.add_argument("--what", nargs="+", choices=WHAT, default=WHAT)
    parser.add_argument("--json", type=figures.writable, metavar="FILE")
    parser.add_argument(
        "--argument", action="append", default=[], help="for our command line"
    )
    typed = parser.parse_args()
    try:
        killed = killing(typed.what, typed.cycles, typed.argument)
    except ServerFailed as error:
        print(error, file=sys.stderr)
        return 1
    machine = this_machine()
    print(f"{machine}\n\n{_table(killed)}")
    if typed.json is not None:
        figures.write(typed.json, asdict(killed))
    return 1 if killed.left else 0


if __name__ == "__main__":
    sys.exit(main())
