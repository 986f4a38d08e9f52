"""Brings the store up to date with the files: a thread, and processes where much is new."""

import contextlib
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from retrieval.build.plan import FIRST_FILES, batches, nearest_first
from retrieval.build.reading import Outcome, outcome
from retrieval.build.workers import CRASHED, Batch, Workers
from retrieval.files import walk
from retrieval.files.roots import git_folder
from retrieval.history import Asked, History, co_changed
from retrieval.store.database import File, Known, Store
from retrieval.store.place import Place, StoreBusy, StoreReplaced

Progress = Callable[[int, int], None]
"""Called with how many files are done, and of how many; in the builder's thread."""

Examples = Mapping[str, tuple[int, Sequence[tuple[str, str]]]]

HERE = 8
"""So many files are read here: a process takes longer to start."""

_EXAMPLES = 20
_UNUSED = 5_000
_LOOK_AGAIN_S = 0.5
_FAILURES = 5
_CHECKED_BYTES = 256 << 20

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What the building did since it was opened: files walked over, read, parsed.

    ``deaths`` are workers that died or were ended, ``builds`` refreshes that came to their
    end, ``faults`` those that ended in an exception nobody foresaw.
    """

    walked: int = 0
    read: int = 0
    parsed: int = 0
    parsed_bytes: int = 0
    deaths: int = 0
    builds: int = 0
    faults: int = 0


class Builder:
    """One repository's building. ``refresh`` and ``wait`` may be called from any thread."""

    def __init__(self, place: Place, root: Path, *, workers: int | None = None) -> None:
        self.history = History()
        self.counts = Counts()
        self._place = place
        self._root = root
        self._count = min(4, os.cpu_count() or 1) if workers is None else workers
        self._pool: Workers | None = None
        self._asked = False
        self._closing = False
        self._busy = False
        self._near: tuple[str, ...] = ()
        self._progress: Progress | None = None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._history_of: object = None
        self._history_asked = Asked()
        self._checked = False

    def refresh(
        self, progress: Progress | None = None, *, near: Sequence[str] = ()
    ) -> None:
        """Ask for a build; one that is running plans anew."""
        with self._changed:
            if self._closing:
                return
            self._asked = True
            self._near = tuple(near) or self._near
            self._progress = progress or self._progress
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="index")
                self._thread.daemon = True
                self._thread.start()
            self._changed.notify_all()

    def wait(self, timeout_s: float | None = None) -> bool:
        with self._changed:
            return self._changed.wait_for(
                lambda: not (self._asked or self._busy), timeout_s
            )

    def update(self, paths: Sequence[str], store: Store) -> None:
        """Read some files again, in the caller's thread; raises nothing.

        What takes longer, because they are many or folders, is left to the builder.
        """
        if not paths:
            return
        if len(paths) > HERE or not self._updated(paths, store):
            self.refresh()

    def skipped(self) -> Examples:
        """Return by reason how many files were not taken, with examples (path, detail).

        Raises StoreReplaced or StoreBusy.
        """
        store = Store(self._place)
        try:
            return _skipped(store)
        finally:
            store.close()

    @property
    def pids(self) -> list[int]:
        """The worker processes that there are."""
        pool = self._pool
        return pool.pids if pool else []

    def stop(self) -> None:
        """Ask the building to end where it is; what was built stays."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._history_asked.end()

    def close(self) -> None:
        """Stop, and wait for it."""
        self.stop()
        if self._thread is not None:
            self._thread.join()

    # the thread

    def _run(self) -> None:
        store: Store | None = None
        failures = 0
        told = False
        try:
            while self._next_request():
                try:
                    store = store or Store(self._place)
                    self._build(store)
                    failures = 0
                except (StoreReplaced, StoreBusy) as error:
                    failures += 1
                    self._asked = failures < _FAILURES
                    _LOG.info("The index is built again: %r", error)
                except Exception as error:  # noqa: BLE001 - else nothing is ever built again
                    _LOG.exception("The index was not built to its end")
                    self._discard(store)
                    store = None
                    failures += 1
                    self._asked = failures == 1
                    self._count_up(faults=1)
                    if not told and failures > 1:
                        told = True
                        self._place.tell(
                            f"The index of {self._root.name} could not be brought up to "
                            f"date ({error!r}); it is tried again when files change."
                        )
                finally:
                    with self._changed:
                        self._busy = False
                        self._changed.notify_all()
        finally:
            self._discard(store)
            with self._changed:
                self._asked = self._busy = False
                self._changed.notify_all()

    @staticmethod
    def _discard(store: Store | None) -> None:
        if store is not None:
            with contextlib.suppress(Exception):
                store.close()

    def _next_request(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._asked or self._closing)
            self._busy = True
            return not self._closing

    @property
    def _interrupted(self) -> bool:
        return self._asked or self._closing

    def _build(self, store: Store) -> None:
        self._place.moved()
        with self._alone() as alone:
            if not alone:
                return
            self._asked = False
            planned = self._planned(store)
            if planned is None:
                return
            self._carry_out(planned, store)
            if self._interrupted:
                return
            self._tidy(store)
            self._count_up(builds=1)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[bool]:
        """Hold the lock of the one that builds; False when closing came before."""
        lock: IO[bytes] | None = None
        while lock is None and not self._closing:
            try:
                lock = self._place.build_lock()
            except OSError:
                break
            if lock is None:
                with self._changed:
                    self._changed.wait_for(lambda: self._closing, _LOOK_AGAIN_S)
        try:
            yield not self._closing
        finally:
            if lock is not None:
                lock.close()

    def _planned(self, store: Store) -> list[walk.Found] | None:
        """Walk, drop what is gone, and return what is to be read; None: interrupted."""
        known = store.known()
        changed: list[walk.Found] = []
        skipped: dict[str, tuple[int, list[tuple[str, str]]]] = {}
        walked = 0
        for walked, found in enumerate(walk.walk(self._root), 1):  # noqa: B007 # counted
            if self._interrupted:
                return None
            if isinstance(found, walk.Skipped):
                number, examples = skipped.get(str(found.reason), (0, []))
                if number < _EXAMPLES:
                    examples.append((found.path, found.detail))
                skipped[str(found.reason)] = (number + 1, examples)
            elif not _unchanged(found, known.pop(found.path, None)):
                changed.append(found)
        self._count_up(walked=walked)
        gone = [File(path=path, size=0, mtime_ns=0) for path in known]
        for start in range(0, len(gone), 500):
            store.write(gone[start : start + 500], ())
        if store.recall("skipped") != _plain(skipped):
            store.remember("skipped", skipped)
        return nearest_first(changed, self._near)

    def _carry_out(self, planned: list[walk.Found], store: Store) -> None:
        done, total = 0, len(planned)
        self._tell(0, total)
        sizes = {found.path: found.size for found in planned}
        with contextlib.closing(self._outcomes(planned, store)) as coming:
            for outcomes in coming:
                store.write(
                    [each.file for each in outcomes],
                    [each.content for each in outcomes if each.content],
                )
                parsed = [each.file for each in outcomes if each.content]
                self._count_up(
                    read=len(outcomes),
                    parsed=len(parsed),
                    parsed_bytes=sum(sizes[each.path] for each in parsed),
                )
                done += len(outcomes)
                self._tell(done, total)

    def _outcomes(
        self, planned: list[walk.Found], store: Store
    ) -> Generator[list[Outcome], None, None]:
        coming = self._until_interrupted(batches(planned))
        few = len(planned) < HERE and self._harmless(planned, store)
        if few or not self._count:
            for batch in coming:
                yield self._read_here(batch, store)
            return
        self._pool = Workers(self._root, self._place.database, self._count)
        try:
            if self._harmless(planned[:FIRST_FILES], store):
                yield self._read_here(next(coming, ()), store)  # while they start
            for outcomes in self._pool.outcomes(coming):
                if self._closing:
                    return
                yield outcomes
            if self._pool.useless:
                _LOG.warning("No worker starts: files are parsed in this process")
                self._count = 0
                self._asked = True
        finally:
            self._count_up(deaths=self._pool.deaths)
            self._pool.close()
            self._pool = None

    def _read_here(self, batch: Batch, store: Store) -> list[Outcome]:
        return [outcome(self._root, found, store.has) for found in batch]

    def _harmless(self, planned: Sequence[walk.Found], store: Store) -> bool:
        known = store.known_of([found.path for found in planned])
        return CRASHED not in known.values()

    def _until_interrupted(self, coming: Iterator[Batch]) -> Iterator[Batch]:
        for batch in coming:
            if self._interrupted:
                return
            yield batch

    def _tidy(self, store: Store) -> None:
        self._place.tidy()
        self._check(store)
        self._read_history()
        store.prune()
        unused = store.unused(max(_UNUSED, self.counts.walked))
        for start in range(0, len(unused), 20):
            if self._interrupted:
                return
            store.drop(unused[start : start + 20])
        for _ in range(10_000):
            if self._interrupted or not store.merge(16):
                return

    def _check(self, store: Store) -> None:
        """Look once for damage that no query met; raises StoreReplaced."""
        database = Path(self._place.database)
        if self._checked or not self._place.database:
            return
        self._checked = True
        try:
            size = database.stat().st_size
        except OSError:  # gone: then all else is to be had from another
            self._place.moved()
            return
        if size < _CHECKED_BYTES:
            damage = store.damage()
            if damage:
                store.replace(sqlite3.DatabaseError(damage))

    def _read_history(self) -> None:
        folder = git_folder(self._root)
        state = folder and [_when(folder / name) for name in ("HEAD", "logs/HEAD")]
        if state != self._history_of:
            self._history_of = state
            self.history = co_changed(self._root, asked=self._history_asked)

    def _updated(self, paths: Sequence[str], store: Store) -> bool:
        self._place.moved()
        for _ in range(2):
            try:
                known = store.known_of(paths)
                if CRASHED in known.values():
                    return False
                outcomes = []
                for path in paths:
                    found = walk.taken(self._root, path)
                    if isinstance(found, walk.Skipped):
                        if (self._root / path).is_dir():
                            return False
                        if path not in known:
                            continue
                        outcomes.append(Outcome(File(path=path, size=0, mtime_ns=0)))
                    else:
                        outcomes.append(outcome(self._root, found, store.has))
                store.write(
                    [each.file for each in outcomes],
                    [each.content for each in outcomes if each.content],
                )
            except StoreReplaced:
                self.refresh()
            except StoreBusy:
                return False
            else:
                return True
        return False

    def _tell(self, done: int, total: int) -> None:
        if self._progress is not None:
            self._progress(done, total)

    def _count_up(self, **more: int) -> None:
        now = self.counts
        self.counts = replace(
            now, **{name: getattr(now, name) + by for name, by in more.items()}
        )


def _when(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def _unchanged(found: walk.Found, known: Known | None) -> bool:
    return (
        known is not None
        and known.size == found.size
        and known.mtime_ns == found.mtime_ns
    )


def _skipped(store: Store) -> Examples:
    found: dict[str, tuple[int, list[tuple[str, str]]]] = {}
    walked = store.recall("skipped")
    if isinstance(walked, dict):
        for reason, (number, examples) in walked.items():
            found[reason] = (number, [(path, detail) for path, detail in examples])
    rows = store.rows("SELECT path, reason, detail FROM files WHERE reason <> ''")
    for path, reason, detail in rows:
        number, examples = found.get(reason, (0, []))
        if len(examples) < _EXAMPLES:
            examples.append((path, detail))
        found[reason] = (number + 1, examples)
    return found


def _plain(skipped: Mapping[str, tuple[int, list[tuple[str, str]]]]) -> object:
    return {
        reason: [number, [list(each) for each in examples]]
        for reason, (number, examples) in skipped.items()
    }
