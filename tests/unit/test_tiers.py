"""Which models the settings name, for which tier and language; nothing is started."""

import asyncio
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lsp_server.engine.base import EngineDown, ModelUnusable, Tier
from lsp_server.engine.models import DEMO_FOLDER, default_window
from lsp_server.settings import OnDemandSettings, UserSettings
from lsp_server.tiers import Sharing, Tiers
from lsp_server.tiers.choices import called, choices, served_name
from lsp_server.tiers.finding import Model
from lsp_server.tiers.hosting import tiers_of
from tests.unit.engine.fake_vllm import FakeVllm, running


def model(folder: Path, name: str) -> str:
    """Return a copy of the demo model by another name; the name says what it is for."""
    shutil.copytree(DEMO_FOLDER, folder / name)
    return str(folder / name)


async def found(user: UserSettings, logs: Path) -> Tiers:
    tiers = Tiers(user, logs, Sharing.PRIVATE)
    await tiers.find()
    return tiers


async def test_one_model_serves_both_tiers(tmp_path: Path) -> None:
    tiers = await found(UserSettings(), tmp_path)
    (only,) = tiers.host_settings().models
    assert (only.tier, only.name, only.heals) == (Tier.REALTIME, "demo", True)
    assert tiers.problems == []


async def test_the_on_demand_model_need_not_infill(tmp_path: Path) -> None:
    large = model(tmp_path, "CodeLlama-34b-Instruct-hf")
    user = UserSettings(on_demand=OnDemandSettings(model=large, window_tokens=4096))
    first, second = (await found(user, tmp_path)).host_settings().models
    assert (first.tier, second.tier) == (Tier.REALTIME, Tier.ON_DEMAND)
    assert second.folder == large
    assert second.window_tokens == 4096
    assert (first.speculation, second.speculation) == (None, "ngram")
    assert (first.heals, second.heals) == (True, False)
    assert (first.idle_s, second.idle_s) == (1800, 600)


async def test_the_window_for_more_is_known_before_it_is_loaded(tmp_path: Path) -> None:
    large = model(tmp_path, "CodeLlama-34b-Instruct-hf")
    set_ = UserSettings(on_demand=OnDemandSettings(model=large, window_tokens=4096))
    assert (await found(set_, tmp_path)).on_demand_window("python") == 4096
    demo = await found(UserSettings(), tmp_path)
    assert demo.on_demand_window("python") == default_window(DEMO_FOLDER)


async def test_a_python_variant_is_refused_where_it_should_infill(
    tmp_path: Path,
) -> None:
    python = model(tmp_path, "CodeLlama-13b-Python-hf")
    user = UserSettings(
        languages={"python": python},
        on_demand=OnDemandSettings(model="demo", languages={"python": python}),
    )
    tiers = await found(user, tmp_path)
    (problem,) = tiers.problems
    assert "(python)" in problem
    assert (
        "Python models of Code Llama were not trained to fill in the middle" in problem
    )
    tiers_of = [
        (one.tier, Path(one.folder).name) for one in tiers.host_settings().models
    ]
    assert tiers_of == [
        (Tier.REALTIME, "demo_model"),
        (Tier.ON_DEMAND, "demo_model"),
        (Tier.ON_DEMAND, "CodeLlama-13b-Python-hf"),
    ]
    assert not tiers.names("python")


async def test_a_language_may_have_a_model_of_its_own(tmp_path: Path) -> None:
    other = model(tmp_path, "CodeLlama-7b-Instruct-hf")
    tiers = await found(UserSettings(languages={"java": other}), tmp_path)
    assert tiers.names("java")
    assert not tiers.names("python")
    assert [one.folder for one in tiers.host_settings().models] == [
        str(DEMO_FOLDER),
        other,
    ]


async def test_without_the_model_that_completes_nothing_works(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="There is no folder /no/model"):
        await found(UserSettings(model="/no/model"), tmp_path)


async def test_without_the_other_model_completions_work_and_it_is_told(
    tmp_path: Path,
) -> None:
    user = UserSettings(on_demand=OnDemandSettings(model="/no/model"))
    tiers = await found(user, tmp_path)
    (problem,) = tiers.problems
    assert problem.startswith("/no/model: There is no folder /no/model")
    assert len(tiers.host_settings().models) == 1


async def test_the_other_model_may_be_here_where_the_first_is_not(
    tmp_path: Path,
) -> None:
    demo = str(DEMO_FOLDER)
    on_demand = OnDemandSettings(model=demo, endpoint="here")
    async with running(FakeVllm(tokenizes=False)) as server:
        there = UserSettings(endpoint=server.endpoint, model=demo)
        tiers = await found(replace(there, on_demand=on_demand), tmp_path)
        (only,) = tiers.host_settings().models
        assert (only.tier, only.folder) == (Tier.ON_DEMAND, demo)
        assert tiers.problems == []
        await tiers.close()


async def test_an_engine_that_is_being_started_again_is_told_in_words(
    tmp_path: Path,
) -> None:
    tiers = Tiers(UserSettings(model=str(DEMO_FOLDER)), tmp_path, Sharing.PRIVATE)
    with pytest.raises(EngineDown, match="ended meanwhile"):
        await tiers.on_demand("python", lambda _: None)
    await tiers.find()
    with pytest.raises(EngineDown, match="ended meanwhile"):
        await tiers.on_demand("python", lambda _: None)


async def test_whoever_finds_models_does_not_wait_for_an_endpoint_at_the_end(
    tmp_path: Path,
) -> None:
    asked = asyncio.Event()

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        asked.set()

    writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    user = UserSettings(endpoint=f"http://127.0.0.1:{port}/v1")
    tiers = Tiers(user, tmp_path, Sharing.PRIVATE)
    finding = asyncio.create_task(tiers.find())
    await asked.wait()
    await tiers.close()
    with pytest.raises(EngineDown, match="was closed"):
        await finding
    server.close()
    for writer in writers:
        writer.close()


def test_a_model_of_one_language_is_not_the_one_that_status_is_about() -> None:
    user = UserSettings(languages={"java": "b"}, on_demand=OnDemandSettings(model="c"))
    models = [
        Model(choice=choice, folder=DEMO_FOLDER, infiller=None)
        for choice in choices(user)
    ]
    assert tiers_of(models) == [Tier.REALTIME, None, Tier.ON_DEMAND]


BOX, OTHER = "http://box:8000/v1", "https://other/v1"


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        (UserSettings(endpoint=BOX), [(BOX, None, BOX)]),
        (UserSettings(endpoint=BOX, model="/folder"), [(BOX, None, BOX)]),
        (UserSettings(endpoint=BOX, model="7b"), [(BOX, "7b", "7b")]),
        (
            UserSettings(endpoint=BOX, on_demand=OnDemandSettings(endpoint=OTHER)),
            [(BOX, None, BOX), (OTHER, None, OTHER)],
        ),
        (
            UserSettings(on_demand=OnDemandSettings(endpoint=OTHER, model="34b")),
            [(OTHER, "34b", "34b")],
        ),
        (UserSettings(on_demand=OnDemandSettings(endpoint="here")), []),
    ],
)
def test_an_endpoint_is_asked_for_what_is_named_or_for_all_it_has(
    user: UserSettings, expected: list[tuple[str, str | None, str]]
) -> None:
    found = [
        (one.endpoint, served_name(one), called(one))
        for one in choices(user)
        if one.endpoint is not None
    ]
    assert found == expected


async def test_what_did_not_fit_starts_with_half_the_window(tmp_path: Path) -> None:
    folder = Path(model(tmp_path, "CodeLlama-7b-hf"))
    config = json.loads((folder / "config.json").read_text())
    config["max_position_embeddings"] = 16_384
    (folder / "config.json").write_text(json.dumps(config))
    tiers = await found(UserSettings(model=str(folder)), tmp_path)
    windows = []
    while tiers.shrink():
        windows.append(tiers.host_settings().models[0].window_tokens)
    assert windows == [8192, 4096, 2048]


@pytest.mark.parametrize(
    ("large", "form", "note"),
    [
        ("CodeLlama-34b-Instruct-hf", "Code Llama Instruct", ""),
        ("CodeLlama-34b-hf", "none", "was not trained to follow instructions"),
        ("", "none", "was not trained to follow instructions"),
    ],
)
async def test_the_on_demand_model_is_talked_with_in_its_own_form(
    tmp_path: Path, large: str, form: str, note: str
) -> None:
    script = tmp_path / "script.json"
    script.write_text("{}")
    user = UserSettings(
        engine="scripted",
        script=str(script),
        on_demand=OnDemandSettings(model=model(tmp_path, large) if large else None),
    )
    tiers = await found(user, tmp_path)
    await tiers.start(lambda _: None)
    ready = await tiers.on_demand("python", lambda _: None)
    assert ready.chat.form == form
    assert note in ready.note
    assert bool(ready.note) == bool(note)
    await tiers.close()
