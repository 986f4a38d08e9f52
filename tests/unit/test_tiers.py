"""Which models the settings name, for which tier and language; nothing is started."""

import json
import shutil
from pathlib import Path

import pytest

from lsp_server.engine.base import ModelUnusable, Tier
from lsp_server.engine.models import DEMO_FOLDER
from lsp_server.settings import OnDemandSettings, UserSettings
from lsp_server.tiers import Sharing, Tiers


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
