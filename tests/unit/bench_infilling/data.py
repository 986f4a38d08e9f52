"""Where tasks for tests are: a few of the benchmark's, or one's own."""

import gzip
import json
from pathlib import Path
from typing import Any

from bench.infilling.tasks import SPLITS

FOLDER = Path(__file__).parents[2] / "data" / "humaneval_infilling"

RECORD = {
    "task_id": "Own/0",
    "prompt": "def twice(x):\n",
    "canonical_solution": "    y = x\n",
    "suffix": "    return x + y\n",
    "test": "def check(f):\n    assert f(2) == 4\n",
    "entry_point": "twice",
}


def written(folder: Path, *records: Any, split: str = "single-line") -> Path:
    """Write a file of tasks, and return its folder."""
    path = folder / SPLITS[split]
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)
    return folder
