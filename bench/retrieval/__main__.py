"""What of the next lines' identifiers stands in what is retrieved, by repository and budget of tokens.

Beside ours: nothing, windows by Jaccard (RepoCoder's RG-1), windows by BM25, and aider's repository map where a Python
that has it is named.
"""

import argparse
import os
import random
import statistics
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import writable, write
from bench.machine import this_machine
from bench.progress import Progress
from bench.retrieval.contestants import AIDER, CONTESTANTS, Entered
from bench.retrieval.contestants.aider_map import AiderFailed
from bench.retrieval.files import files
from bench.retrieval.measure import BUDGETS, Answer, Cheating, measured
from bench.retrieval.places import drawn
from bench.retrieval.sources import SETS, repositories
from bench.retrieval.summary import rows
from bench.retrieval.table import BY_REPOSITORY, by_budget, by_repository, shown
from bench.retrieval.tokens import Tokens
from lsp_server.engine.models import find_model
from tools.demo_model.fetch import CorpusError


def main(argv: Sequence[str] | None = None) -> int:
    parser = _parser()
    typed = parser.parse_args(argv)
    if typed.contestants is None:
        typed.contestants = [n for n in CONTESTANTS if n != AIDER or typed.aider]
    if AIDER in typed.contestants and not typed.aider:
        parser.error("aider takes part with --aider only")
    if not (typed.repo or typed.fetch):
        parser.error("name a --repo, or --fetch the set")
    tokens = Tokens(typed.tokenizer)
    machine = this_machine()
    try:
        roots = list(typed.repo)
        if typed.fetch:
            roots += repositories(typed.set, typed.folder, _told)
        answers = [one for root in roots for one in _answers(root, tokens, typed)]
    except (CorpusError, Cheating, AiderFailed) as error:
        print(f"bench.retrieval: {error}", file=sys.stderr)
        return 1
    if not answers:
        print("bench.retrieval: no place can be asked about", file=sys.stderr)
        return 1
    found = rows(answers, typed.seed)
    for text in _shown(answers, typed.show, typed.seed):
        print(text)
    print(by_budget(found))
    for budget in BY_REPOSITORY:
        print(f"\n{by_repository(found, budget)}")
    latency = _latency(answers)
    print(f"\n{_said(latency)}")
    if typed.json:
        figures = {
            "date": datetime.now(UTC).strftime("%Y-%m-%d"),
            "machine": asdict(machine),
            "tokenizer": typed.tokenizer.name,
            "seed": typed.seed,
            "places": typed.places,
            "latency_ms": latency,
            "rows": [asdict(row) for row in found],
        }
        write(typed.json, figures)
    return 0


def _answers(root: Path, tokens: Tokens, typed: argparse.Namespace) -> list[Answer]:
    taken = files(root)
    places = drawn(taken, tokens, typed.places, typed.seed)
    if not places:
        return []
    entered = Entered(root=root, files=taken, tokens=tokens, typed=typed)
    with ExitStack() as opened:
        contestants = {name: CONTESTANTS[name](entered) for name in typed.contestants}
        for contestant in contestants.values():
            opened.callback(contestant.close)
        step = Progress(root.name, len(places)).step
        return measured(root.name, places, contestants, tokens, step)


def _latency(answers: Sequence[Answer]) -> dict[str, dict[str, float]]:
    """Return the 50th and 95th percentile of each contestant's answers, in ms.

    Of the first that each was asked at a place, the largest: after it they may know things.
    """
    found = {}
    for name in dict.fromkeys(one.contestant for one in answers):
        times = [
            one.seconds * 1e3
            for one in answers
            if one.contestant == name and one.budget == max(BUDGETS)
        ]
        cuts = statistics.quantiles(times, n=20) if len(times) > 1 else times * 19
        found[name] = {"p50": round(cuts[9], 2), "p95": round(cuts[18], 2)}
    return found


def _said(latency: dict[str, dict[str, float]]) -> str:
    parts = (
        f"{name} {found['p50']:.1f} / {found['p95']:.1f}"
        for name, found in latency.items()
    )
    return f"ms to {max(BUDGETS):,} tokens, p50 / p95: {', '.join(parts)}"


def _shown(answers: Sequence[Answer], count: int, seed: int) -> list[str]:
    places: dict[tuple[str, str, int], list[Answer]] = {}
    for one in answers:
        if one.budget == BUDGETS[1]:
            key = one.repository, one.place.file.path, one.place.line
            places.setdefault(key, []).append(one)
    chosen = random.Random(seed).sample([*places], min(count, len(places)))
    return [shown(places[key]) for key in chosen]


def _told(name: str) -> None:
    print(name, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.retrieval",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--repo", type=_folder, action="append", default=[], help="may be repeated")
    add("--fetch", action="store_true", help="the pinned repositories")
    add("--set", choices=[*SETS], default="test", help="of --fetch: test (default)")
    add("--folder", type=Path, default=Path("build/retrieval"), help="for --fetch")
    add("--places", type=_positive, default=100, help="of each repository (100)")
    add(
        "--contestants", type=_names, help=f"of {','.join(CONTESTANTS)} (all there are)"
    )
    add(
        "--aider",
        type=_program,
        help="a Python that can import aider, which then takes part",
    )
    add(
        "--tokenizer", type=_folder, default=find_model("demo"), help="a model's folder"
    )
    add("--show", type=int, default=0, help="what was shown at so many places")
    add("--seed", type=int, default=0)
    add("--json", type=writable, help="write the figures there, too")
    return parser


def _folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is no folder")
    return path.resolve()


def _program(text: str) -> Path:
    path = Path(text)
    if not (path.is_file() and os.access(path, os.X_OK)):
        raise argparse.ArgumentTypeError(f"{text} cannot be run")
    return path.absolute()


def _names(text: str) -> list[str]:
    names = text.split(",")
    for name in names:
        if name not in CONTESTANTS:
            raise argparse.ArgumentTypeError(
                f"{name} is none of {', '.join(CONTESTANTS)}"
            )
    return names


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


if __name__ == "__main__":
    sys.exit(main())
