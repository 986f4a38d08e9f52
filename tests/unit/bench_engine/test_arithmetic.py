"""Percentiles that know "never", and what becomes of requests and of tokens."""

import asyncio
from collections.abc import AsyncGenerator
from itertools import pairwise

import pytest

from bench.engine import beside, clients, first
from bench.engine.action import Asking, acting
from bench.engine.asking import Asked, answered
from bench.engine.options import checked, lengths, parser
from bench.engine.prompts import document, typed
from bench.engine.shapes import LLAMA_34B, built
from bench.engine.spread import Spread, middle, ratio, spread
from lsp_server.engine.base import (
    PRIORITY_ACTION,
    PRIORITY_SHOWN,
    EngineDown,
    EngineError,
    Finish,
    GenerationRequest,
    Loaded,
    Piece,
    Report,
)
from lsp_server.engine.shape import read_shape, shape_of

VOCABULARY = 4_096


class Counting:
    """An engine that says so many tokens, with a pause after the first ``fast`` requests.

    ``priorities`` are those of all requests; what was closed before its end is ``left``.
    """

    def __init__(self, tokens: int = 4, *, fast: int = 10_000) -> None:
        self.priorities: list[int] = []
        self.prompts: list[tuple[int, ...]] = []
        self.asked: asyncio.Queue[None] = asyncio.Queue()
        self.left = 0
        self._tokens = tokens
        self._fast = fast

    async def start(self, report: Report) -> Loaded:
        raise NotImplementedError

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Piece]:
        self.priorities.append(request.priority)
        seen = request.prompt_ids in self.prompts
        self.prompts.append(request.prompt_ids)
        self.asked.put_nowait(None)
        number, ended = len(self.prompts), False
        try:
            for token in range(1, min(self._tokens, request.max_tokens) + 1):
                await asyncio.sleep(0 if number <= self._fast else 3_600)
                last = token == min(self._tokens, request.max_tokens)
                yield Piece(
                    text="",
                    prompt_tokens=len(request.prompt_ids),
                    cached_tokens=len(request.prompt_ids) - 1 if seen else 0,
                    finish=Finish.LENGTH if last else None,
                )
            ended = True
        finally:
            self.left += not ended

    async def lost(self) -> EngineError:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], Spread(count=0, p50=None, p95=None)),
        ([3.0, 1.0, 2.0], Spread(count=3, p50=2.0, p95=3.0)),
        ([1.0] * 19 + [None], Spread(count=20, p50=1.0, p95=1.0)),
        ([1.0] * 18 + [None, None], Spread(count=20, p50=1.0, p95=None)),
        ([1.0, None, None], Spread(count=3, p50=None, p95=None)),
    ],
)
def test_what_never_came_counts_as_the_longest(
    values: list[float | None], expected: Spread
) -> None:
    assert spread(values) == expected


def test_medians_are_of_what_is_known() -> None:
    assert middle([3.0, None, 1.0]) == 2.0
    assert middle([None]) is None
    assert ratio(3.0, 2.0) == 1.5
    assert ratio(3.0, None) is ratio(None, 2.0) is None


def test_the_time_for_a_token_leaves_the_first_piece_out() -> None:
    asked = Asked(
        prompt_tokens=9, first_ms=50.0, first_tokens=2, whole_ms=90.0, tokens=6
    )
    assert asked.per_token_ms == 10.0
    assert Asked(prompt_tokens=9, first_ms=50.0, first_tokens=2).per_token_ms is None
    only = Asked(prompt_tokens=9, first_ms=5.0, first_tokens=1, whole_ms=5.0, tokens=1)
    assert only.per_token_ms is None


def test_each_typed_prompt_continues_the_one_before() -> None:
    prompts = typed("a", 4, 100, 3, VOCABULARY)
    assert [len(prompt) for prompt in prompts] == [91, 94, 97, 100]
    assert all(after[: len(before)] == before for before, after in pairwise(prompts))
    assert document("a", 100, VOCABULARY) == prompts[-1]
    assert document("b", 100, VOCABULARY) != prompts[-1]
    assert max(document("c", 999, VOCABULARY)) < VOCABULARY


@pytest.mark.parametrize(
    ("wanted", "fit", "not_fit"),
    [
        (None, [512, 2048, 16_352], []),
        ([512, 20_000], [512], [20_000]),
    ],
)
def test_prompts_leave_room_for_their_answers(
    wanted: list[int] | None, fit: list[int], not_fit: list[int]
) -> None:
    assert lengths(wanted, 16_384, 32) == (fit, not_fit)
    assert lengths(None, 1_024, 24) == ([512, 1_000], [])


@pytest.mark.parametrize(
    "line",
    [
        "--shape 7b",
        "--load-format dummy",
        "--on-demand 34b",
        "--shape 7b --model demo",
        "--clients 0",
    ],
)
def test_what_does_not_go_together_is_refused(line: str) -> None:
    made = parser("")
    with pytest.raises(SystemExit):
        checked(made, made.parse_args(line.split()))


def test_a_built_shape_is_the_true_one_without_weights() -> None:
    with built("34b") as folder:
        assert [file.name for file in folder.iterdir()] == ["config.json"]
        assert read_shape(folder, "x") == shape_of(LLAMA_34B, None, name="x")
    assert not folder.exists()


async def test_cold_and_cached_are_told_apart() -> None:
    steps: list[None] = []
    rows = await first.measured(
        {"a": Counting(4), "b": Counting(2)},
        [10, 20],
        times=3,
        answer_tokens=8,
        vocabulary=VOCABULARY,
        seed="s",
        step=lambda: steps.append(None),
    )
    found = [
        (row.engine, row.prompt_tokens, row.cold.uncached, row.cached.uncached)
        for row in rows
    ]
    assert found == [
        ("a", 10, 10, 1),
        ("b", 10, 10, 1),
        ("a", 20, 20, 1),
        ("b", 20, 20, 1),
    ]
    assert [row.cold.tokens for row in rows] == [4, 2, 4, 2]
    assert {row.times for row in rows} == {3}
    assert len(steps) == 6


async def test_an_aborted_request_keeps_what_was_there() -> None:
    engine, asked = Counting(4, fast=0), Asked(prompt_tokens=2)
    task = asyncio.create_task(answered(engine, (1, 2), 4, asked=asked))
    await engine.asked.get()
    task.cancel()
    await asyncio.wait({task})
    assert (asked.first_ms, asked.whole_ms, asked.tokens) == (None, None, 0)
    assert engine.left == 1


async def test_the_next_request_aborts_what_still_runs() -> None:
    how = clients.Typing(
        prompt_tokens=40,
        answer_tokens=4,
        requests=3,
        pause_ms=5,
        vocabulary=VOCABULARY,
        seed="s",
    )
    # Two documents are opened, and two requests answered; the others never are.
    engine = Counting(4, fast=4)
    found = await clients.measured(engine, 2, how)
    assert (found.requests, found.aborted, engine.left) == (6, 4, 4)
    assert found.first_ms.p50 is None
    opened, asked = engine.prompts[:2], engine.prompts[2:]
    assert {len(prompt) for prompt in opened} == {34}
    assert sorted(len(prompt) for prompt in asked) == [36, 36, 38, 38, 40, 40]


def test_only_requests_that_told_count_as_uncached() -> None:
    told = [Asked(prompt_tokens=9, first_ms=1.0, uncached=count) for count in (2, 5)]
    row = clients.row(1, [*told, Asked(prompt_tokens=9)], 2.0)
    assert (row.uncached, row.aborted, row.answered_per_s) == (3.5, 3, 0.0)


async def test_an_action_is_asked_again_with_another_prompt() -> None:
    engine = Counting(4)
    asking = Asking(prompt_tokens=8, answer_tokens=4, vocabulary=VOCABULARY)
    async with acting(engine, PRIORITY_ACTION, asking, "s") as action:
        for _ in range(4):
            await engine.asked.get()
        assert action.answers >= 3
        assert action.tokens_before == 4 * action.answers
        assert 0 <= action.tokens - action.tokens_before <= 4
    assert {*engine.priorities} == {PRIORITY_ACTION}
    assert len({*engine.prompts}) == len(engine.prompts)


async def test_an_action_that_fails_is_told() -> None:
    class Broken(Counting):
        async def stream(self, request: GenerationRequest) -> AsyncGenerator[Piece]:
            if request.prompt_ids:
                raise EngineDown("gone")
            yield Piece(text="")

    asking = Asking(prompt_tokens=8, answer_tokens=4, vocabulary=VOCABULARY)
    entered = False
    with pytest.raises(EngineDown, match="gone"):
        async with acting(Broken(), PRIORITY_ACTION, asking, "s"):
            entered = True
    assert not entered


async def test_completions_are_asked_alone_and_beside_with_their_priorities() -> None:
    fast, slow = Counting(2), Counting(4)
    way = beside.Way(
        name="two",
        completions=fast,
        completion_priority=PRIORITY_SHOWN,
        actions=slow,
        action_priority=PRIORITY_ACTION,
    )
    load = beside.Load(
        prompt_tokens=16,
        answer_tokens=2,
        action=Asking(prompt_tokens=8, answer_tokens=4, vocabulary=VOCABULARY),
        completions=3,
        rounds=2,
        pace_s=0.001,
        vocabulary=VOCABULARY,
        seed="s",
    )
    steps: list[None] = []
    (row,) = await beside.measured([way], load, lambda: steps.append(None))
    assert len(steps) == load.rounds * beside.STEPS
    assert row.alone.first_ms.count == 6
    assert row.writing.first_ms.count + row.reading.first_ms.count == 6
    assert row.action_alone_per_s > 0
    assert {*fast.priorities} == {PRIORITY_SHOWN}
    assert {*slow.priorities} == {PRIORITY_ACTION}
    # One prompt more in each phase, to warm the cache.
    assert len(fast.prompts) == 2 * 2 * 4


def test_the_ratio_is_of_completions_while_an_answer_is_written() -> None:
    def asked(*first_ms: float) -> list[Asked]:
        return [
            Asked(prompt_tokens=1, first_ms=each, whole_ms=each * 2)
            for each in first_ms
        ]

    row = beside.row("w", (asked(10, 20), asked(15, 25), asked(99)), (100.0, 40.04))
    assert (row.ratio_first, row.ratio_whole) == (1.25, 1.25)
    assert row.reading.first_ms.p95 == 99
    assert (row.action_alone_per_s, row.action_beside_per_s) == (100.0, 40.0)
