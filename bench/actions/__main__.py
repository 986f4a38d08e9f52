"""Code actions through the server, scored mechanically: 50 cases in seven languages.

Each case is a small repository with something to do: a fault that a real linter or compiler
names, a function to document, to test, to simplify, to split, a comment to turn into code.
The scripted engine answers rightly, wrongly, half, chattily, maliciously, not at all: what
the server makes of each is known, and the score is the server's own. With --model it is
the model's. What comes of an answer is checked by the repository's own tools and tests,
where they can do no harm (Linux); tools that are not installed are counted.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from bench.actions.cases import DATA, BadCase, Case, chosen, read_cases
from bench.actions.options import BAD_INPUT, PROGRAM, parser
from bench.actions.run import Manner, scores
from bench.actions.score import Score
from bench.actions.table import table
from bench.actions.tools import NoJail
from bench.actions.verify import unsound_case, unsound_project
from bench.figures import write
from bench.machine import this_machine
from bench.progress import Progress

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask, judge and print; 0 where all is as it should be, 1 where not, 2 for bad input.

    A model's score is no failure, whatever it is.
    """
    typed = parser(__doc__).parse_args(arguments)
    try:
        cases = chosen(
            read_cases(typed.data or DATA),
            languages=typed.languages,
            actions=typed.actions,
            names=typed.cases,
        )
    except (BadCase, OSError) as error:
        return _failed(error, BAD_INPUT)
    if not cases:
        return _failed("no case is like that", BAD_INPUT)
    try:
        return _done(typed, cases)
    except NoJail as error:
        return _failed(error, 1)
    except KeyboardInterrupt:
        return _failed("interrupted, so there are no figures", _INTERRUPTED)


def _done(typed: argparse.Namespace, cases: Sequence[Case]) -> int:
    if typed.list:
        for case in cases:
            print(f"{case.name:40} {case.action:9} {case.about}")
        return 0
    if typed.verify:
        return _verified(cases)
    found = _measured(typed, cases)
    print(table(found, model=typed.model is not None))
    if typed.json is not None:
        write(typed.json, _figures(typed, found))
    return 0 if typed.model or all(score.good for score in found) else 1


def _verified(cases: Sequence[Case]) -> int:
    progress = Progress("cases", len(cases))
    wrong: list[str] = []
    for tools in {case.language: case.tools for case in cases}.values():
        wrong += unsound_project(tools)
    for case in cases:
        wrong += unsound_case(case)
        progress.step()
    print("\n".join(wrong) or f"{len(cases)} cases are what they say.")
    return 1 if wrong else 0


def _measured(typed: argparse.Namespace, cases: Sequence[Case]) -> list[Score]:
    manner = Manner(kinds=typed.answers, tools=not typed.no_tools)
    if typed.model is not None:
        config = _config(typed.model, typed.endpoint)
        manner = Manner(config=config, tools=not typed.no_tools)
    progress = Progress("cases", len(cases))
    return list(scores(cases, manner, progress.step))


def _config(model: str, endpoint: str | None) -> str:
    """Return the user's settings: the demo model completes, the other one is asked."""
    lines = ["linger_minutes = 0", "[on_demand]", f"model = {json.dumps(model)}"]
    if endpoint is not None:
        lines.append(f"endpoint = {json.dumps(endpoint)}")
    return "\n".join([*lines, "[inline]", "ahead = false", ""])


def _figures(typed: argparse.Namespace, found: Sequence[Score]) -> dict[str, Any]:
    return {
        "bench": "actions",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": asdict(this_machine()),
        "model": typed.model,
        "answers": [] if typed.model else list(typed.answers),
        "good": [sum(score.good for score in found), len(found)],
        "scores": [asdict(score) for score in found],
    }


def _failed(why: object, code: int) -> int:
    print(f"{PROGRAM}: {why}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
