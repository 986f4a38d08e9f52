"""In which order files are read, and how many at a time."""

from collections.abc import Iterator, Sequence
from itertools import count

from retrieval.build.workers import Batch
from retrieval.files.walk import Found

FIRST_FILES = 4
_BATCH_FILES = 32
_BATCH_BYTES = 256 << 10


def batches(planned: Sequence[Found]) -> Iterator[Batch]:
    """Cut into batches; the first are small, so that something is known at once."""
    batch: list[Found] = []
    size, most = 0, FIRST_FILES
    for found in planned:
        batch.append(found)
        size += found.size
        if len(batch) >= most or size >= _BATCH_BYTES:
            yield batch
            batch, size, most = [], 0, min(_BATCH_FILES, most * 2)
    if batch:
        yield batch


def nearest_first(planned: list[Found], near: Sequence[str]) -> list[Found]:
    """Order by the steps from folder to folder, up and down, to the nearest of ``near``."""
    folders = {tuple(path.split("/")[:-1]) for path in near} or {()}
    steps: dict[str, int] = {}

    def distance(found: Found) -> int:
        folder = found.path.rpartition("/")[0]
        if folder not in steps:
            parts = folder.split("/") if folder else []
            steps[folder] = min(_steps(parts, other) for other in folders)
        return steps[folder]

    return sorted(planned, key=distance)


def _steps(one: Sequence[str], other: Sequence[str]) -> int:
    shared = next(
        (
            at
            for at in count()
            if at >= min(len(one), len(other)) or one[at] != other[at]
        ),
        0,
    )
    return len(one) + len(other) - 2 * shared
