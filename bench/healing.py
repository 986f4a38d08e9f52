"""What token healing is worth: PSM, SPM and healed SPM at the same places.

At places inside of words and behind spaces of real files, where the rest of the line or a
span of up to three lines is taken out: is the greedy answer exactly what was there, and
how likely was that to the model, in nats for each character? All three are asked at each
place, and the differences are of pairs.

--cost measures instead what healing costs for each token, against a structured output
that does the same.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.figures import writable, write
from bench.healing_cost import measured_costs
from bench.healing_places import Place, chosen, read_files
from bench.healing_scores import Scorer
from bench.machine import this_machine
from bench.metrics import Difference, exact_match, paired_bootstrap
from bench.progress import Progress
from lsp_server.engine.base import EngineError, GenerationRequest, RequestRefused
from lsp_server.engine.host.process import prepare_process
from lsp_server.engine.local.engine import LocalHost
from lsp_server.engine.models import DEMO_FOLDER, default_window
from lsp_server.engine.settings import HostSettings, ModelSettings
from lsp_server.prompt.families import Layout
from lsp_server.prompt.infill import Infiller, load
from lsp_server.prompt.plan import Budget, Plan, plan
from tools.demo_model import corpus as corpora
from tools.demo_model.fetch import CorpusError

if __name__ in {"__main__", "__mp_main__"}:
    prepare_process(
        __name__
    )  # vLLM's children import this module before anything else, too

_AT_ONCE = 16
_ANSWER_TOKENS = 256
_SPARE_TOKENS = 8

WAYS = ("PSM", "SPM", "healed")
PAIRS = (("SPM", "PSM"), ("healed", "PSM"), ("healed", "SPM"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One way at one place.

    ``nats_per_character`` is the log-likelihood of the middle and the end of the answer:
    at most 0, the higher the better. ``answer`` is what was said.
    """

    exact: bool
    nats_per_character: float
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A place and its outcomes, in the order of WAYS.

    ``at_boundary``: what was kept of the prefix ends where a token of the whole text
    ends, as it should.
    """

    place: Place
    outcomes: tuple[Outcome, ...]
    taken_back: int
    at_boundary: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How much better the first of ``pair`` is than the second, over the same places."""

    places: str
    count: int
    pair: tuple[str, str]
    exact: Difference
    nats_per_character: Difference

    @property
    def tells(self) -> bool:
        """Whether one of the two intervals is on one side of 0."""
        return any(
            found.interval.low > 0 or found.interval.high < 0
            for found in (self.exact, self.nats_per_character)
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    typed = _parser().parse_args(arguments)
    try:
        budget = Budget(
            window_tokens=default_window(typed.model),
            prefix_tokens=typed.prefix_tokens,
            suffix_tokens=typed.suffix_tokens,
            answer_tokens=_ANSWER_TOKENS,
        )
        places = chosen(_texts(typed), typed.places, typed.seed)
        model = load(typed.model)
        facts, table = (
            measured_costs(typed.model, _healed(places, model, budget), budget)
            if typed.cost
            else _judgement(typed.model, model, budget, places, typed.seed)
        )
    except (EngineError, CorpusError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    machine = this_machine()
    print(f"{model.name}, {len(places)} places, seed {typed.seed}, {machine.cpu}\n")
    print(table)
    if typed.json is not None:
        written = {
            "bench": "healing-cost" if typed.cost else "healing",
            "date": datetime.now(UTC).date().isoformat(),
            "machine": asdict(machine),
            "model": model.name,
            "seed": typed.seed,
            "budget": asdict(budget),
            **facts,
        }
        write(typed.json, written)
    return 0


def _texts(typed: argparse.Namespace) -> list[tuple[str, str]]:
    """Return name and text of what is named, or of the packages that were held out."""
    if typed.files:
        return read_files(typed.files, typed.glob)
    held_out = corpora.load(typed.corpus).held_out
    return [
        (f"{file.package}/{file.path}", file.text)
        for file in held_out
        if typed.language in (file.language, "all")
    ]


def compared(judged: Sequence[Judged], seed: int) -> list[Comparison]:
    """Return each pair over all places, and over those of each kind."""
    groups: dict[str, list[Judged]] = {"all": [*judged]}
    for one in judged:
        for name in (one.place.cut, one.place.where):
            groups.setdefault(name, []).append(one)
    return [
        Comparison(
            places=name,
            count=len(group),
            pair=(first, second),
            exact=_difference(group, first, second, seed, lambda one: one.exact),
            nats_per_character=_difference(
                group, first, second, seed, lambda one: one.nats_per_character
            ),
        )
        for name, group in groups.items()
        for first, second in PAIRS
    ]


def table(judged: Sequence[Judged], comparisons: Sequence[Comparison]) -> str:
    """Return what is printed."""
    text = [f"{'':8} {'exact match':>12} {'nats/character':>15}"]
    for index, way in enumerate(WAYS):
        outcomes = [one.outcomes[index] for one in judged]
        exact = sum(one.exact for one in outcomes) / len(outcomes)
        nats = sum(one.nats_per_character for one in outcomes) / len(outcomes)
        text.append(f"{way:8} {exact:>12.1%} {nats:>15.3f}")
    text += [
        "",
        "differences at the same places, with intervals of 95 %:",
        f"{'places':14} {'':6} {'':14} {'exact match':>24} {'nats/character':>26}",
    ]
    for one in comparisons:
        first, second = one.pair
        text.append(
            f"{one.places:14} {one.count:>6} {f'{first} - {second}':14} "
            f"{_shown(one.exact, 100, 1):>24} {_shown(one.nats_per_character, 1, 3):>26}"
        )
    text += [
        f"{first} - {second}: the model is too weak to tell"
        for one in comparisons
        for first, second in [one.pair]
        if one.places == "all" and not one.tells
    ]
    back = sum(one.taken_back for one in judged) / len(judged)
    edge = sum(one.at_boundary for one in judged) / len(judged)
    text += ["", f"{back:.2f} tokens taken back on average; {edge:.1%} to a boundary"]
    return "\n".join(text)


def _shown(found: Difference, scale: int, digits: int) -> str:
    values = (found.mean, found.interval.low, found.interval.high)
    mean, low, high = (f"{value * scale:+.{digits}f}" for value in values)
    return f"{mean} [{low}, {high}]"


def _difference(
    group: Sequence[Judged],
    first: str,
    second: str,
    seed: int,
    value: Callable[[Outcome], float],
) -> Difference:
    ours, theirs = (
        [float(value(one.outcomes[WAYS.index(way)])) for one in group]
        for way in (first, second)
    )
    return paired_bootstrap(ours, theirs, seed)


def _judgement(
    folder: Path, model: Infiller, budget: Budget, places: Sequence[Place], seed: int
) -> tuple[dict[str, Any], str]:
    if model.spm is None:
        raise ValueError(f"{model.family.name} has no SPM: there is nothing to heal")
    judged = _judged(folder, model, budget, places)
    comparisons = compared(judged, seed)
    facts = {
        "comparisons": [asdict(one) for one in comparisons],
        "places": [_facts(one) for one in judged],
    }
    return facts, table(judged, comparisons)


def _facts(one: Judged) -> dict[str, Any]:
    """Return what is kept of a place: not the file's text, which the path tells."""
    outcomes = dict(zip(WAYS, map(asdict, one.outcomes), strict=True))
    return {
        **one.place.facts(),
        "taken_back": one.taken_back,
        "at_boundary": one.at_boundary,
        "outcomes": outcomes,
    }


def _healed(places: Sequence[Place], model: Infiller, budget: Budget) -> list[Plan]:
    return [plan(place.cursor, model, budget, Layout.SPM) for place in places]


def _plans(place: Place, model: Infiller, budget: Budget) -> tuple[Plan, ...]:
    """Return the plans in the order of WAYS."""
    cursor = place.cursor
    return (
        plan(cursor, model, budget, Layout.PSM),
        plan(cursor, model, budget, Layout.SPM, heal=False),
        plan(cursor, model, budget, Layout.SPM),
    )


async def _answers(
    folder: Path, window_tokens: int, plans: Sequence[Plan], lengths: Sequence[int]
) -> list[str]:
    """Return the greedy answers, each of at most so many tokens."""
    progress = Progress("answers", len(plans))
    free = asyncio.Semaphore(_AT_ONCE)

    async def answer(planned: Plan, length: int) -> str:
        request = GenerationRequest(
            prompt_ids=planned.prompt_ids,
            begin=planned.begin,
            max_tokens=min(planned.max_tokens, length),
            stop_ids=planned.stop_ids,
        )
        said = ""
        try:
            async with free, aclosing(engine.stream(request)) as pieces:
                said = "".join([piece.text async for piece in pieces])
        except RequestRefused as error:
            print(f"a refused request is no match: {error}", file=sys.stderr)
        progress.step()
        return said

    with tempfile.TemporaryDirectory() as log:
        model_settings = ModelSettings(
            folder=str(folder),
            name=folder.name,
            window_tokens=window_tokens,
            heals=True,
        )
        settings = HostSettings(models=(model_settings,))
        engine = LocalHost(settings, Path(log)).engine()
        try:
            await engine.start(lambda stage: print(stage, file=sys.stderr))
            return await asyncio.gather(*map(answer, plans, lengths))
        finally:
            await engine.close()


def _judged(
    folder: Path, model: Infiller, budget: Budget, places: Sequence[Place]
) -> list[Judged]:
    encode = model.encoder.encode_infilling
    plans = [_plans(place, model, budget) for place in places]
    # Twice as many tokens as the middle has: what is longer is not it.
    lengths = [
        2 * len(encode(planned.begin + place.middle)) + _SPARE_TOKENS
        for place, ways in zip(places, plans, strict=True)
        for planned in ways
    ]
    flat = [planned for ways in plans for planned in ways]
    answers = iter(asyncio.run(_answers(folder, budget.window_tokens, flat, lengths)))
    scorer = Scorer(folder, model)
    progress = Progress("likelihoods", len(flat))
    judged = []
    for place, ways in zip(places, plans, strict=True):
        outcomes = []
        for planned in ways:
            answer = next(answers)
            nats = scorer.nats(planned, place.middle)
            outcomes.append(
                Outcome(
                    exact=_is_exact(answer, place),
                    nats_per_character=nats / len(place.middle),
                    answer=answer,
                )
            )
            progress.step()
        healed = ways[-1]
        back = ways[1].prefix_tokens - healed.prefix_tokens
        judged.append(
            Judged(
                place=place,
                outcomes=tuple(outcomes),
                taken_back=back,
                at_boundary=_ends_at_boundary(model, healed, place.middle),
            )
        )
    return judged


def _ends_at_boundary(model: Infiller, healed: Plan, middle: str) -> bool:
    """Whether the kept prefix and the rest, encoded as one, are cut where we cut them."""
    encode, decode = model.encoder.encode_infilling, model.encoder.decode
    kept = healed.prompt_ids[len(healed.prompt_ids) - healed.prefix_tokens :]
    rest = healed.begin + middle
    return encode(decode(kept) + rest) == (*kept, *encode(rest))


def _is_exact(answer: str, place: Place) -> bool:
    if place.cut == "line":
        answer = answer.partition("\n")[0]
    return exact_match(answer, place.middle)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.healing",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--model", type=Path, default=DEMO_FOLDER, help="a folder (the demo model's)"
    )
    parser.add_argument(
        "--files",
        type=Path,
        nargs="+",
        help="files, or folders that are searched for --glob; without it, the packages "
        "that were held out of --corpus",
    )
    parser.add_argument("--glob", default="*.py", help="files of folders (*.py)")
    parser.add_argument(
        "--corpus",
        type=Path,
        default=Path("build/demo_model/corpus-0.json.gz"),
        help="of `python -m tools.demo_model --only-corpus` (%(default)s)",
    )
    parser.add_argument("--language", default="all", help="of the corpus (all)")
    parser.add_argument("--places", type=_positive, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--prefix-tokens", type=_positive, default=512)
    parser.add_argument("--suffix-tokens", type=_positive, default=256)
    parser.add_argument("--cost", action="store_true", help="what a token costs")
    parser.add_argument("--json", type=writable, help="write all figures to this file")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


if __name__ == "__main__":
    sys.exit(main())
