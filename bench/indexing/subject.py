"""The process that is measured: ``python -m bench.indexing.subject WHAT ROOT CACHE ...``.

It prints one line of JSON. ``build`` and ``open`` each do in a process of their own what an
editor's first and second start do.
"""

import gc
import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from retrieval.gather import Query, gather
from retrieval.index import Index
from retrieval.source import Cursor, Document, split_lines

_BUDGET = 2048
_KEYS = 4
_SAVES = 40
_WARM_UP = 20
_WRITTEN = 6
"""Signs on a line that is worth stopping at."""


def main(words: list[str]) -> None:
    what, root, cache, count, seed = words
    gc.freeze()
    gc.disable()  # as the context worker does, which collects between answers
    with Index(Path(root), Path(cache), tell=_say) as index:
        if what == "build":
            print(json.dumps(_built(index)))
        else:
            draw = random.Random(int(seed))
            print(json.dumps(_opened(index) | _used(index, int(count), draw)))


def _built(index: Index) -> dict[str, float]:
    """Build from nothing, and tell when the first definition could be had."""
    started = time.perf_counter()
    first: list[float] = []

    def progress(done: int, _total: int) -> None:
        if done and not first:
            first.append(time.perf_counter() - started)

    index.refresh(progress)
    index.wait()
    return {
        "build_s": time.perf_counter() - started,
        "first_s": first[0] if first else 0.0,
        "files": index.files(),
        "parsed_bytes": index.counts.parsed_bytes,
    }


def _opened(index: Index) -> dict[str, float]:
    started = time.perf_counter()
    files = index.files()
    listed = time.perf_counter()
    index.refresh()
    index.wait()
    return {
        "listed_s": listed - started,
        "reopen_s": time.perf_counter() - started,
        "read_again": index.counts.read,
        "opened_files": files,
    }


def _used(index: Index, count: int, draw: random.Random) -> dict[str, list[float]]:
    """Return seconds: of saves, of gathers at places jumped to, and of those typed at."""
    jumped, typed = [], []
    for path, line in _places(index, count + _WARM_UP, draw):
        times = _visit(index, path, line)
        gc.collect(1)
        jumped.append(times[0])
        typed += times[1:]
    jumped, typed = jumped[_WARM_UP:], typed[_WARM_UP * _KEYS :]
    return {"jumped_s": jumped, "typed_s": typed, "saved_s": list(_saves(index, draw))}


def _places(index: Index, count: int, draw: random.Random) -> Iterator[tuple[str, int]]:
    """Draw files, and a line with something on it in each."""
    paths = sorted(index.saved_paths())
    for _ in range(count * 20):
        path = draw.choice(paths)
        entry = index.entry(path)
        lines = entry.lines if entry and entry.outline.definitions else ()
        written = [at for at, line in enumerate(lines) if len(line.strip()) >= _WRITTEN]
        if written:
            yield path, draw.choice(written)
            count -= 1
        if not count:
            return


def _visit(index: Index, path: str, line: int) -> list[float]:
    """Open a file, gather at the half of a line, then after each of some keystrokes."""
    entry = index.entry(path)
    if entry is None:
        return []
    lines = list(split_lines("\n".join(entry.lines)))
    column = len(lines[line].rstrip()) // 2
    index.overlay(path, lines)
    times = [_gathered(index, path, lines, line, column)]
    for key in "abcd"[:_KEYS]:
        lines[line] = lines[line][:column] + key + lines[line][column:]
        column += 1
        index.overlay_edited(path, line, line + 1, [lines[line]])
        times.append(_gathered(index, path, lines, line, column))
    index.drop_overlay(path)
    return times


def _gathered(
    index: Index, path: str, lines: list[str], line: int, column: int
) -> float:
    document = Document(
        uri=f"file:///{path}", language="", version=1, lines=tuple(lines)
    )
    query = Query(cursor=Cursor(document, line, column), path=path)
    started = time.perf_counter()
    gather(index, query, budget=_BUDGET)
    return time.perf_counter() - started


def _saves(index: Index, draw: random.Random) -> Iterator[float]:
    """Add a definition to files, save, and wait until it can be found; undone after."""
    for number, (path, _) in enumerate(_places(index, _SAVES, draw)):
        file = index.root / path
        before = file.read_bytes()
        name = f"saved_by_the_bench_{number}"
        try:
            file.write_bytes(_with(name, path) + before)
            started = time.perf_counter()
            index.update([path])
            found = index.postings(name, 1)
            seconds = time.perf_counter() - started
        finally:
            file.write_bytes(before)
            index.update([path])
        if not found:
            raise RuntimeError(f"{path} was saved and not found")
        yield seconds


def _with(name: str, path: str) -> bytes:
    sign = "#" if path.endswith((".py", ".sh", ".rb", ".php")) else "//"
    return f"{sign} {name}\n".encode()


def _say(message: str) -> None:
    print(message, file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
