"""One kill after another, and what came of each."""

import os
import signal
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.connection import Connection
from bench.kill.left import shared_memory, still_lost, wait_gone
from bench.kill.serve import Serve, serving
from bench.progress import Progress
from bench.world import CORE, HOST, PATIENCE_S, World, completed, request

WHAT = ("core", "host", "window", "remote")
_INTO_THE_ANSWER_S = 0.15
_A_SECOND_NS = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """What one kill led to; times in seconds, None where nobody had to recover."""

    what: str
    in_flight: bool
    answered_s: float
    ready_s: float | None
    completed_s: float | None
    messages: tuple[int, ...]


@dataclass(slots=True, kw_only=True)
class Killed:
    """All cycles, and what was left behind."""

    cycles: list[Cycle] = field(default_factory=list)
    interrupted: bool = False
    left: list[str] = field(default_factory=list)


def killing(what: Sequence[str], cycles: int, options: Sequence[str]) -> Killed:
    """Kill each of ``what`` in each cycle; raises ServerFailed where nothing comes back.

    An interrupt ends it after the cycles that were done; they, and what they left, count.
    """
    killed = Killed()
    before = shared_memory()
    progress = Progress("kills", cycles * len(what))
    for kinds in (
        [w for w in what if w != "remote"],
        [w for w in what if w == "remote"],
    ):
        if not kinds or killed.interrupted:
            continue
        with tempfile.TemporaryDirectory(prefix="kill-") as folder:
            world = World(Path(folder), options)
            with ExitStack() as stack:
                serve = None
                if kinds == ["remote"]:
                    serve = stack.enter_context(serving(world))
                    serve.start()
                windows = [stack.enter_context(world.window()) for _ in range(2)]
                for window in windows:
                    window.wait_state("ready", 0, PATIENCE_S)
                    completed(window)
                try:
                    for kind in kinds * cycles:
                        killed.cycles.append(_cycle(kind, world, windows, stack, serve))
                        progress.step()
                except KeyboardInterrupt:
                    killed.interrupted = True
            killed.left += world.left()
    if set(what) != {"remote"}:  # a killed server's own are its operator's
        killed.left += still_lost(before)
    return killed


def _cycle(
    what: str,
    world: World,
    windows: list[Connection],
    stack: ExitStack,
    serve: Serve | None,
) -> Cycle:
    told = [len(window.messages) for window in windows]
    asked = windows[0].ask("textDocument/inlineCompletion", request(invoked=True))
    time.sleep(_INTO_THE_ANSWER_S)
    in_flight = windows[0].answer(asked) is None
    at = time.monotonic_ns()
    if what == "window":
        host = world.process(HOST)
        family = world.below(windows[0].pid) - world.below(host) - {host}
        windows[0].kill()
        answered = at
        survivors = windows[1:]
        wait_gone(family)
    elif serve is not None:
        serve.kill()
        at = time.monotonic_ns()
        answered = windows[0].wait(asked).at_ns if in_flight else at
        survivors = windows
        for window in survivors:
            window.wait_state("down", at - _A_SECOND_NS, PATIENCE_S)
        answered, at = answered - at, serve.start()
        answered += at  # as long as it took, before the new start
    else:
        pid = world.process(HOST if what == "host" else CORE)
        os.kill(pid, signal.SIGKILL)
        at = time.monotonic_ns()
        answered = windows[0].wait(asked).at_ns if in_flight else at
        survivors = windows
    ready = None
    if what != "window":
        ready = max(w.wait_state("ready", at, PATIENCE_S) for w in survivors)
    back = max(completed(window) for window in survivors)
    messages = tuple(
        len(window.messages) - count
        for window, count in zip(windows, told, strict=True)
        if window in survivors
    )
    if what == "window":
        windows[0] = stack.enter_context(world.window())
        windows[0].wait_state("ready", 0, PATIENCE_S)
    return Cycle(
        what=what,
        in_flight=in_flight,
        answered_s=(answered - at) / 1e9,
        ready_s=None if ready is None else (ready - at) / 1e9,
        completed_s=(back - at) / 1e9,
        messages=messages,
    )
