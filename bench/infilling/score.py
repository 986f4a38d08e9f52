"""Ask every task in every form and layout, run the programs, and count."""

import asyncio
import os
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from bench.infilling.engines import Answering
from bench.infilling.forms import WAYS, Form, Question, accepted, budget, ended, posed
from bench.infilling.tasks import Task
from bench.metrics import (
    Difference,
    Interval,
    exact_match,
    paired_bootstrap,
    wilson,
)
from bench.progress import Progress
from bench.sandbox import Ending, Outcome, run
from lsp_server.engine.base import GenerationRequest, RequestRefused
from lsp_server.prompt.plan import plan

TIMEOUT_S = 3
"""Of processor time; the slowest of the benchmark's own solutions takes a second."""

MEMORY_BYTES = 2**30
_REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One answer. ``way`` is a key of WAYS.

    ``tokens`` were generated; ``finish`` is "stop" or "length" where the engine ended,
    "decided" where our stop rules did, "refused" where it did not answer. ``cut``: the prompt did not hold all of the task.
    """

    task: str
    way: str
    form: Form
    ending: Ending
    detail: str
    exact: bool
    tokens: int
    finish: str
    cut: bool
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One layout in one form, over all tasks; shares from 0 to 1."""

    way: str
    form: Form
    tasks: int
    passed: float
    passed_interval: Interval
    exact: float
    exact_interval: Interval
    mean_tokens: float
    timed_out: int
    refused: int
    cut: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """How much more ``way`` passes than ``than`` of the same tasks, as a share."""

    way: str
    than: str
    form: Form
    passed: Difference


async def score(
    tasks: Sequence[Task], ways: Sequence[str], engine: Answering, at_once: int
) -> list[Scored]:
    """Return an answer for each task, form and way, in this order.

    ``at_once`` requests are in the engine at the same time, and as many programs run as
    there are processors. Raises SandboxUnavailable and EngineError (in a group).
    """
    progress = Progress("infilling", len(tasks) * len(ways) * len(Form))
    async with asyncio.TaskGroup() as group:
        work = _Work(
            engine=engine,
            group=group,
            requests=asyncio.Semaphore(at_once),
            processors=asyncio.Semaphore(os.cpu_count() or 1),
        )
        # Task by task: what its prompts have in common is still in the engine's cache.
        scoring = [
            group.create_task(_scored(work, posed(task, form), way, progress))
            for task in tasks
            for form in Form
            for way in ways
        ]
    return [one.result() for one in scoring]


def rows(scored: Sequence[Scored], ways: Sequence[str]) -> list[Row]:
    """Sum up each form and way."""
    return [_row(_of(scored, way, form), way, form) for form in Form for way in ways]


def gains(scored: Sequence[Scored], ways: Sequence[str], seed: int) -> list[Gain]:
    """Compare each way with the first, by a bootstrap over the tasks."""
    return [
        Gain(
            way=way,
            than=ways[0],
            form=form,
            passed=paired_bootstrap(
                _passes(_of(scored, way, form)),
                _passes(_of(scored, ways[0], form)),
                seed,
            ),
        )
        for form in Form
        for way in ways[1:]
    ]


def is_exact(question: Question, answer: str) -> bool:
    """Whether it is the middle, white space at the ends of lines aside.

    Compared with the rest of the cursor's line: before code, white space does matter.
    """
    after = question.cursor.after
    return exact_match(answer + after, question.middle + after)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What all answers share. ``runs``: an equal program is run once."""

    engine: Answering
    group: asyncio.TaskGroup
    requests: asyncio.Semaphore
    processors: asyncio.Semaphore
    runs: dict[str, asyncio.Task[Outcome]] = field(default_factory=dict)


async def _scored(
    work: _Work, question: Question, way: str, progress: Progress
) -> Scored:
    async with work.requests:
        said = await _said(work.engine, question, way)
    answer = accepted(question, said.text)
    program = question.program(answer)
    if program not in work.runs:
        work.runs[program] = work.group.create_task(_outcome(work, program))
    outcome = await work.runs[program]
    progress.step()
    return Scored(
        task=question.task.id,
        way=way,
        form=question.form,
        ending=outcome.ending,
        detail=outcome.detail.partition(":")[0],  # the rest is what the model likes
        exact=is_exact(question, answer),
        tokens=said.tokens,
        finish=said.finish,
        cut=said.cut,
        answer=answer,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    text: str
    tokens: int
    finish: str
    cut: bool


async def _said(engine: Answering, question: Question, way: str) -> _Said:
    """Ask for one answer, as the server asks for ghost text."""
    cursor = question.cursor
    planned = plan(
        cursor,
        engine.infiller,
        budget(question.form, engine.window_tokens),
        WAYS[way].layout,
        heal=WAYS[way].heal,
    )
    request = GenerationRequest(
        prompt_ids=planned.prompt_ids,
        begin=planned.begin,
        max_tokens=planned.max_tokens,
        stop_ids=planned.stop_ids,
        temperature=0.0,
    )
    text, tokens, finish = "", 0, "decided"
    try:
        async with aclosing(engine.ask(question, request)) as pieces:
            async for piece in pieces:
                text += piece.text
                tokens += piece.tokens
                decided = ended(question, text)
                if decided is not None:
                    text = decided
                    break
                finish = str(piece.finish or finish)
    except RequestRefused:  # the server shows nothing then
        text, finish = "", _REFUSED
    last = len(cursor.document.lines) - 1
    cut = (planned.first_line, planned.last_line) != (0, last)
    return _Said(text=text, tokens=tokens, finish=finish, cut=cut)


async def _outcome(work: _Work, program: str) -> Outcome:
    async with work.processors:
        return await run(program, TIMEOUT_S, MEMORY_BYTES)


def _of(scored: Sequence[Scored], way: str, form: Form) -> list[Scored]:
    return [one for one in scored if (one.way, one.form) == (way, form)]


def _passes(scored: Sequence[Scored]) -> list[float]:
    return [float(one.ending is Ending.PASSED) for one in scored]


def _row(scored: Sequence[Scored], way: str, form: Form) -> Row:
    count = len(scored)
    passed = sum(one.ending is Ending.PASSED for one in scored)
    exact = sum(one.exact for one in scored)
    return Row(
        way=way,
        form=form,
        tasks=count,
        passed=passed / count,
        passed_interval=wilson(passed, count),
        exact=exact / count,
        exact_interval=wilson(exact, count),
        mean_tokens=sum(one.tokens for one in scored) / count,
        timed_out=sum(one.ending is Ending.TIMED_OUT for one in scored),
        refused=sum(one.finish == _REFUSED for one in scored),
        cut=sum(one.cut for one in scored),
    )
