"""The seam over HTTP with vLLM's own server behind it, beside the embedded engine."""

import asyncio
import random
import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

import lsp_server
from lsp_server.engine.base import (
    EngineDown,
    EngineError,
    Finish,
    GenerationRequest,
    Piece,
    RequestRefused,
)
from lsp_server.engine.local.engine import LocalEngine, LocalHost
from lsp_server.engine.models import DEMO_FOLDER
from lsp_server.engine.remote.asking import Asking
from lsp_server.engine.remote.engine import RemoteEngine
from lsp_server.engine.remote.probe import Abilities, Beginning
from lsp_server.engine.remote.settings import RemoteSettings
from lsp_server.engine.settings import HostSettings, ModelSettings
from lsp_server.prompt.asked import ask_infiller
from lsp_server.prompt.families import Layout
from lsp_server.prompt.infill import Infiller, load
from lsp_server.prompt.plan import Budget, plan
from retrieval.source import Cursor, Document, split_lines
from tests.marked import at
from tests.processes import all_gone, descendants
from tests.unit.prompt.texts import FRAGMENTS
from tests.vllm.serving import HEALS, RECOMMENDED, Server, serving

pytestmark = [pytest.mark.vllm, pytest.mark.asyncio(loop_scope="module")]

SOURCE = Path(lsp_server.__file__).parent / "prompt" / "families.py"
PLACES = 6
BLOCK_TOKENS = 32
BUDGET = Budget(
    window_tokens=2048, prefix_tokens=400, suffix_tokens=100, answer_tokens=16
)
DRAWN = [
    "import os\ns = 'é‸'\n",
    "import os\ns = '😀‸'\n",
    "# 日本語‸\n",
    "# こんにちは日本語‸\ndef f():\n",
    "name = größ‸e\n",
    "x = '👩‍👩‍👧‸'\n",
    "x = '\0‸'\n",
    "def f():\n    ‸\n",
    "def f():\n     ‸return 1\n",
    "if x:\n\t\t‸\n",
    "return‸",
    "x = a[‸]\n",
    "path = r'C:\\dir\\‸'\n",
    'text = "(a|b)*[^c]{2,}$‸"\n',
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Server]:
    log = tmp_path_factory.mktemp("log") / "serve.log"
    async with serving(*RECOMMENDED, *HEALS, log=log) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def remote(server: Server) -> AsyncGenerator[RemoteEngine]:
    engine = RemoteEngine(RemoteSettings(endpoint=server.endpoint, session="tests"))
    loaded = await engine.start(lambda _stage: None)
    assert (loaded.model, loaded.window_tokens) == ("demo", 2048)
    yield engine
    await engine.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def by_regex(server: Server) -> AsyncGenerator[RemoteEngine]:
    """An engine that does as if the server had no logits processor of ours."""
    engine = RemoteEngine(RemoteSettings(endpoint=server.endpoint))
    await engine.start(lambda _stage: None)
    assert engine.abilities is not None
    engine.abilities = replace(engine.abilities, beginning=Beginning.REGEX)
    yield engine
    await engine.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def embedded(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[LocalEngine]:
    demo = ModelSettings(
        folder=str(DEMO_FOLDER), name="demo", window_tokens=2048, heals=True
    )
    settings = HostSettings(models=(demo,))
    engine = LocalHost(settings, tmp_path_factory.mktemp("log")).engine()
    await engine.start(lambda _stage: None)
    yield engine
    await engine.close()


@pytest.fixture(scope="module")
def model() -> Infiller:
    return load(DEMO_FOLDER)


@pytest.fixture(scope="module")
def asked(server: Server) -> Iterator[Infiller]:
    asking = Asking(RemoteSettings(endpoint=server.endpoint))
    served = asking.served()
    yield ask_infiller(asking.tokens, [served.name, served.root])
    asking.close()


def places(seed: int) -> list[Cursor]:
    """Return cursors anywhere in the source, and where text is drawn."""
    lines = split_lines(SOURCE.read_text(encoding="utf-8"))
    document = Document(uri="file:///a.py", language="python", version=1, lines=lines)
    found = [
        Cursor(document, number, column)
        for number, line in enumerate(lines)
        for column in range(len(line))
    ]
    return [*random.Random(seed).sample(found, PLACES), *map(at, DRAWN)]


def request(
    model: Infiller, cursor: Cursor, layout: Layout = Layout.SPM
) -> GenerationRequest:
    planned = plan(cursor, model, BUDGET, layout)
    return GenerationRequest(
        prompt_ids=planned.prompt_ids,
        begin=planned.begin,
        max_tokens=planned.max_tokens,
        stop_ids=planned.stop_ids,
    )


async def test_what_this_server_can_do_is_found_out(remote: RemoteEngine) -> None:
    assert remote.abilities == Abilities(
        priority=True, beginning=Beginning.PROCESSOR, cached_tokens=True
    )
    assert remote.served is not None
    assert remote.served.root == str(DEMO_FOLDER)


@pytest.mark.parametrize("layout", Layout)
async def test_answers_are_those_of_the_embedded_engine(
    remote: RemoteEngine, embedded: LocalEngine, model: Infiller, layout: Layout
) -> None:
    finishes = set()
    for cursor in places(seed=1):
        wanted = request(model, cursor, layout)
        here, there = await _all(embedded, wanted), await _all(remote, wanted)
        assert (_text(there), _tokens(there)) == (_text(here), _tokens(here))
        assert there[-1].finish is here[-1].finish
        assert there[-1].prompt_tokens == here[-1].prompt_tokens
        finishes.add(there[-1].finish)
    assert finishes == {Finish.LENGTH, Finish.STOP} or layout is Layout.PSM


async def test_a_structured_output_begins_as_the_logits_processor_does(
    by_regex: RemoteEngine, remote: RemoteEngine, model: Infiller
) -> None:
    """It says no bytes that are no character, as a model this small does behind 😀."""
    all_ = [request(model, cursor) for cursor in places(seed=2)]
    healed = [wanted for wanted in all_ if wanted.begin not in {"", "😀", "\0"}]
    assert len(healed) > PLACES
    for wanted in healed:
        one, other = await _all(remote, wanted), await _all(by_regex, wanted)
        assert _text(other) == _text(one)
        assert other[-1].finish is one[-1].finish
    assert any(wanted.begin == " " for wanted in healed)  # the "▁" of "▁<EOT>"


async def test_a_beginning_that_no_grammar_takes_is_refused(
    by_regex: RemoteEngine, model: Infiller
) -> None:
    wanted = replace(request(model, places(seed=2)[0]), begin="\0")
    with pytest.raises(RequestRefused):
        await _all(by_regex, wanted)
    assert await _all(by_regex, replace(wanted, begin="x"))


async def test_what_was_cached_is_told_at_the_end(
    remote: RemoteEngine, model: Infiller
) -> None:
    wanted = request(model, places(seed=3)[0])
    await _all(remote, wanted)
    last = (await _all(remote, wanted))[-1]
    assert last.cached_tokens is not None
    assert last.cached_tokens >= len(wanted.prompt_ids) - 2 * BLOCK_TOKENS
    assert last.cached_tokens % BLOCK_TOKENS == 0


async def test_a_seed_gives_the_same_answer_again(
    remote: RemoteEngine, model: Infiller
) -> None:
    here = request(model, at("def f(x):\n    ‸\n"))
    wanted = replace(here, temperature=0.8, seed=5, stop_ids=())
    answers = [_text(await _all(remote, wanted)) for _ in range(2)]
    assert answers[0] == answers[1]
    others = {
        _text(await _all(remote, replace(wanted, seed=seed))) for seed in range(6, 10)
    }
    assert len({*answers, *others}) > 1


async def test_a_prompt_longer_than_the_window_is_refused_and_the_next_is_served(
    remote: RemoteEngine, model: Infiller
) -> None:
    too_long = GenerationRequest(prompt_ids=(5,) * 3000, max_tokens=4)
    with pytest.raises(RequestRefused, match="2048"):
        await _all(remote, too_long)
    assert await _all(remote, request(model, places(seed=3)[2]))


async def test_closing_a_stream_aborts_the_request_in_the_server(
    server: Server, remote: RemoteEngine
) -> None:
    endless = GenerationRequest(prompt_ids=(1, 300, 400), max_tokens=1900)
    before = await _metric(server, "vllm:generation_tokens_total")
    async with aclosing(remote.stream(endless)) as pieces:
        await anext(pieces)
        assert await _metric(server, "vllm:num_requests_running") == 1
    async with asyncio.timeout(20):
        while await _metric(server, "vllm:num_requests_running"):  # noqa: ASYNC110 - its own word
            await asyncio.sleep(0.02)
    spent = await _metric(server, "vllm:generation_tokens_total") - before
    assert spent < 1900 / 4


async def test_streams_run_side_by_side(remote: RemoteEngine, model: Infiller) -> None:
    wanted = [request(model, cursor) for cursor in places(seed=4)[:6]]
    alone = [await _all(remote, one) for one in wanted]
    together = await asyncio.gather(*(_all(remote, one) for one in wanted))
    assert [_tokens(one) for one in together]
    assert sum(_text(a) == _text(b) for a, b in zip(alone, together, strict=True)) > 3


async def test_the_tokenizer_asked_for_gives_the_ids_of_the_one_here(
    asked: Infiller, model: Infiller
) -> None:
    assert (asked.psm, asked.spm, asked.stop_ids) == (
        model.psm,
        model.spm,
        model.stop_ids,
    )
    texts = [
        *split_lines(SOURCE.read_text(encoding="utf-8")),
        *(f"{one}x{two}\n" for one in FRAGMENTS for two in FRAGMENTS[:9]),
    ]
    texts = [text for text in texts if not re.search("<.*>", text)]
    await asyncio.to_thread(asked.encoder.prepare, texts)
    for text in texts:
        assert asked.encoder.line(text) == model.encoder.line(text), text


async def test_prompts_are_those_of_the_tokenizer_here(
    asked: Infiller, model: Infiller
) -> None:
    for cursor in places(seed=5):
        there = await asyncio.to_thread(plan, cursor, asked, BUDGET, Layout.SPM)
        here = plan(cursor, model, BUDGET, Layout.SPM)
        assert there.prompt_ids == here.prompt_ids
        assert there.begin == here.begin


async def test_special_pieces_that_are_spelled_out_stay_text(
    asked: Infiller, model: Infiller
) -> None:
    special = {id_ for id_ in (*model.psm, *model.stop_ids, 0) if isinstance(id_, int)}
    for text in FRAGMENTS:
        if "<" not in text:
            continue
        ids = await asyncio.to_thread(asked.encoder.encode_infilling, f"a {text} b")
        assert not special & {*ids}
        assert model.encoder.decode(ids) == f"a {text} b".replace("▁", " ")


async def test_a_server_that_is_killed_ends_streams_with_one_error(
    tmp_path: Path,
) -> None:
    """This one goes by arrival, wants a key, and has no logits processor of ours."""
    log = tmp_path / "serve.log"
    async with serving("--api-key", "sesame", log=log) as server:
        settings = RemoteSettings(endpoint=server.endpoint, api_key="sesame")
        with pytest.raises(EngineError, match="asks for an API key"):
            await RemoteEngine(replace(settings, api_key=None)).start(lambda _: None)
        engine = RemoteEngine(settings)
        await engine.start(lambda _stage: None)
        assert engine.abilities == Abilities(
            priority=True, beginning=Beginning.REGEX, cached_tokens=False
        )
        family = {server.process.pid, *descendants(server.process.pid)}
        endless = GenerationRequest(prompt_ids=(1, 300, 400), max_tokens=1900)
        async with aclosing(engine.stream(endless)) as pieces:
            await anext(pieces)
            server.process.kill()
            with pytest.raises(EngineDown):
                _ = [piece async for piece in pieces]
        assert isinstance(await engine.lost(), EngineDown)
        with pytest.raises(EngineDown, match="Is vllm serve running"):
            await engine.start(lambda _stage: None)
        await engine.close()
        assert await all_gone(family) == set()


async def _metric(server: Server, name: str) -> float:
    url = f"http://127.0.0.1:{server.port}/metrics"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        text = await response.text()
    found = re.findall(rf"^{name}\{{[^}}]*\}} (\S+)$", text, re.MULTILINE)
    assert found, f"no {name}"
    return sum(map(float, found))


def _text(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _tokens(pieces: Sequence[Piece]) -> int:
    return sum(piece.tokens for piece in pieces)


async def _all(
    engine: RemoteEngine | LocalEngine, wanted: GenerationRequest
) -> list[Piece]:
    async with aclosing(engine.stream(wanted)) as pieces:
        return [piece async for piece in pieces]
