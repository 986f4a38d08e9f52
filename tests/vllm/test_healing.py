"""Answers that begin with what was taken back out of the prompt, by the real engine."""

import asyncio
import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

import lsp_server
from lsp_server.engine.base import Finish, GenerationRequest, Piece
from lsp_server.engine.local.engine import LocalEngine, LocalHost
from lsp_server.engine.models import DEMO_FOLDER
from lsp_server.engine.settings import HostSettings, ModelSettings
from lsp_server.prompt.families import Layout
from lsp_server.prompt.infill import Infiller, infill, load
from lsp_server.prompt.plan import Budget, plan
from retrieval.source import Cursor, Document, split_lines
from tests.marked import at

pytestmark = [pytest.mark.vllm, pytest.mark.asyncio(loop_scope="module")]

SOURCE = Path(lsp_server.__file__).parent / "latest.py"
PLACES = 30
BUDGET = Budget(
    window_tokens=2048, prefix_tokens=400, suffix_tokens=100, answer_tokens=12
)
LONG = replace(BUDGET, prefix_tokens=1500, suffix_tokens=300)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[LocalEngine]:
    demo = ModelSettings(
        folder=str(DEMO_FOLDER), name="demo", window_tokens=2048, heals=True
    )
    settings = HostSettings(models=(demo,))
    local = LocalHost(settings, tmp_path_factory.mktemp("log")).engine()
    await local.start(lambda _stage: None)
    yield local
    await local.close()


@pytest.fixture(scope="module")
def model() -> Infiller:
    return load(DEMO_FOLDER)


def mid_token(seed: int) -> list[Cursor]:
    """Return cursors within words of the source, and behind spaces."""
    lines = split_lines(SOURCE.read_text(encoding="utf-8"))
    document = Document(uri="file:///a.py", language="python", version=1, lines=lines)
    places = [
        Cursor(document, number, column)
        for number, line in enumerate(lines)
        for column in range(1, len(line) - 1)
        if line[column].isalnum() and (line[column - 1].isalnum() or column % 5 == 0)
    ]
    return random.Random(seed).sample(places, PLACES)


def asked(
    model: Infiller, cursor: Cursor, budget: Budget = BUDGET
) -> GenerationRequest:
    planned = plan(cursor, model, budget, Layout.SPM)
    return GenerationRequest(
        prompt_ids=planned.prompt_ids,
        begin=planned.begin,
        max_tokens=planned.max_tokens,
        stop_ids=planned.stop_ids,
    )


async def test_answers_begin_with_what_was_taken_back(
    engine: LocalEngine, model: Infiller
) -> None:
    """The engine raises where they do not; half of them would not by themselves."""
    forced = 0
    for cursor in mid_token(seed=0):
        request = asked(model, cursor)
        assert request.begin
        assert cursor.before.endswith(request.begin)
        healed = await _all(engine, request)
        assert healed[-1].finish is not None
        free = _text(await _all(engine, replace(request, begin="")))
        forced += not free.startswith(request.begin)
    assert forced > PLACES / 3


@pytest.mark.parametrize("place", range(5))
async def test_to_begin_as_it_would_anyway_changes_nothing(
    engine: LocalEngine, model: Infiller, place: int
) -> None:
    """Wherever the begin is cut: the greedy token is among those allowed."""
    request = replace(asked(model, mid_token(seed=1)[place]), begin="", max_tokens=9)
    free = await _all(engine, request)
    text = _text(free)
    assert len(text) > 1, "nothing to compare"
    for cut in range(1, len(text) + 1):
        healed = await _all(engine, replace(request, begin=text[:cut]))
        assert _text(healed) == text[cut:]
        assert healed[-1].finish is free[-1].finish
        assert _tokens(healed) == _tokens(free)


async def test_a_stop_id_ends_the_answer_after_its_beginning_and_not_before(
    engine: LocalEngine, model: Infiller
) -> None:
    prompt = infill(model, "import os\n\n\ndef read(path):\n    ", "\n", Layout.SPM)
    request = GenerationRequest(prompt_ids=prompt, begin="return self", max_tokens=20)
    encode = model.encoder.encode_infilling
    stops = {*encode("return self"), *encode("return"), *encode("self")}
    free = _text(await _all(engine, request))
    ignored = await _all(engine, replace(request, stop_ids=tuple(stops)))
    assert (
        free
    )  # something comes after the beginning, so that there is something to end
    assert _tokens(ignored)
    stop = encode(free)[2]
    stopped = await _all(engine, replace(request, stop_ids=(stop,)))
    assert stopped[-1].finish is Finish.STOP
    assert free.startswith(_text(stopped))
    assert len(_text(stopped)) < len(free)


async def test_too_few_tokens_for_the_beginning_is_no_answer(
    engine: LocalEngine, model: Infiller
) -> None:
    prompt = infill(model, "import os\n", "\n", Layout.SPM)
    begin = "x = 日本語"
    request = GenerationRequest(prompt_ids=prompt, begin=begin, max_tokens=2)
    pieces = await _all(engine, request)
    assert [(piece.text, piece.finish) for piece in pieces] == [("", Finish.LENGTH)]


@pytest.mark.parametrize(
    "drawn",
    [
        "import os\ns = 'é‸'\n",
        "import os\ns = '😀‸'\n",
        "import os\n# 日本語‸\n",
        "import os\n# こんにちは日本語‸\ndef f():\n",
        "import os\nname = größ‸e\n",
        "import os\nx = '👩‍👩‍👧‸'\n",
        "import os\nx = '\ufffd‸'\n",
        "import os\nx = '\0‸'\n",
    ],
)
async def test_characters_of_several_tokens_are_said_whole(
    engine: LocalEngine, model: Infiller, drawn: str
) -> None:
    request = asked(model, at(drawn))
    assert request.begin
    pieces = await _all(engine, request)
    assert pieces[-1].finish is not None
    assert not _text(pieces).startswith("\ufffd")


async def test_a_beginning_of_many_bytes_is_said(
    engine: LocalEngine, model: Infiller
) -> None:
    begin = "# 日本語é😀\tß\n    x"
    prompt = infill(model, "import os\n", "\n", Layout.SPM)
    request = GenerationRequest(prompt_ids=prompt, begin=begin, max_tokens=60)
    pieces = await _all(engine, request)
    longer = replace(request, begin=begin + _text(pieces)[:3])
    assert _text(await _all(engine, longer)) == _text(pieces)[3:]


async def test_each_of_many_at_once_has_its_own_beginning(
    engine: LocalEngine, model: Infiller
) -> None:
    """Rows of a batch move when others end, and long prompts come in chunks."""
    requests = [asked(model, cursor, LONG) for cursor in mid_token(seed=2)[:8]]
    requests = [
        replace(request, begin=begin, max_tokens=4 + 5 * number)
        for number, request in enumerate(requests)
        for begin in (request.begin, "", "zyx_" * (1 + number % 3))
    ]
    assert sum(len(request.prompt_ids) for request in requests) > 8192
    answers = await asyncio.gather(*(_all(engine, request) for request in requests))
    for request, answer in zip(requests, answers, strict=True):
        assert answer[-1].finish is not None
        assert _tokens(answer) <= request.max_tokens


def _text(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _tokens(pieces: Sequence[Piece]) -> int:
    return sum(piece.tokens for piece in pieces)


async def _all(engine: LocalEngine, request: GenerationRequest) -> list[Piece]:
    async with aclosing(engine.stream(request)) as pieces:
        return [piece async for piece in pieces]
