"""Faults, caused: a damaged store, a full disk, two servers, a branch switched, a worker killed."""

import contextlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from retrieval.build.workers import Workers
from retrieval.files.walk import Found
from retrieval.index import Index
from tests.unit.retrieval.trees import (
    LONG_S,
    build,
    defined,
    indexed,
    module,
    modules,
    paths_with,
    write,
)

MANY = 240


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    write(folder, modules(MANY))
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def whole(index: Index) -> None:
    """Check that all is there, by each of the tables."""
    assert index.files() == MANY
    for number in (0, 101, MANY - 1):
        path = f"pkg{number % 7}/module{number}.py"
        assert defined(index, f"Thing{number}") == [f"{path}:3"]
        assert paths_with(index, f"method_{number}") == [path]
        entry = index.entry(path)
        assert entry is not None
        assert "\n".join(entry.lines) == module(number)
    assert index.files() == MANY


# a damaged store


def overwritten(file: Path, start: float, end: float) -> None:
    """Put noise over a part of the file, told in shares of its size."""
    size = file.stat().st_size
    with file.open("r+b") as opened:
        opened.seek(int(size * start))
        opened.write(b"\xa5noise\x00" * (int(size * (end - start)) // 7))


def truncated(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2 + 100)


DAMAGES = {
    "header": lambda file: overwritten(file, 0, 0.01),
    "all but the header": lambda file: overwritten(file, 0.05, 1),
    "middle": lambda file: overwritten(file, 0.4, 0.6),
    "end": lambda file: overwritten(file, 0.8, 1),
    "half": truncated,
    "empty": lambda file: os.truncate(file, 0),
    "no database": lambda file: file.write_bytes(b"something else" * 1000),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_store_is_built_anew_and_told_once(
    root: Path, cache: Path, damage: str
) -> None:
    with indexed(root, cache) as index:
        whole(index)
    (file,) = cache.glob("*/index-*.db")
    DAMAGES[damage](file)
    told: list[str] = []
    with Index(root, cache, workers=0, tell=told.append) as index:
        index.files()
        index.definitions("Thing0")
        build(index)
        index.files()
        build(index)
        whole(index)
        assert not index.in_memory
    assert [("damaged" in each) for each in told] == [True] * (damage != "empty")
    with indexed(root, cache, tell=told.append) as index:
        assert index.counts.parsed == 0
        whole(index)
    assert len(told) <= 1


def test_a_store_damaged_while_it_is_used_is_built_anew(
    root: Path, cache: Path
) -> None:
    told: list[str] = []
    with indexed(root, cache, tell=told.append) as index:
        index._stored.store.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        (file,) = cache.glob("*/index-*.db")
        overwritten(file, 0.02, 1)
        index._stored.store.rows("PRAGMA shrink_memory")
        write(root, {f"new{n}.py": module(1000 + n) for n in range(5)})
        index.update([f"new{n}.py" for n in range(5)])
        for number in range(MANY):
            index.definitions(f"Thing{number}")
        assert index.wait(LONG_S)
        build(index)
        assert index.files() == MANY + 5
        assert defined(index, "Thing1003") == ["new3.py:3"]
        assert defined(index, "Thing101") == ["pkg3/module101.py:3"]
    assert len(told) == 1


# a disk that cannot be written


@contextlib.contextmanager
def small_disk(folder: Path, kib: int) -> Iterator[Path]:
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("nothing can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("kib", [16, 120, 400])
def test_on_a_full_disk_it_works_in_memory_and_tells_once(
    root: Path, tmp_path: Path, kib: int
) -> None:
    told: list[str] = []
    with (
        small_disk(tmp_path / "disk", kib) as disk,
        indexed(root, disk / "cache", workers=2, tell=told.append) as index,
    ):
        index.files()
        build(index)
        whole(index)
        assert index.in_memory
        (root / "saved.py").write_text("def saved(): ...\n")
        index.update(["saved.py"])
        assert defined(index, "saved") == ["saved.py:0"]
    assert len(told) == 1
    assert "in memory" in told[0]


FULL = """
import resource, sys
from pathlib import Path
from retrieval.index import Index
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
told = []
with Index(Path(sys.argv[1]), Path(sys.argv[2]), workers=0, tell=told.append) as index:
    index.refresh()
    index.wait(60)
    index.files()
    index.refresh()
    index.wait(60)
    found = [path for path, _ in index.definitions("Thing101")]
    print(index.files(), index.in_memory, len(told), *found)
"""


@pytest.mark.parametrize("limit", [1, 50_000, 300_000])
def test_where_a_file_may_not_grow_it_works_in_memory(
    root: Path, cache: Path, limit: int
) -> None:
    assert resource.RLIMIT_FSIZE
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(root), str(cache), str(limit)],
        check=True,
        capture_output=True,
        text=True,
        timeout=LONG_S,
    )
    assert done.stdout.split() == [str(MANY), "True", "1", "pkg3/module101.py"]


def test_where_there_can_be_no_folder_it_works_in_memory(
    root: Path, cache: Path
) -> None:
    cache.write_text("a file")
    told: list[str] = []
    with indexed(root, cache, tell=told.append) as index:
        whole(index)
        assert index.in_memory
    assert len(told) == 1


def test_without_a_folder_it_works_in_memory_and_tells_nothing(root: Path) -> None:
    told: list[str] = []
    with indexed(root, None, workers=2, tell=told.append) as index:
        whole(index)
    assert told == []


# two servers


SERVER = """
import os, sys, time
from pathlib import Path
from retrieval.index import Index
root, cache, slow = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
def progress(done, total):
    if done:
        print("done", done, flush=True)
        time.sleep(slow)
told = []
with Index(root, cache, workers=1, tell=told.append) as index:
    index.refresh(progress)
    index.wait()
    found = [path for path, _ in index.definitions("Thing101")]
    counts = index.counts
    print("end", index.files(), counts.parsed, len(told), *found, flush=True)
    sys.stdin.read()
"""


def server(root: Path, cache: Path, slow_s: float = 0.0) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", SERVER, str(root), str(cache), str(slow_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def ended(process: "subprocess.Popen[str]") -> list[str]:
    """Let a server end, and return its last line's words."""
    out, _ = process.communicate(timeout=LONG_S)
    return out.splitlines()[-1].split()


def test_two_servers_build_one_index_once(root: Path, cache: Path) -> None:
    pair = [server(root, cache), server(root, cache)]
    lines = [ended(each) for each in pair]
    assert [line[:2] for line in lines] == [["end", str(MANY)]] * 2
    assert sum(int(line[2]) for line in lines) == MANY
    assert [line[3:] for line in lines] == [["0", "pkg3/module101.py"]] * 2


def test_one_server_follows_what_the_other_builds(root: Path, cache: Path) -> None:
    with Index(root, cache, workers=0) as follower:
        assert follower.files() == 0
        other = server(root, cache)
        assert other.stdout is not None
        while not other.stdout.readline().startswith("end"):
            pass
        until(lambda: follower.files() == MANY)
        whole(follower)
        other.communicate(timeout=LONG_S)


def test_when_a_building_server_is_killed_the_other_builds_on(
    root: Path, cache: Path
) -> None:
    first = server(root, cache, slow_s=0.3)
    assert first.stdout is not None
    assert first.stdout.readline().startswith("done")
    with Index(root, cache, workers=0) as second:
        second.refresh()
        assert not second.wait(0.2)
        first.send_signal(signal.SIGKILL)
        first.communicate()
        assert second.wait(LONG_S)
        assert 0 < second.counts.parsed < MANY
        whole(second)


def test_a_store_that_another_server_replaced_is_left_for_the_new_one(
    root: Path, cache: Path
) -> None:
    told: list[str] = []
    with indexed(root, cache, tell=told.append) as one:
        (file,) = cache.glob("*/index-*.db")
        for each in file.parent.glob(f"{file.name}*"):
            each.unlink()
        with indexed(root, cache) as other:
            (root / "new.py").write_text("def new(): ...\n")
            one.update(["new.py"])
            other.update([])
            assert other.has("new.py")
        build(one)
        assert one.files() == MANY + 1
    assert told == []


# branches


def git(root: Path, *words: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "gc.auto=0"]
    command = ["git", *identity, *words]
    subprocess.run(command, cwd=root, check=True, capture_output=True)


def test_a_branch_switched_during_the_build_is_what_is_found(
    root: Path, cache: Path
) -> None:
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "one")
    git(root, "checkout", "-qb", "other")
    for number in range(0, MANY, 2):
        (root / f"pkg{number % 7}/module{number}.py").write_text(module(number + 5000))
    git(root, "rm", "-q", "pkg1/module1.py")
    git(root, "commit", "-qam", "two")
    git(root, "checkout", "-q", "main")
    with Index(root, cache, workers=1) as index:
        branches = iter(["other", "main", "other"])

        def switch(done: int, _total: int) -> None:
            branch = next(branches, None) if done else None
            if branch:
                git(root, "checkout", "-q", branch)
                index.refresh()

        index.refresh(switch)
        assert index.wait(LONG_S)
        build(index)
        assert index.files() == MANY - 1
        assert defined(index, "Thing5000") == ["pkg0/module0.py:3"]
        assert defined(index, "Thing0") == []
        assert defined(index, "Thing1") == []
        parsed = index.counts.parsed
        git(root, "checkout", "-q", "main")
        build(index)
        git(root, "checkout", "-q", "other")
        build(index)
        assert index.counts.parsed <= parsed + MANY
        parsed = index.counts.parsed
        git(root, "checkout", "-q", "main")
        build(index)
        whole(index)
        assert index.counts.parsed == parsed


# workers


def test_a_killed_worker_loses_no_file(root: Path, cache: Path) -> None:
    with Index(root, cache, workers=2) as index:
        killed: list[int] = []

        def kill(done: int, _total: int) -> None:
            if done and not killed:
                killed.append(index.worker_pids[0])
                os.kill(killed[0], signal.SIGKILL)

        index.refresh(kill)
        assert index.wait(LONG_S)
        assert index.counts.deaths == 1
        assert index.skipped() == {}
        whole(index)


ORPHANING = """
import sys
from pathlib import Path
from retrieval.files.walk import Found
from retrieval.build.workers import Workers
workers = Workers(Path(sys.argv[1]), "", 1, before=sys.argv[2])
print(*workers.pids, flush=True)
endless = Found(path="endless.py", size=1, mtime_ns=1)
print(len(list(workers.outcomes([[endless]]))))
"""


def test_a_worker_dies_with_the_server_whatever_it_is_doing(root: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", ORPHANING, str(root), DEADLY],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    until((root / "endless.begun").exists)
    assert alive(pid)
    process.kill()
    process.communicate()
    until(lambda: not alive(pid))


def until(so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG_S
    while not so() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert so()


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


DEADLY = """
import os, time
import retrieval.build.worker as worker
read = worker.outcome
def outcome(root, found, has):
    if "deadly" in found.path:
        os._exit(1)
    if "endless" in found.path:
        (root / "endless.begun").touch()
        time.sleep(600)
    return read(root, found, has)
worker.outcome = outcome
"""
"""Put before a worker's own code: what a fault in a parser would do to it."""


def test_a_file_that_kills_its_worker_twice_is_skipped(root: Path) -> None:
    names = [*(f"module{n}.py" for n in range(6)), "deadly.py", "endless.py"]
    write(root, {name: module(n) for n, name in enumerate(names)})
    planned = [Found(path=name, size=1, mtime_ns=1) for name in names]
    workers = Workers(root, "", 1, limit_s=2, before=DEADLY)
    try:
        batches = [planned[:2], planned[2:]]
        outcomes = [one for some in workers.outcomes(batches) for one in some]
    finally:
        workers.close()
    reasons = {one.file.path: one.file.reason for one in outcomes}
    assert len(outcomes) == len(names)
    assert reasons == dict.fromkeys(names[:6], "") | {
        "deadly.py": "crashed",
        "endless.py": "crashed",
    }
    assert {one.file.detail for one in outcomes if one.file.reason} == {
        "its worker died",
        "took over 2 s",
    }


def test_where_no_worker_starts_files_are_parsed_in_this_process(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with indexed(root, cache, workers=2) as index:
        whole(index)
        assert index.counts.parsed == MANY
