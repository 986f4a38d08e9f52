"""How long a hover takes: from the request to its answer, over stdio, with a built index.

A real server with the scripted engine, and its context worker. Documents are opened one
after the other, as somebody reads code: the first hover comes at once, with the opening in
front of it, the others follow. Names are drawn by a seed, from all of a file's lines but
keywords; some mean nothing that the repository knows.
"""

import argparse
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import figures
from bench.client import ServerFailed
from bench.connection import Connection
from bench.indexing import synthetic
from bench.machine import Machine, this_machine
from bench.overhead import percentile
from bench.progress import Progress
from retrieval.index import Index
from retrieval.languages import language_of

_NAME = re.compile(r"[A-Za-z_]\w+")
_PER_FILE = 4
_WARM_UP = 12
"""Documents: a grammar is loaded when its first file is met, once for a session."""

_CAPABILITIES = {
    "textDocument": {"hover": {"contentFormat": ["markdown"]}},
    "window": {"workDoneProgress": True},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Hovers of one kind; ``told`` of them had something to say. Milliseconds."""

    what: str
    hovers: int
    told: int
    p50: float
    p95: float
    most: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    typed = _parser().parse_args(arguments)
    machine = this_machine()
    try:
        with _repository(typed.repo, typed.files, typed.seed) as (name, root):
            files, rows = measured(root, typed.documents, typed.seed)
    except ServerFailed as error:
        print(f"bench.hover: {error}", file=sys.stderr)
        return 1
    print(table(name, files, rows, machine))
    if typed.json is not None:
        figures.write(
            typed.json,
            {
                "bench": "hover",
                "date": datetime.now(UTC).date().isoformat(),
                "machine": asdict(machine),
                "repository": name,
                "files": files,
                "seed": typed.seed,
                "rows": [asdict(row) for row in rows],
            },
        )
    return 0


def measured(root: Path, documents: int, seed: int) -> tuple[int, list[Row]]:
    """Return how many files are indexed, and the figures; raises ServerFailed."""
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="bench-hover-") as name:
        folder = Path(name)
        with Index(root, folder / "index") as index:
            index.refresh()
            index.wait()
            paths = sorted(index.saved_paths())
        draw.shuffle(paths)
        known = [path for path in paths if language_of(path) is not None]
        with _server(folder, root) as server:
            samples = [*_hovers(server, root, known[: documents + _WARM_UP], draw)]
    return len(paths), [
        _row("first, as the file is opened", [one for one in samples if one[0]]),
        _row("further ones", [one for one in samples if not one[0]]),
    ]


def table(name: str, files: int, rows: Sequence[Row], machine: Machine) -> str:
    """Return what is printed."""
    where = f"{machine.cpu}, {machine.cores} cores, {machine.system}"
    lines = [
        f"{where}, Python {machine.python}; load {machine.load} from others and this",
        f"{name}: {files:,} files",
        "",
        "| hover | times | with an answer | p50, ms | p95, ms | most, ms |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {row.what} | {row.hovers} | {row.told} "
        f"| {row.p50:.1f} | {row.p95:.1f} | {row.most:.1f} |"
        for row in rows
    ]
    return "\n".join(lines)


_Sample = tuple[bool, bool, float]
"""Whether it was the first of its document, whether it told something, milliseconds."""


def _hovers(
    server: Connection, root: Path, paths: Sequence[str], draw: random.Random
) -> Iterator[_Sample]:
    progress = Progress("hover", len(paths))
    for number, path in enumerate(paths):
        progress.step()
        text = (root / path).read_text(encoding="utf-8", errors="replace")
        places = [*_places(path, text, draw)]
        language = language_of(path)
        if not places or language is None:
            continue
        uri = (root / path).as_uri()
        item = {"uri": uri, "languageId": language.ids[0], "version": 1, "text": text}
        server.notify("textDocument/didOpen", {"textDocument": item})
        for first, place in enumerate(places):
            started_ns = time.monotonic_ns()
            asked = {"textDocument": {"uri": uri}, "position": place}
            answer = server.wait(server.ask("textDocument/hover", asked))
            if answer.error is not None:
                raise ServerFailed(f"The server refused a hover: {answer.error}")
            if number >= _WARM_UP:
                milliseconds = (answer.at_ns - started_ns) / 1e6
                yield first == 0, answer.result is not None, milliseconds
        server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def _places(path: str, text: str, draw: random.Random) -> Iterator[dict[str, int]]:
    """Yield LSP's places of some names; lines with more than ASCII are left out."""
    language = language_of(path)
    found = [
        {"line": row, "character": name.start()}
        for row, line in enumerate(text.split("\n"))
        if line.isascii()
        for name in _NAME.finditer(line)
        if language is not None and name[0] not in language.keywords
    ]
    yield from draw.sample(found, min(_PER_FILE, len(found)))


@contextmanager
def _server(folder: Path, root: Path) -> Iterator[Connection]:
    """Start a server on the folder's index; it is ready, and has looked at all files."""
    script = folder / "script.json"
    script.write_text(json.dumps({"answers": []}), encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CODELLAMA_")}
    env = kept | {
        "CODELLAMA_CONFIG": str(folder / "none.toml"),
        "CODELLAMA_CACHE": str(folder / "index"),
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    command = [sys.executable, "-m", "lsp_server", "--engine", "scripted"]
    command += ["--script", str(script), "--log-level", "warning"]
    with Connection(command, env, folder) as server:
        told: dict[str, Any] = {"uri": root.as_uri(), "name": root.name}
        server.call(
            "initialize",
            {
                "processId": None,
                "rootUri": root.as_uri(),
                "workspaceFolders": [told],
                "capabilities": _CAPABILITIES,
            },
        )
        server.notify("initialized", {})
        server.wait_ready()
        yield server


@contextmanager
def _repository(
    repository: Path | None, count: int, seed: int
) -> Iterator[tuple[str, Path]]:
    """Yield the repository's name, and a copy of it, or a synthetic one."""
    with tempfile.TemporaryDirectory(prefix="bench-hover-") as name:
        if repository is None:
            root = Path(name) / "synthetic"
            synthetic.write(root, count, seed)
            yield f"synthetic, {count:,}", root
            return
        root = Path(name) / repository.resolve().name
        hidden = shutil.ignore_patterns(".git", ".hg", ".svn")
        shutil.copytree(repository, root, symlinks=True, ignore=hidden)
        yield root.name, root


def _row(what: str, samples: Sequence[_Sample]) -> Row:
    spent = [milliseconds for _, _, milliseconds in samples] or [0.0]
    return Row(
        what=what,
        hovers=len(samples),
        told=sum(told for _, told, _ in samples),
        p50=round(percentile(spent, 50), 2),
        p95=round(percentile(spent, 95), 2),
        most=round(max(spent), 2),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.hover",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--repo", type=_folder, metavar="DIR", help="instead of one made"
    )
    parser.add_argument(
        "--files", type=int, default=5_000, help="of the one made (default %(default)s)"
    )
    parser.add_argument(
        "--documents", type=int, default=150, help="opened (default %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=figures.writable, metavar="FILE")
    return parser


def _folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is no folder")
    return path


if __name__ == "__main__":
    sys.exit(main())
