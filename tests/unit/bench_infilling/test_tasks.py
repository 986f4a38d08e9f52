"""Reading the benchmark's files, and what is said of files that are none."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest

from bench.infilling.tasks import SPLITS, BadData, read_tasks, sampled
from tests.unit.bench_infilling.data import FOLDER, RECORD, written

FILE = SPLITS["single-line"]


@pytest.mark.parametrize("split", SPLITS)
def test_the_files_are_read_as_they_are_published(split: str) -> None:
    tasks = read_tasks(FOLDER, split)
    assert len({task.id for task in tasks}) == 6
    for task in tasks:
        whole = task.prefix + task.middle + task.suffix
        assert f"def {task.entry_point}(" in whole
        assert "def check(candidate):" in task.test
        compile(whole, task.id, "exec")


def test_a_sample_is_the_seeds_and_in_order() -> None:
    tasks = read_tasks(FOLDER, "multi-line")
    some = sampled(tasks, 3, seed=1)
    assert len(some) == 3
    assert [*some] == sorted(some, key=tasks.index)
    assert some == sampled(tasks, 3, seed=1)
    assert {sampled(tasks, 3, seed) for seed in range(9)} != {some}
    assert sampled(tasks, 99, seed=1) == sampled(tasks, None, seed=1) == tasks


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ([], "this is no JSON object"),
        ({**RECORD, "suffix": 3}, "the field 'suffix' is no text"),
        ({**RECORD, "prompt": None}, "the field 'prompt' is no text"),
        (
            {name: RECORD[name] for name in RECORD if name != "test"},
            "the field 'test' is missing",
        ),
    ],
)
def test_another_shape_is_told_by_file_line_and_field(
    record: Any, says: str, tmp_path: Path
) -> None:
    folder = written(tmp_path, RECORD, record)
    with pytest.raises(BadData) as told:
        read_tasks(folder, "single-line")
    assert str(told.value) == f"{tmp_path / FILE}, line 2: {says}"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"no gzip", "is no whole gzip file: Not a gzipped file"),
        (b"", "has no tasks"),
        (gzip.compress(b"\n \n", mtime=0), "has no tasks"),
        (gzip.compress(b"{" * 99, mtime=0), "line 1: this is no JSON"),
        (gzip.compress(b"[" * 99_999, mtime=0), "line 1: this is no JSON"),
        (gzip.compress(b'"\xff"', mtime=0), "does not hold UTF-8 text"),
        (
            gzip.compress(b"x" * 99, mtime=0)[:-9],
            "is no whole gzip file: Compressed file ended",
        ),
        (
            gzip.compress(b"x" * 99, mtime=0)[:10] + b"\xff" * 9,
            "is no whole gzip file: Error",
        ),
    ],
)
def test_a_file_that_is_none_is_told(content: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(BadData, match=re.escape(says)) as told:
        read_tasks(tmp_path, "single-line")
    assert str(told.value).startswith(str(tmp_path / FILE))


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadData, match=r"there is no folder .*nowhere"):
        read_tasks(tmp_path / "nowhere", "single-line")
    with pytest.raises(BadData, match=rf"there is no .*{FILE}"):
        read_tasks(tmp_path, "single-line")
    (tmp_path / FILE).mkdir()
    with pytest.raises(BadData, match="cannot be read: Is a directory"):
        read_tasks(tmp_path, "single-line")
