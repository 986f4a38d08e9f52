"""The seam over HTTP, with a server that has no model."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace

import pytest

from lsp_server.engine.base import (
    EngineDown,
    EngineError,
    Finish,
    GenerationRequest,
    Loaded,
    ModelUnusable,
    Piece,
    RequestRefused,
)
from lsp_server.engine.remote.engine import RemoteEngine
from lsp_server.engine.remote.probe import Abilities, Beginning
from lsp_server.engine.remote.settings import RemoteSettings
from tests.unit.engine.fake_vllm import (
    CARD,
    Answer,
    FakeVllm,
    failed,
    page,
    refused,
    running,
)

PATIENCE_S = 30.0
REQUEST = GenerationRequest(prompt_ids=(1, 2, 3), max_tokens=8, stop_ids=(7,))

Make = Callable[..., RemoteEngine]


@pytest.fixture
async def server() -> AsyncGenerator[FakeVllm]:
    async with running(FakeVllm()) as fake:
        yield fake


@pytest.fixture
async def make(server: FakeVllm) -> AsyncGenerator[Make]:
    made: list[RemoteEngine] = []

    def make(*, poll_seconds: float = 60.0, **settings: object) -> RemoteEngine:
        found = {"endpoint": server.endpoint, **settings}
        made.append(RemoteEngine(RemoteSettings(**found), poll_seconds))  # type: ignore[arg-type] # of several types
        return made[-1]

    yield make
    for engine in made:
        await engine.close()


async def started(engine: RemoteEngine) -> Loaded:
    async with asyncio.timeout(PATIENCE_S):
        return await engine.start(lambda _: None)


async def answer(
    engine: RemoteEngine, request: GenerationRequest = REQUEST
) -> list[Piece]:
    async with asyncio.timeout(PATIENCE_S), aclosing(engine.stream(request)) as pieces:
        return [piece async for piece in pieces]


async def lost(engine: RemoteEngine) -> EngineError:
    async with asyncio.timeout(PATIENCE_S):
        return await engine.lost()


def text(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


async def test_start_tells_what_is_served(server: FakeVllm, make: Make) -> None:
    stages: list[str] = []
    engine = make()
    loaded = await engine.start(stages.append)
    assert loaded.model == "demo"
    assert loaded.window_tokens == 2048
    assert loaded.device in server.endpoint
    assert stages == [f"asking {server.endpoint}", "trying demo"]
    assert engine.served is not None
    assert engine.served.root == "/models/demo"


@pytest.mark.parametrize(
    ("able", "expected"),
    [
        (
            {},
            Abilities(priority=True, beginning=Beginning.PROCESSOR, cached_tokens=True),
        ),
        (
            {"processor": False},
            Abilities(priority=True, beginning=Beginning.REGEX, cached_tokens=True),
        ),
        (
            {"processor": False, "priority": False, "details": False},
            Abilities(priority=False, beginning=Beginning.REGEX, cached_tokens=False),
        ),
        (
            {"processor": False, "regex": False},
            Abilities(priority=True, beginning=Beginning.NO, cached_tokens=True),
        ),
    ],
)
async def test_what_the_server_can_do_is_found_out(
    server: FakeVllm, make: Make, able: dict[str, bool], expected: Abilities
) -> None:
    for name, value in able.items():
        setattr(server, name, value)
    engine = make()
    await started(engine)
    assert engine.abilities == expected


async def test_one_request_finds_it_out_where_the_server_can_do_all(
    server: FakeVllm, make: Make
) -> None:
    await started(make())
    assert [one.path for one in server.seen] == ["/v1/models", "/v1/completions"]


def answers(status: int, words: str = "", **headers: str) -> Answer:
    return lambda: failed(status, {"error": {"message": words}}, **headers)


BAD_STARTS = [
    ("/v1/models", answers(401), EngineError, "asks for an API key"),
    ("/v1/models", answers(403, "go away"), EngineError, r"asks .* \(go away\)"),
    ("/v1/models", answers(404), EngineError, "nothing at this address"),
    ("/v1/models", answers(407), EngineError, "The proxy before"),
    ("/v1/models", answers(503, "loading"), EngineDown, r"cannot serve .*\(loading\)"),
    (
        "/v1/models",
        answers(302, Location="https://sso/login"),
        EngineError,
        "points to https://sso/login",
    ),
    ("/v1/models", page, EngineError, "not as vllm serve does: with text/html"),
    ("/v1/models", answers(200), EngineError, "what it lists are no models"),
    ("/v1/completions", answers(404), EngineError, "nothing at this address"),
    ("/v1/completions", page, EngineError, "not as vllm serve does"),
    ("/v1/completions", answers(200), EngineError, "something else than text"),
    ("/v1/completions", answers(502), EngineDown, "cannot serve"),
]


@pytest.mark.parametrize(("path", "says", "kind", "words"), BAD_STARTS)
async def test_a_start_that_fails_says_why(  # noqa: PLR0917 - a row of the table
    server: FakeVllm,
    make: Make,
    path: str,
    says: Answer,
    kind: type[EngineError],
    words: str,
) -> None:
    server.instead[path] = [says]
    with pytest.raises(EngineError, match=words) as raised:
        await started(make())
    assert type(raised.value) is kind
    assert server.endpoint in str(raised.value)


async def test_a_server_that_takes_no_token_ids_is_told_apart(
    server: FakeVllm, make: Make
) -> None:
    no = answers(400, "prompt must be a text")
    server.instead["/v1/completions"] = [no, no, no]
    with pytest.raises(EngineError, match=r"no prompts as token ids.*must be a text"):
        await started(make())
    server.instead["/v1/completions"] = [answers(429)] * 3
    with pytest.raises(EngineDown, match="too much to do"):
        await started(make())


OTHER = {**CARD, "id": "other"}
ADAPTER = {"id": "ours", "root": "/lora", "parent": "demo", "max_model_len": None}


@pytest.mark.parametrize(
    ("cards", "model", "expected"),
    [
        ([CARD], "demo", ("demo", 2048)),
        ([CARD, OTHER], "other", ("other", 2048)),
        ([CARD, ADAPTER], None, ("demo", 2048)),
        ([CARD, ADAPTER], "ours", ("ours", 2048)),
        ([{"id": "demo"}], None, "does not tell how long the window of demo is"),
        ([CARD], "codellama", "does not serve codellama: set model to one of demo,"),
        ([CARD, OTHER], None, "several models: set model to one of demo, other"),
        ([], None, "serves no model"),
    ],
)
async def test_the_model_is_the_one_named_or_the_only_one(
    server: FakeVllm,
    make: Make,
    cards: list[dict[str, object]],
    model: str | None,
    expected: tuple[str, int] | str,
) -> None:
    server.cards = cards
    engine = make(model=model)
    if isinstance(expected, str):
        with pytest.raises(EngineError, match=expected) as raised:
            await started(engine)
        assert isinstance(raised.value, ModelUnusable) or "window" in expected
    else:
        loaded = await started(engine)
        assert (loaded.model, loaded.window_tokens) == expected


@pytest.mark.parametrize(
    ("told", "bound", "expected"),
    [(2048, 512, 512), (2048, 9999, 2048), (None, 512, 512)],
)
async def test_the_window_is_the_smaller_one(
    server: FakeVllm, make: Make, told: int | None, bound: int, expected: int
) -> None:
    server.cards = [{**CARD, "max_model_len": told}]
    assert (await started(make(window_tokens=bound))).window_tokens == expected


async def test_nobody_there_is_said_at_once(server: FakeVllm, make: Make) -> None:
    await server.stop()
    with pytest.raises(EngineDown, match=r"cannot be reached: .*Is vllm serve running"):
        await started(make())


async def test_something_that_is_not_http_is_said() -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
        await writer.drain()
        writer.close()

    ssh = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with ssh:
        port = ssh.sockets[0].getsockname()[1]
        settings = RemoteSettings(endpoint=f"http://127.0.0.1:{port}/v1")
        with pytest.raises(EngineError, match="something that is not HTTP"):
            await started(RemoteEngine(settings))


async def test_a_request_is_what_was_asked_for(server: FakeVllm, make: Make) -> None:
    engine = make(session="workspace-1")
    await started(engine)
    await answer(engine, replace(REQUEST, temperature=0.8, seed=3, priority=10))
    (seen,) = server.streams()
    assert seen.headers["X-Session-ID"] == "workspace-1"
    assert "Authorization" not in seen.headers
    expected = {
        "model": "demo",
        "prompt": [1, 2, 3],
        "max_tokens": 8,
        "stop_token_ids": [7],
        "temperature": 0.8,
        "seed": 3,
        "priority": 10,
        "stream": True,
    }
    assert {name: seen.body.get(name) for name in expected} == expected


async def test_who_names_no_session_has_one_all_the_same(
    server: FakeVllm, make: Make
) -> None:
    """vLLM's router logs what it hashes otherwise: the prompt."""
    for engine in (make(), make()):
        await started(engine)
        await answer(engine)
    (session,) = {one.headers["X-Session-ID"] for one in server.seen}
    assert len(session) >= 16


async def test_priority_goes_only_where_it_is_taken(
    server: FakeVllm, make: Make
) -> None:
    server.priority = False
    engine = make()
    await started(engine)
    await answer(engine, replace(REQUEST, priority=10))
    assert "priority" not in server.streams()[0].body


async def test_pieces_come_as_they_are_streamed(make: Make) -> None:
    engine = make()
    await started(engine)
    assert await answer(engine) == [
        Piece(text="one", tokens=2, prompt_tokens=3),
        Piece(text=" two", tokens=2, prompt_tokens=3),
        Piece(
            text=" three",
            tokens=2,
            prompt_tokens=3,
            cached_tokens=32,
            finish=Finish.LENGTH,
        ),
    ]


async def test_a_server_that_counts_nothing_is_counted_for(
    server: FakeVllm, make: Make
) -> None:
    server.usage = False
    server.finish = "stop"
    engine = make()
    await started(engine)
    pieces = await answer(engine)
    assert [piece.tokens for piece in pieces] == [1, 1, 1]
    assert pieces[-1] == Piece(text=" three", prompt_tokens=3, finish=Finish.STOP)


@pytest.mark.parametrize("processor", [True, False])
async def test_pieces_hold_what_comes_after_the_beginning(
    server: FakeVllm, make: Make, *, processor: bool
) -> None:
    server.processor = processor
    engine = make()
    await started(engine)
    begin = 'f(a[0]) - {x}.*\n\t"\\d" /^$|?+é'
    assert text(await answer(engine, replace(REQUEST, begin=begin))) == "one two three"
    body = server.streams()[0].body
    assert ("vllm_xargs" in body) is processor
    assert ("structured_outputs" in body) is not processor


async def test_a_beginning_that_the_server_did_not_say_is_refused(
    server: FakeVllm, make: Make
) -> None:
    engine = make()
    await started(engine)
    server.processor = False
    with pytest.raises(RequestRefused, match="does not begin with the text"):
        await answer(engine, replace(REQUEST, begin="ret"))


@pytest.mark.parametrize(
    ("heals", "able", "asked"), [(True, True, 1), (False, True, 0), (True, False, 0)]
)
async def test_a_beginning_is_asked_for_where_that_is_wanted_and_possible(
    server: FakeVllm, make: Make, *, heals: bool, able: bool, asked: int
) -> None:
    server.processor = server.regex = able
    engine = make(heals=heals)
    await started(engine)
    if asked:
        assert await answer(engine, replace(REQUEST, begin="ret"))
    else:
        with pytest.raises(RequestRefused):
            await answer(engine, replace(REQUEST, begin="ret"))
    assert len(server.streams()) == asked


async def test_a_refused_request_says_why_and_the_next_is_served(
    server: FakeVllm, make: Make
) -> None:
    engine = make()
    await started(engine)
    with pytest.raises(RequestRefused, match="maximum context length is 2048"):
        await answer(engine, replace(REQUEST, prompt_ids=(1,) * 3000))
    assert await answer(engine)
    assert len(server.streams()) == 2


@pytest.mark.parametrize(
    ("says", "kind", "words", "times"),
    [
        (answers(401), EngineError, "asks for an API key", 1),
        (answers(500, "oh"), EngineDown, r"cannot serve .*\(oh\)", 1),
        (answers(503, "busy", Retry_After="60"), EngineDown, "busy", 1),
        (
            answers(503, Retry_After="Fri, 1 Jan 2100 00:00:00 GMT"),
            EngineDown,
            "503",
            1,
        ),
        (answers(502), EngineDown, "502", 3),
        (answers(429, "slowly", Retry_After="0"), RequestRefused, "slowly", 3),
        (page, EngineError, "with text/html", 1),
    ],
)
async def test_a_request_is_tried_again_only_where_that_may_help(  # noqa: PLR0917 - as above
    server: FakeVllm,
    make: Make,
    says: Answer,
    kind: type[EngineError],
    words: str,
    times: int,
) -> None:
    engine = make()
    await started(engine)
    server.instead["/v1/completions"] = [says] * 5
    with pytest.raises(EngineError, match=words) as raised:
        await answer(engine)
    assert type(raised.value) is kind
    assert len(server.streams()) == times


async def test_what_passes_is_not_noticed(server: FakeVllm, make: Make) -> None:
    engine = make()
    await started(engine)
    server.instead["/v1/completions"] = [answers(503), answers(429, Retry_After="0")]
    assert text(await answer(engine)) == "one two three"
    assert len(server.streams()) == 3


@pytest.mark.parametrize(
    ("end", "words"),
    [("✂", "broke the connection"), ("⏹", "broke the answer off")],
)
async def test_a_stream_that_breaks_off_is_not_asked_for_again(
    server: FakeVllm, make: Make, end: str, words: str
) -> None:
    server.says = ("one", end)
    engine = make()
    await started(engine)
    async with aclosing(engine.stream(REQUEST)) as stream:
        assert (await anext(stream)).text == "one"
        with pytest.raises(EngineDown, match=words):
            await anext(stream)
    assert len(server.streams()) == 1


@pytest.mark.parametrize("finish", ["abort", "error"])
async def test_an_answer_that_the_server_gives_up_is_no_answer(
    server: FakeVllm, make: Make, finish: str
) -> None:
    server.finish = finish
    engine = make()
    await started(engine)
    with pytest.raises(EngineDown, match=f"ended the answer: {finish}"):
        await answer(engine)


async def test_an_event_that_does_not_end_breaks_it_off(
    server: FakeVllm, make: Make
) -> None:
    server.says = ("x" * 2**21,)
    engine = make()
    await started(engine)
    with pytest.raises(EngineDown, match="an event that does not end"):
        await answer(engine)


async def test_closing_a_stream_closes_its_connection_and_a_spare_is_ready(
    server: FakeVllm, make: Make
) -> None:
    server.says = ("one", "…")
    engine = make()
    await started(engine)
    async with asyncio.timeout(PATIENCE_S):
        async with aclosing(engine.stream(REQUEST)) as pieces:
            await anext(pieces)
            await server.asked("/health")  # on the spare
        await server.left.wait()
    server.says = ("one",)
    await answer(engine)
    first, second = server.streams()
    spare = server.of("/health")[0]
    assert first.connection != spare.connection
    assert second.connection == spare.connection


async def test_cancelling_who_waits_for_the_first_piece_closes_the_connection(
    server: FakeVllm, make: Make
) -> None:
    server.says = ("…",)
    engine = make()
    await started(engine)
    asking = asyncio.create_task(answer(engine))
    async with asyncio.timeout(PATIENCE_S):
        await server.asked("/v1/completions", 2)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await server.left.wait()
    assert asking.cancelled()


async def test_a_stream_read_to_its_end_leaves_its_connection_to_the_next(
    server: FakeVllm, make: Make
) -> None:
    engine = make()
    await started(engine)
    for _ in range(5):
        await answer(engine)
    assert {one.connection for one in server.streams()} <= {1, 2}


async def test_a_connection_that_the_server_closed_is_replaced(
    server: FakeVllm, make: Make
) -> None:
    """It shows only when something is sent on it: nothing was streamed, so it is again."""
    engine = make()
    await started(engine)
    server.hangs_up = 1
    assert text(await answer(engine)) == "one two three"
    assert len(server.streams()) == 2


async def test_a_new_connection_that_the_server_closes_is_a_failure(
    server: FakeVllm, make: Make
) -> None:
    """Who knows whether the request is what brought the server down."""
    engine = make()
    await started(engine)
    server.hangs_up = 9
    with pytest.raises(EngineDown, match="broke the connection"):
        await answer(engine)
    old, new = server.streams()
    assert old.connection != new.connection


async def test_a_server_that_stops_is_lost(server: FakeVllm, make: Make) -> None:
    engine = make(poll_seconds=0.02)
    await started(engine)
    await server.stop()
    assert isinstance(await lost(engine), EngineDown)


async def test_a_server_that_comes_back_is_served_by_again(
    server: FakeVllm, make: Make
) -> None:
    engine = make(poll_seconds=0.02)
    await started(engine)
    await server.stop()
    await lost(engine)
    with pytest.raises(EngineDown):
        await started(engine)
    port = int(server.endpoint.rpartition(":")[2].removesuffix("/v1"))
    async with running(FakeVllm(says=("back",)), port=port):
        await started(engine)
        assert text(await answer(engine)) == "back"
        await engine.close()


async def test_a_server_without_its_core_is_lost(server: FakeVllm, make: Make) -> None:
    server.instead["/health"] = [answers(503)] * 9
    engine = make(poll_seconds=0.02)
    await started(engine)
    assert "cannot serve" in str(await lost(engine))


async def test_one_bad_moment_is_no_loss(server: FakeVllm, make: Make) -> None:
    server.instead["/health"] = [answers(503)]
    engine = make(poll_seconds=0.02)
    await started(engine)
    async with asyncio.timeout(PATIENCE_S):
        await server.asked("/health", 4)
    assert await answer(engine)


async def test_a_router_without_health_is_asked_for_its_models(
    server: FakeVllm, make: Make
) -> None:
    server.instead["/health"] = [answers(404)]
    engine = make(poll_seconds=0.02)
    await started(engine)
    async with asyncio.timeout(PATIENCE_S):
        await server.asked("/v1/models", 4)
    assert len(server.of("/health")) == 1


async def test_a_failed_request_has_the_server_looked_after_at_once(
    server: FakeVllm, make: Make
) -> None:
    engine = make(poll_seconds=3600.0)
    await started(engine)
    await server.stop()
    with pytest.raises(EngineDown):
        await answer(engine)
    assert isinstance(await lost(engine), EngineDown)


async def test_closing_ends_streams_and_starting_again_is_fine(
    server: FakeVllm, make: Make
) -> None:
    server.says = ("one", "…")
    engine = make()
    assert "not running" in str(await lost(engine))
    with pytest.raises(EngineDown, match="not running"):
        await answer(engine)
    await started(engine)
    losing = asyncio.create_task(lost(engine))
    async with aclosing(engine.stream(REQUEST)) as pieces:
        await anext(pieces)
        await engine.close()
        await engine.close()
        with pytest.raises(EngineDown, match="closed"):
            await anext(pieces)
    assert "closed" in str(await losing)
    server.says = ("one",)
    await started(engine)
    assert text(await answer(engine)) == "one"


async def test_the_key_is_sent_and_never_told(
    server: FakeVllm, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = "sk-very-secret"
    server.key = key
    engine = make(api_key=f" {key}\n")
    await started(engine)
    await answer(engine)
    server.instead["/v1/completions"] = [answers(503), answers(400, f"bad: {key}")]
    with pytest.raises(RequestRefused, match=r"bad: \*\*\*$"):
        await answer(engine)
    with pytest.raises(EngineError, match="does not accept the API key") as raised:
        await started(make(api_key=f"{key}-old"))
    told = [
        str(raised.value),
        repr(RemoteSettings(endpoint="", api_key=key)),
        caplog.text,
    ]
    assert caplog.text  # that it is asked again, say
    assert not any(key in one for one in told)


def test_who_has_no_endpoint_does_not_import_the_client() -> None:
    program = (
        "import sys, lsp_server.engine.remote.engine;"
        "raise SystemExit('aiohttp' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


async def test_requests_side_by_side_have_their_own_answers(make: Make) -> None:
    engine = make()
    await started(engine)
    begins = ["", "a", "bc", "def "]
    answers = await asyncio.gather(
        *(answer(engine, replace(REQUEST, begin=begin)) for begin in begins)
    )
    assert [text(one) for one in answers] == ["one two three"] * 4


async def test_a_refusal_by_other_servers_is_understood(
    server: FakeVllm, make: Make
) -> None:
    engine = make()
    await started(engine)
    server.instead["/v1/completions"] = [
        lambda: failed(422, {"detail": "no"}),
        lambda: failed(400, {"error": "never"}),
        lambda: failed(400, {"message": "not\n\x1b[31mhere" + "!" * 999}),
        lambda: refused(""),
    ]
    words = []
    for _ in range(4):
        with pytest.raises(RequestRefused) as raised:
            await answer(engine)
        words.append(str(raised.value))
    assert words[:2] == ["no", "never"]
    assert words[2].startswith("not [31mhere!!")
    assert len(words[2]) == 300
    assert words[3] == f"{server.endpoint} (400) refused the request."
