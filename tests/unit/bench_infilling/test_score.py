"""What the engine does to a run: it refuses one request, or it ends."""

from collections.abc import AsyncGenerator

import pytest

from bench.infilling.engines import Answering
from bench.infilling.forms import Form, Question
from bench.infilling.score import rows, score
from bench.infilling.tasks import read_tasks
from bench.sandbox import Ending
from lsp_server.engine.base import (
    EngineDown,
    EngineError,
    Finish,
    GenerationRequest,
    Piece,
    RequestRefused,
)
from lsp_server.engine.models import DEMO_FOLDER
from lsp_server.prompt.infill import load
from tests.unit.bench_infilling.data import FOLDER

TASKS = read_tasks(FOLDER, "single-line")[:2]


def failing_at(task: str, error: EngineError) -> Answering:
    """Return an engine that says the truth, but for one task."""

    async def ask(question: Question, _: GenerationRequest) -> AsyncGenerator[Piece]:
        yield Piece(text=question.middle)
        if question.task.id == task:
            raise error
        yield Piece(text="", tokens=0, finish=Finish.STOP)

    return Answering(
        model="own", infiller=load(DEMO_FOLDER), window_tokens=2048, ask=ask
    )


async def test_a_refused_request_is_not_passed_and_the_others_go_on() -> None:
    engine = failing_at(TASKS[0].id, RequestRefused("too long"))
    scored = await score(TASKS, ["psm"], engine, at_once=2)
    paper = [one for one in scored if one.form is Form.PAPER]
    assert [(one.finish, one.answer) for one in paper] == [
        ("refused", ""),
        ("stop", TASKS[1].middle),
    ]
    assert [one.ending for one in paper] == [Ending.FAILED, Ending.PASSED]
    assert rows(scored, ["psm"])[0].refused == 1


async def test_an_engine_that_ends_ends_the_run() -> None:
    engine = failing_at(TASKS[1].id, EngineDown("it is gone"))
    with pytest.raises(ExceptionGroup) as told:
        await score(TASKS, ["psm"], engine, at_once=2)
    assert told.group_contains(EngineDown, match="it is gone")
