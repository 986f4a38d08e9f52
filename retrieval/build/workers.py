"""Worker processes: each has two batches at a time, and may die of one."""

import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path

from retrieval.build.reading import Outcome
from retrieval.files.walk import Found
from retrieval.store.file import File

Batch = Sequence[Found]

_AHEAD = 2
_ENOUGH = 4
_START_S = 60.0
CRASHED = "crashed"
_START = (
    "import sys; sys.path[:] = {path!r}\n{before}\n"
    "from retrieval.build.worker import run; run({descriptor}, {root!r}, {database!r}, {parent})"
)


class Workers:
    """``count`` processes over one repository.

    They are no children of multiprocessing's: those import the main module anew, and
    before that what lies in the working folder, which is the user's.
    """

    def __init__(
        self,
        root: Path,
        database: str,
        count: int,
        *,
        limit_s: float = 30.0,
        before: str = "",
    ) -> None:
        """``limit_s`` is how long one batch may take; ``before`` is code they run first."""
        self._before = before
        self._root = root
        self._database = database
        self._limit_s = limit_s
        self._workers = [self._started() for _ in range(count)]
        self._waiting: deque[Batch] = deque()
        self._suspected: dict[str, int] = {}
        self._one_was_ready = False
        self.deaths = 0

    @property
    def pids(self) -> list[int]:
        return [worker.process.pid for worker in self._workers]

    @property
    def useless(self) -> bool:
        """Whether they die before they read a file: then it is not the files' doing."""
        return self.deaths > _ENOUGH and not self._one_was_ready

    def outcomes(self, batches: Iterable[Batch]) -> Iterator[list[Outcome]]:
        """Yield what came out of each batch, in whatever order.

        A batch that kills its worker, or takes too long, is tried again file by file; a
        file that does so twice comes out skipped.
        """
        coming = iter(batches)
        while not self.useless:
            for worker in self._workers:
                while len(worker.batches) < _AHEAD:
                    batch = self._next(coming)
                    if batch is None:
                        break
                    worker.give(batch)
            busy = [worker for worker in self._workers if worker.batches]
            if not busy:
                return
            wait([worker.connection for worker in busy], timeout=0.5)
            for worker in busy:
                yield from self._heard(worker)

    def close(self) -> None:
        for worker in self._workers:
            worker.end()
        self._workers = []

    def _next(self, coming: Iterator[Batch]) -> Batch | None:
        return self._waiting.popleft() if self._waiting else next(coming, None)

    def _heard(self, worker: "_Worker") -> Iterator[list[Outcome]]:
        try:
            while worker.batches and worker.connection.poll():
                outcomes: list[Outcome] | None = worker.connection.recv()
                if outcomes is None:
                    self._one_was_ready = worker.ready = True
                    worker.since = time.monotonic()
                    continue
                worker.taken()
                yield outcomes
        except (EOFError, OSError):
            yield from self._replaced(worker, "its worker died")
            return
        limit_s = self._limit_s if worker.ready else _START_S
        if worker.batches and time.monotonic() - worker.since > limit_s:
            yield from self._replaced(worker, f"took over {self._limit_s:g} s")

    def _replaced(self, worker: "_Worker", why: str) -> Iterator[list[Outcome]]:
        worker.end()
        self.deaths += 1
        place = self._workers.index(worker)
        self._workers[place] = self._started()
        suspects, *rest = worker.batches
        self._waiting.extendleft(rest)
        dead: list[Outcome] = []
        for found in suspects:
            times = self._suspected.get(found.path, 0) + 1
            self._suspected[found.path] = times
            if times > 1 and len(suspects) == 1 and self._one_was_ready:
                dead.append(_crashed(found, why))
            else:
                self._waiting.append((found,))
        if dead:
            yield dead

    def _started(self) -> "_Worker":
        ours, theirs = Pipe()
        code = _START.format(
            path=sys.path,
            before=self._before,
            descriptor=theirs.fileno(),
            root=str(self._root),
            database=self._database,
            parent=os.getpid(),
        )
        with theirs:
            process = subprocess.Popen(  # noqa: S603 # our own code, by its path
                [sys.executable, "-P", "-c", code],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        return _Worker(process, ours)


class _Worker:
    def __init__(
        self, process: "subprocess.Popen[bytes]", connection: Connection
    ) -> None:
        self.process = process
        self.connection = connection
        self.batches: deque[Batch] = deque()
        self.since = 0.0
        self.ready = False

    def give(self, batch: Batch) -> None:
        if not self.batches:
            self.since = time.monotonic()
        self.batches.append(batch)
        try:
            self.connection.send(list(batch))
        except OSError:
            return  # it died: that is heard when its answer is read

    def taken(self) -> None:
        self.batches.popleft()
        self.since = time.monotonic()

    def end(self) -> None:
        self.connection.close()
        self.process.kill()
        self.process.wait()


def _crashed(found: Found, why: str) -> Outcome:
    return Outcome(
        File(
            path=found.path,
            size=found.size,
            mtime_ns=found.mtime_ns,
            reason=CRASHED,
            detail=why,
        )
    )
