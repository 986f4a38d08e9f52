"""How the index does on repositories of any size: build, reopening, saves, gather, memory.

A real repository is measured in a copy (without .git): files are saved in it.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import writable, write
from bench.indexing import synthetic
from bench.indexing.measure import Row, measured
from bench.indexing.plot import drawn
from bench.indexing.table import table
from bench.machine import this_machine

GROWING = (500, 5_000, 50_000)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    parser = _parser()
    typed = parser.parse_args(arguments)
    if not (typed.repo or typed.synthetic):
        parser.error("name a --repo, or --synthetic with numbers of files")
    machine = this_machine()
    rows: list[Row] = []
    try:
        for name, root in _roots(typed.repo, typed.synthetic, typed.seed):
            print(f"{name} ...", file=sys.stderr)
            rows.append(measured(name, root, typed.places, typed.seed))
    except subprocess.CalledProcessError as error:
        print(f"bench.indexing: {error}", file=sys.stderr)
        return 1
    print(table(rows, machine))
    if typed.json is not None:
        write(
            typed.json,
            {
                "bench": "indexing",
                "date": datetime.now(UTC).date().isoformat(),
                "machine": asdict(machine),
                "seed": typed.seed,
                "places": typed.places,
                "rows": [asdict(row) for row in rows],
            },
        )
    if typed.plot is not None:
        drawn(rows, typed.plot)
    return 0


def _roots(
    repositories: Sequence[Path], counts: Sequence[int], seed: int
) -> Iterator[tuple[str, Path]]:
    for repository in repositories:
        with _copied(repository) as root:
            yield repository.resolve().name, root
    for count in counts:
        with tempfile.TemporaryDirectory(prefix="bench-indexing-") as name:
            synthetic.write(Path(name) / "synthetic", count, seed)
            yield f"synthetic, {count:,}", Path(name) / "synthetic"


@contextmanager
def _copied(repository: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench-indexing-") as name:
        root = Path(name) / repository.resolve().name
        hidden = shutil.ignore_patterns(".git", ".hg", ".svn")
        shutil.copytree(repository, root, symlinks=True, ignore=hidden)
        yield root


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.indexing",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--repo", type=_folder, action="append", default=[], metavar="DIR"
    )
    parser.add_argument(
        "--synthetic",
        type=int,
        nargs="*",
        default=[],
        metavar="FILES",
        help="make repositories of so many files; "
        f"the goals are told for {', '.join(map(str, GROWING))}",
    )
    parser.add_argument(
        "--places", type=int, default=300, help="gathers measured (default %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=writable, metavar="FILE")
    parser.add_argument("--plot", type=writable, metavar="FILE", help="an SVG")
    return parser


def _folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is no folder")
    return path


if __name__ == "__main__":
    sys.exit(main())
