"""How near to the truth completions are in packages that the demo model has not seen.

Needs the corpus that `python -m tools.demo_model --only-corpus` makes, and asks with and
without snippets of the package's other files before the prefix.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import writable, write
from bench.held_out.context import Window, gathered, windows
from bench.held_out.places import Kind, Place, drawn
from bench.machine import this_machine
from bench.metrics import (
    Difference,
    edit_similarity,
    exact_match,
    kept_characters,
    paired_bootstrap,
)
from bench.progress import Progress
from lsp_server.commands.complete import Loading
from lsp_server.engine.base import EngineError, GenerationRequest, RequestRefused
from lsp_server.ghost.filters import shown
from lsp_server.ghost.stop import decided
from lsp_server.prompt.families import Layout
from lsp_server.prompt.plan import Budget, plan
from lsp_server.session import Ready, Session
from lsp_server.settings import DEMO_MODEL, Settings, UserSettings
from retrieval.source import Cursor, Document, split_lines
from tools.demo_model import corpus as corpora
from tools.demo_model.fetch import CorpusError

_SNIPPETS = 3
_AT_ONCE = 16
_PREFIX_LINES = 100
"""Of the file itself, with and without context, so that nothing of the context is cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One answer; ``kept`` is None where nothing was shown."""

    language: str
    kind: Kind
    context: bool
    file: str
    exact: bool
    similarity: float
    kept: float | None
    prompt_tokens: int
    answer: str
    truth: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A language and kind, without and with context; shares from 0 to 1, ``gain`` of similarity.

    ``kept`` is over the answers that show something, None where none does.
    """

    language: str
    kind: Kind
    places: int
    exact: tuple[float, float]
    similarity: tuple[float, float]
    kept: tuple[float | None, float | None]
    shown: tuple[float, float]
    gain: Difference


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 0, or 1 where it cannot be measured."""
    typed = _parser().parse_args(arguments)
    try:
        held_out = corpora.load(typed.corpus).held_out
        if not held_out:
            raise CorpusError(f"{typed.corpus} holds no held-out files")  # noqa: TRY301
        places = list(drawn(held_out, typed.places, typed.seed))
        model, scored = asyncio.run(_measured(places, windows(held_out), typed))
    except (CorpusError, EngineError) as error:
        print(error, file=sys.stderr)
        return 1
    found = rows(scored, typed.seed)
    machine = this_machine()
    print(f"{machine.cpu}, {machine.cores} cores, {machine.system}")
    print(f"{model}, {typed.layout}, greedy, as shown; seed {typed.seed}\n")
    print(table(found))
    if typed.json is not None:
        written = {
            "bench": "held-out",
            "date": datetime.now(UTC).date().isoformat(),
            "machine": asdict(machine),
            "model": model,
            "layout": typed.layout,
            "seed": typed.seed,
            "rows": [asdict(row) for row in found],
        }
        write(typed.json, written)
    return 0


def rows(scored: Sequence[Scored], seed: int) -> list[Row]:
    """Sum up each language and kind, and all languages."""
    languages = [*dict.fromkeys(one.language for one in scored)]
    return [
        _row(language, kind, scored, seed)
        for kind in Kind
        for language in (*languages, "all")
        if any(_belongs(one, language, kind) for one in scored)
    ]


def table(found: Sequence[Row]) -> str:
    """Return the table in Markdown: without and with context, in percent."""
    lines = [
        "| | language | places | exact match | edit similarity | gain of it, 95 % | kept characters | shown |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in found:
        gain = row.gain
        between = f"[{gain.interval.low * 100:+.1f}, {gain.interval.high * 100:+.1f}]"
        cells = (
            row.kind,
            row.language,
            str(row.places),
            _pair(row.exact),
            _pair(row.similarity),
            f"{gain.mean * 100:+.1f} {between}",
            _pair(row.kept),
            _pair(row.shown),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _pair(values: tuple[float | None, float | None]) -> str:
    first, second = ("-" if v is None else f"{v * 100:.1f}" for v in values)
    return f"{first} / {second}"


def _belongs(one: Scored, language: str, kind: Kind) -> bool:
    return one.kind is kind and language in (one.language, "all")


def _row(language: str, kind: Kind, scored: Sequence[Scored], seed: int) -> Row:
    without, with_context = (
        [o for o in scored if o.context is context and _belongs(o, language, kind)]
        for context in (False, True)
    )
    both = (without, with_context)

    def each(value: Callable[[Scored], float]) -> tuple[float, float]:
        first, second = (sum(map(value, part)) / len(part) for part in both)
        return first, second

    kept = [[one.kept for one in part if one.kept is not None] for part in both]
    return Row(
        language=language,
        kind=kind,
        places=len(without),
        exact=each(lambda one: one.exact),
        similarity=each(lambda one: one.similarity),
        kept=(_mean(kept[0]), _mean(kept[1])),
        shown=each(lambda one: bool(one.answer)),
        gain=paired_bootstrap(
            [one.similarity for one in with_context],
            [one.similarity for one in without],
            seed,
        ),
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


async def _measured(
    places: Sequence[Place], known: Sequence[Window], typed: argparse.Namespace
) -> tuple[str, list[Scored]]:
    session = Session(UserSettings(model=typed.model), Settings())
    progress = Progress("held out", 2 * len(places))
    free = asyncio.Semaphore(_AT_ONCE)

    async def scored(place: Place, context: bool) -> Scored:
        before = gathered(place.file, place.prefix, known, _SNIPPETS) if context else ""
        async with free:
            answer, prompt_tokens = await _answer(ready, place, before, typed.layout)
        progress.step()
        return Scored(
            language=place.file.language,
            kind=place.kind,
            context=context,
            file=f"{place.file.package}/{place.file.path}",
            exact=exact_match(answer, place.truth),
            similarity=edit_similarity(answer, place.truth),
            kept=kept_characters(answer, place.truth),
            prompt_tokens=prompt_tokens,
            answer=answer,
            truth=place.truth,
        )

    try:
        async with Loading(f"loading {typed.model}", sys.stderr) as loading:
            ready = await session.start(loading.report)
        pairs = [(place, context) for place in places for context in (False, True)]
        return ready.loaded.model, await asyncio.gather(
            *(scored(place, context) for place, context in pairs)
        )
    finally:
        await session.stop()


async def _answer(
    ready: Ready, place: Place, context: str, layout: str
) -> tuple[str, int]:
    """Return what would be shown, and how long the prompt was, in tokens."""
    inline = Settings().inline
    near = "".join(place.prefix.splitlines(keepends=True)[-_PREFIX_LINES:])
    before = split_lines(context + near)
    document = Document(
        uri=f"file:///{place.file.path}",
        language=place.file.language,
        version=None,
        lines=split_lines(context + near + place.suffix),
    )
    cursor = Cursor(document, len(before) - 1, len(before[-1]))
    room = ready.infiller.encoder.encode(context) if context else ()
    budget = Budget(
        window_tokens=ready.loaded.window_tokens,
        prefix_tokens=inline.prefix_tokens + len(room),
        suffix_tokens=inline.suffix_tokens,
        answer_tokens=inline.max_tokens,
    )
    planned = plan(cursor, ready.infiller, budget, Layout(layout))
    request = GenerationRequest(
        prompt_ids=planned.prompt_ids,
        begin=planned.begin,
        max_tokens=planned.max_tokens,
        stop_ids=planned.stop_ids,
    )
    max_lines = 1 if place.kind is Kind.LINE else inline.max_lines
    text = ""
    try:
        async with aclosing(ready.engine.stream(request)) as pieces:
            async for piece in pieces:
                text += piece.text
                end = decided(text, cursor, max_lines)
                if end is not None:
                    text = end
                    break
    except RequestRefused as error:
        print(f"a refused request shows nothing: {error}", file=sys.stderr)
    return shown(text, cursor), len(planned.prompt_ids)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.held_out",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--corpus", type=Path, default=Path("build/demo_model/corpus-0.json.gz"))
    add("--model", default=DEMO_MODEL, help="a folder, or demo (default)")
    add("--places", type=_positive, default=50, help="of each kind and language (50)")
    add("--layout", choices=[*Layout], default=Layout.SPM)
    add("--seed", type=int, default=0)
    add("--json", type=writable, help="write the figures there, too")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


if __name__ == "__main__":
    sys.exit(main())
