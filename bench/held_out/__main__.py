"""How near to the truth completions are in packages that the demo model has not seen.

Needs the corpus that `python -m tools.demo_model --only-corpus` makes, and asks with and
without snippets of the package's other files before the prefix. They are "windows" that are
like the last lines, or what the "index" gives: where it is not likely to help that is
nothing, but for "index-all".
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, aclosing, nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import writable, write
from bench.held_out.context import Given, gathered, windows
from bench.held_out.indexed import indexed
from bench.held_out.places import Kind, Place, drawn
from bench.held_out.summary import Scored, pairs, rows, table
from bench.held_out.threshold import table as table_of_thresholds
from bench.held_out.threshold import thresholds
from bench.machine import this_machine
from bench.metrics import edit_similarity, exact_match, kept_characters
from bench.progress import Progress
from lsp_server.commands.complete import Loading
from lsp_server.engine.base import EngineError, GenerationRequest, RequestRefused
from lsp_server.ghost.filters import shown
from lsp_server.ghost.stop import decided
from lsp_server.prompt.encoding import Encoder
from lsp_server.prompt.families import Layout
from lsp_server.prompt.plan import Budget, plan
from lsp_server.session import Session
from lsp_server.settings import DEMO_MODEL, Settings, UserSettings
from lsp_server.tiers import Ready
from retrieval.source import Cursor, Document, split_lines
from tools.demo_model import corpus as corpora
from tools.demo_model.corpus import File
from tools.demo_model.fetch import CorpusError

Gathered = Callable[[Place, Encoder], Given]
"""What stands before the prefix at a place."""

_WINDOWS, _INDEX, _INDEX_ALL = "windows", "index", "index-all"
_CONTEXTS = (_WINDOWS, _INDEX, _INDEX_ALL)
_SNIPPETS = 3
_AT_ONCE = 16
_PREFIX_LINES = 100
"""Of the file itself, with and without context, so that nothing of the context is cut."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 0, or 1 where it cannot be measured."""
    typed = _parser().parse_args(arguments)
    try:
        held_out = corpora.load(typed.corpus).held_out
        if not held_out:
            raise CorpusError(f"{typed.corpus} holds no held-out files")  # noqa: TRY301
        places = list(drawn(held_out, typed.places, typed.seed))
        with _context(held_out, typed) as gather_at:
            model, scored = asyncio.run(_measured(places, gather_at, typed))
    except (CorpusError, EngineError) as error:
        print(error, file=sys.stderr)
        return 1
    found = rows(scored, typed.seed)
    machine = this_machine()
    print(f"{machine.cpu}, {machine.cores} cores, {machine.system}")
    print(f"{model}, {typed.layout}, greedy, as shown; seed {typed.seed}\n")
    print(table(found))
    both = pairs(scored)
    tried = thresholds(both, typed.seed)
    print(f"\n{typed.context}:\n{table_of_thresholds(tried)}")
    if typed.json is not None:
        written = {
            "bench": "held-out",
            "date": datetime.now(UTC).date().isoformat(),
            "machine": asdict(machine),
            "model": model,
            "layout": typed.layout,
            "context": typed.context,
            "context_tokens": typed.context_tokens,
            "thresholds": [asdict(one) for one in tried],
            "pairs": [asdict(pair) for pair in both],
            "seed": typed.seed,
            "rows": [asdict(row) for row in found],
        }
        write(typed.json, written)
    return 0


def _context(
    held_out: Sequence[File], typed: argparse.Namespace
) -> AbstractContextManager[Gathered]:
    """Return what gathers context as ``typed`` asks for it."""
    if typed.context == _WINDOWS:
        known = windows(held_out)
        return nullcontext(
            lambda place, _: gathered(place.file, place.prefix, known, _SNIPPETS)
        )
    return indexed(
        held_out,
        budget=typed.context_tokens,
        threshold=typed.context == _INDEX,
        shown_lines=_PREFIX_LINES,
    )


async def _measured(
    places: Sequence[Place], gather_at: Gathered, typed: argparse.Namespace
) -> tuple[str, list[Scored]]:
    session = Session(UserSettings(model=typed.model), Settings())
    progress = Progress("held out", 2 * len(places))
    free = asyncio.Semaphore(_AT_ONCE)

    async def scored(place: Place, context: bool) -> Scored:
        encoder = ready.infiller.encoder
        given = gather_at(place, encoder) if context else Given()
        async with free:
            answer, prompt_tokens = await _answer(
                ready, place, given.text, typed.layout
            )
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
            score=given.score,
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
    return shown(text, cursor, max_lines), len(planned.prompt_ids)


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
    add("--context", choices=_CONTEXTS, default=_WINDOWS, help="(windows)")
    add("--context-tokens", type=_positive, default=1_024, help="of the index (1024)")
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
