"""What the server adds to the engine's own time, in milliseconds.

A real server process over stdio, the scripted engine without delay, the demo model's
tokenizer. Two spans for each request: from the first byte of the keystroke before it to
the engine's call, and from the engine's last piece to the last byte of the answer.
"""

import argparse
import json
import math
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from bench.client import Client, ServerFailed, Timed
from bench.keystrokes import Keystroke, python_source, visits
from bench.machine import Machine, this_machine

_ANSWER = "\N{CURRENCY SIGN}total = self.compute(values, key=first)"
"""Nobody types how it begins: each request must reach the engine, none is answered from
what was generated before."""

_WARM_UP = 40
"""Requests before the first sample: what a process does only once is not a keystroke's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One request. ``moved``: it is the first after the cursor went elsewhere."""

    moved: bool
    prompt_tokens: int
    to_engine_ms: float
    to_answer_ms: float

    @property
    def total_ms(self) -> float:
        return self.to_engine_ms + self.to_answer_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The samples of one file; ``samples`` of which are what ``what`` says."""

    lines: int
    what: str
    samples: int
    prompt_tokens: int
    to_engine_ms: Percentiles
    to_answer_ms: Percentiles
    total_ms: Percentiles


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    typed = _parser().parse_args(arguments)
    machine = this_machine()
    rows: list[Row] = []
    for lines in typed.lines:
        _say(f"{lines:,} lines: {typed.samples:,} requests ...")
        try:
            samples = measure(lines, typed.samples, typed.seed, typed.pause_ms / 1000)
        except (ServerFailed, ValueError) as error:
            _say(str(error))
            return 1
        rows += summarised(lines, samples)
    print(table(rows, machine, typed.seed, typed.pause_ms))
    if typed.json is not None:
        written = {
            "bench": "overhead",
            "date": datetime.now(UTC).date().isoformat(),
            "machine": asdict(machine),
            "seed": typed.seed,
            "pause_ms": typed.pause_ms,
            "rows": [asdict(row) for row in rows],
        }
        typed.json.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    return 0


def measure(lines: int, count: int, seed: int, pause_s: float) -> list[Sample]:
    """Return ``count`` samples in a file of ``lines`` lines; raises ServerFailed."""
    source = python_source(lines, seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script, journal = folder / "script.json", folder / "journal.jsonl"
        answers = {"answers": [{"text": _ANSWER}], "window_tokens": 16_384}
        script.write_text(json.dumps(answers), encoding="utf-8")
        arguments = [
            *("--engine", "scripted", "--script", str(script)),
            *("--journal", str(journal), "--model", "demo", "--log-level", "warning"),
        ]
        with Client(arguments, folder) as client:
            client.start()
            client.open("file:///bench/source.py", "python", "\n".join(source) + "\n")
            typing = _typed(client, source, seed, pause_s)
            pairs = list(islice(typing, _WARM_UP + count))
        events = [json.loads(line) for line in journal.read_text().splitlines()]
    return _samples(pairs, events)[_WARM_UP:]


def summarised(lines: int, samples: Sequence[Sample]) -> list[Row]:
    """Return a row for all samples, and one for those right after a move of the cursor."""
    moved = [sample for sample in samples if sample.moved]
    rows = [_row(lines, "all", samples)]
    return [*rows, _row(lines, "moved", moved)] if moved else rows


def table(rows: Sequence[Row], machine: Machine, seed: int, pause_ms: float) -> str:
    """Return what is printed."""
    spans = ("request to engine", "engine to answer", "both")
    where = f"{machine.cpu}, {machine.cores} cores"
    text = [
        f"{where}, {machine.system}, Python {machine.python}",
        f"load {machine.load} from others and this, {machine.scheduling} scheduling",
        f"seed {seed}, {pause_ms:g} ms between an answer and the next keystroke",
        "milliseconds; 'moved' are the requests right after the cursor went elsewhere",
        "",
        f"{'':28}" + "".join(f"{span:^24}" for span in spans).rstrip(),
        f"{'lines':>6} {'':5} {'samples':>7} {'tokens':>7}"
        + f" {'p50':>7} {'p95':>7} {'p99':>7}" * len(spans),
    ]
    for row in rows:
        spanned = (row.to_engine_ms, row.to_answer_ms, row.total_ms)
        text.append(
            f"{row.lines:>6} {row.what:5} {row.samples:>7} {row.prompt_tokens:>7}"
            + "".join(f" {s.p50:7.2f} {s.p95:7.2f} {s.p99:7.2f}" for s in spanned)
        )
    return "\n".join(text)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the smallest value that ``percent`` of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def _typed(
    client: Client, source: Sequence[str], seed: int, pause_s: float
) -> Iterator[tuple[Keystroke, Timed]]:
    for visit in visits(source, seed):
        for keystroke in visit.keystrokes:
            time.sleep(pause_s)
            yield keystroke, client.change_and_ask(keystroke.edit, keystroke.cursor)
        client.change(visit.undo)


def _samples(
    pairs: Sequence[tuple[Keystroke, Timed]], events: Sequence[dict[str, int | str]]
) -> list[Sample]:
    """Join what the client saw with the engine's journal: requests come in order."""
    asked = [event for event in events if event["event"] == "asked"]
    finished = [event for event in events if event["event"] == "finished"]
    if not len(pairs) == len(asked) == len(finished):
        raise ServerFailed(
            f"{len(pairs)} requests, of which {len(asked)} reached the engine and "
            f"{len(finished)} were generated to the end."
        )
    if not all(timed.result for _, timed in pairs):
        raise ServerFailed("A request was answered with nothing.")
    return [
        Sample(
            moved=keystroke.moved,
            prompt_tokens=int(ask["prompt_ids"]),
            to_engine_ms=(int(ask["ns"]) - timed.started_ns) / 1e6,
            to_answer_ms=(timed.answered_ns - int(finish["ns"])) / 1e6,
        )
        for (keystroke, timed), ask, finish in zip(pairs, asked, finished, strict=True)
    ]


def _row(lines: int, what: str, samples: Sequence[Sample]) -> Row:
    return Row(
        lines=lines,
        what=what,
        samples=len(samples),
        prompt_tokens=int(percentile([s.prompt_tokens for s in samples], 50)),
        to_engine_ms=_percentiles([s.to_engine_ms for s in samples]),
        to_answer_ms=_percentiles([s.to_answer_ms for s in samples]),
        total_ms=_percentiles([s.total_ms for s in samples]),
    )


def _percentiles(values: Sequence[float]) -> Percentiles:
    p50, p95, p99 = (round(percentile(values, percent), 3) for percent in (50, 95, 99))
    return Percentiles(p50=p50, p95=p95, p99=p99)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.overhead", description=__doc__
    )
    parser.add_argument(
        "--lines",
        type=_positive,
        nargs="+",
        default=[100, 1_000, 10_000],
        metavar="N",
        help="lengths of the files (default: 100 1000 10000)",
    )
    parser.add_argument(
        "--samples",
        type=_positive,
        default=1_000,
        metavar="N",
        help="requests measured in each file (default: 1000)",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument(
        "--pause-ms",
        type=float,
        default=20,
        metavar="MS",
        help="rest between an answer and the next keystroke, as people take it "
        "(default: 20)",
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the figures there, too"
    )
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
