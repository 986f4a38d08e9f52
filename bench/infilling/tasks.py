"""The benchmark's tasks, read from its files as they are published."""

import gzip
import json
import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SPLITS = {
    "single-line": "HumanEval-SingleLineInfilling.jsonl.gz",
    "multi-line": "HumanEval-MultiLineInfilling.jsonl.gz",
    "random-span": "HumanEval-RandomSpanInfilling.jsonl.gz",
    "random-span-light": "HumanEval-RandomSpanInfillingLight.jsonl.gz",
}
"""Name and file, as in openai/human-eval-infilling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One hole in one solved problem; ``test`` defines ``check``, for ``entry_point``."""

    id: str
    prefix: str
    suffix: str
    middle: str
    test: str
    entry_point: str


_FIELDS = {
    "id": "task_id",
    "prefix": "prompt",
    "suffix": "suffix",
    "middle": "canonical_solution",
    "test": "test",
    "entry_point": "entry_point",
}


class BadData(Exception):
    """A file of tasks that is none, in one line for the user."""


def read_tasks(folder: Path, split: str) -> tuple[Task, ...]:
    """Return all tasks of ``split``, in the file's order; raises BadData."""
    if not folder.is_dir():
        raise BadData(f"there is no folder {folder}")
    path = folder / SPLITS[split]
    tasks = tuple(_task(path, number, line) for number, line in _lines(path))
    if not tasks:
        raise BadData(f"{path} has no tasks")
    return tasks


def sampled(tasks: Sequence[Task], limit: int | None, seed: int) -> tuple[Task, ...]:
    """Return ``limit`` of the tasks, in their order; all if there are no more."""
    if limit is None or limit >= len(tasks):
        return tuple(tasks)
    chance = random.Random(seed)
    return tuple(tasks[at] for at in sorted(chance.sample(range(len(tasks)), limit)))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            yield from ((n, line) for n, line in enumerate(file, 1) if line.strip())
    except FileNotFoundError:
        raise BadData(f"there is no {path}") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BadData(f"{path} is no whole gzip file: {error}") from None
    except UnicodeDecodeError:
        raise BadData(f"{path} does not hold UTF-8 text") from None
    except OSError as error:
        raise BadData(f"{path} cannot be read: {error.strerror}") from None


def _task(path: Path, number: int, line: str) -> Task:
    where = f"{path}, line {number}"
    try:
        read = json.loads(line)
    except (ValueError, RecursionError):
        raise BadData(f"{where}: this is no JSON") from None
    if not isinstance(read, dict):
        raise BadData(f"{where}: this is no JSON object")
    for field in _FIELDS.values():
        if field not in read:
            raise BadData(f"{where}: the field {field!r} is missing")
        if not isinstance(read[field], str):
            raise BadData(f"{where}: the field {field!r} is no text")
    return Task(**{name: read[field] for name, field in _FIELDS.items()})
