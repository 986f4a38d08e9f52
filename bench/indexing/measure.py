"""One repository measured, by processes that do what an editor's starts do."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.indexing.memory import Peak
from bench.overhead import percentile

_OPENINGS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Milliseconds."""

    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What came out for one repository.

    ``files`` and ``source_mb`` (10^6 bytes) are those indexed, files with the same content
    once. ``first_ms`` is when the first files could be found, ``reopen_ms`` (the median)
    until all files were compared with what was known, ``listed_ms`` until the first answer.
    ``jumped`` are gathers in a file that was just opened, ``typed`` those after a
    keystroke there. The peaks are sums over the process and its workers.
    """

    name: str
    files: int
    source_mb: float
    build_s: float
    mb_per_s: float
    first_ms: float
    listed_ms: float
    reopen_ms: float
    saved: Spread
    jumped: Spread
    typed: Spread
    build_peak_mb: float
    use_peak_mb: float
    store_mb: float


def measured(name: str, root: Path, places: int, seed: int) -> Row:
    """Measure a repository; raises subprocess.CalledProcessError."""
    with tempfile.TemporaryDirectory(prefix="bench-indexing-") as folder:
        cache = Path(folder)
        built, build_peak = _subject("build", root, cache, 0, seed)
        openings = [
            _subject("open", root, cache, 0, seed)[0] for _ in range(_OPENINGS - 1)
        ]
        used, use_peak = _subject("open", root, cache, places, seed)
        openings.append(used)
        stored = sum(file.stat().st_size for file in cache.rglob("index-*"))
    return Row(
        name=name,
        files=built["files"],
        source_mb=round(built["parsed_bytes"] / 1e6, 2),
        build_s=round(built["build_s"], 2),
        mb_per_s=round(built["parsed_bytes"] / 1e6 / built["build_s"], 2),
        first_ms=round(built["first_s"] * 1e3, 1),
        listed_ms=_median_ms([one["listed_s"] for one in openings]),
        reopen_ms=_median_ms([one["reopen_s"] for one in openings]),
        saved=_spread(used["saved_s"]),
        jumped=_spread(used["jumped_s"]),
        typed=_spread(used["typed_s"]),
        build_peak_mb=round(build_peak / 1e6, 1),
        use_peak_mb=round(use_peak / 1e6, 1),
        store_mb=round(stored / 1e6, 1),
    )


def _subject(
    what: str, root: Path, cache: Path, count: int, seed: int
) -> tuple[dict[str, Any], int]:
    """Return what the process printed, and the most memory that it held."""
    command = [sys.executable, "-m", "bench.indexing.subject", what]
    command += [str(root), str(cache), str(count), str(seed)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,
        Peak(process.pid) as peak,
    ):
        printed, _ = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return json.loads(printed), peak.bytes


def _median_ms(seconds: Sequence[float]) -> float:
    return round(percentile(seconds, 50) * 1e3, 1)


def _spread(seconds: Sequence[float]) -> Spread:
    p50, p95, p99 = (
        round(percentile(seconds, percent) * 1e3, 2) if seconds else 0.0
        for percent in (50, 95, 99)
    )
    return Spread(p50=p50, p95=p95, p99=p99)
