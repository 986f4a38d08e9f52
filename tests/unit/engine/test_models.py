"""Where models are found; the hub's cache is laid out by hand, and nothing is fetched."""

import json
from pathlib import Path

import pytest
from huggingface_hub import constants

from lsp_server.engine.base import ModelUnusable
from lsp_server.engine.models import (
    DEMO_FOLDER,
    LONGEST_BY_DEFAULT,
    check_config,
    check_weights,
    default_window,
    find_model,
)

NAME = "codellama/CodeLlama-7b-hf"
NEEDED = ("config.json", "model.safetensors", "tokenizer.json")
COMMIT = "6c284d1468fe6c413cf56183e69b194dcfa27fe6"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the hub's cache; it reads its environment once, when it is imported."""
    folder = tmp_path / "hub"
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(folder))
    return folder


def cached(cache: Path, *files: str, listed: tuple[str, ...] = ()) -> Path:
    """Lay out a download of ``files``; ``listed`` are those that the hub has."""
    repository = cache / "models--codellama--CodeLlama-7b-hf"
    snapshot = repository / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    for name in files:
        (snapshot / name).touch()
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(COMMIT)
    if listed:
        (repository / "trees").mkdir()
        tree = {name: {"size": 0, "blob_id": "0" * 40} for name in listed}
        known = {"format_version": 1, "files": tree}
        (repository / "trees" / f"{COMMIT}.json").write_text(json.dumps(known))
    return snapshot


def test_demo_is_the_model_that_comes_along() -> None:
    assert find_model("demo") == DEMO_FOLDER
    assert (DEMO_FOLDER / "config.json").is_file()


def test_a_folder_is_found(tmp_path: Path) -> None:
    assert find_model(str(tmp_path)) == tmp_path.resolve()


def test_a_folder_in_the_home_is_found(home: Path) -> None:
    (home / "models").mkdir()
    assert find_model("~/models") == (home / "models").resolve()


@pytest.mark.usefixtures("cache")
def test_a_workspace_cannot_put_itself_before_the_hubs_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "codellama" / "CodeLlama-7b-hf").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelUnusable, match=f"written ./{NAME}"):
        find_model(NAME)
    assert find_model(f"./{NAME}") == (tmp_path / NAME).resolve()


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("/no/such/folder", "There is no folder /no/such/folder. Download it first"),
        ("./no", "There is no folder ./no. Download it first"),
        ("~/no", "There is no folder ~/no. Download it first"),
        ("~nobody-of-that-name/model", "cannot be looked up"),
        (NAME, f"{NAME} is not in the local model cache, or not all of it"),
        ("no/such/hub/name", "no/such/hub/name is not in the local model cache"),
        ("no spaces", "no spaces is not in the local model cache"),
        ("./" + "x" * 300, "cannot be looked up"),
    ],
)
def test_a_model_that_is_not_there_says_how_to_get_it(name: str, says: str) -> None:
    with pytest.raises(ModelUnusable) as raised:
        find_model(name)
    assert says in str(raised.value)


def test_a_file_is_no_model(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.touch()
    with pytest.raises(ModelUnusable, match=r"is a file\. Name the folder"):
        find_model(str(file))


def test_a_model_of_the_hub_is_found_in_the_cache(cache: Path) -> None:
    snapshot = cached(cache, *NEEDED)
    assert find_model(NAME) == snapshot


def test_a_download_without_other_formats_is_complete(cache: Path) -> None:
    snapshot = cached(cache, *NEEDED, listed=(*NEEDED, "pytorch_model.bin"))
    assert find_model(NAME) == snapshot


def test_a_download_that_was_interrupted_is_not_there(cache: Path) -> None:
    cached(cache, "config.json", listed=("config.json", "model.safetensors"))
    with pytest.raises(ModelUnusable, match="or not all of it"):
        find_model(NAME)


@pytest.mark.parametrize(
    ("config", "window"),
    [
        ({"max_position_embeddings": 2048}, 2048),
        ({"max_position_embeddings": 100_000}, LONGEST_BY_DEFAULT),
        ({}, LONGEST_BY_DEFAULT),
        ({"max_position_embeddings": None}, LONGEST_BY_DEFAULT),
        ({"max_position_embeddings": "many"}, LONGEST_BY_DEFAULT),
        ({"max_position_embeddings": 0}, LONGEST_BY_DEFAULT),
    ],
)
def test_the_window_is_what_the_model_was_made_for(
    tmp_path: Path, config: dict[str, object], window: int
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert default_window(tmp_path) == window


# The weights


def test_whole_weights_are_fine() -> None:
    check_weights(DEMO_FOLDER)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "consolidated.pth"])
def test_weights_that_are_pickles_are_said_to_be(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(
        ModelUnusable, match=rf"only as pickles \({name}\), .* any code"
    ):
        check_weights(tmp_path)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (None, "has no config.json"),
        ("{", "cannot be read"),
        ("[]", "is no model's"),
        ("{}", "is no model's"),
    ],
)
def test_a_folder_without_a_config_is_no_model(
    tmp_path: Path, config: str | None, words: str
) -> None:
    check_config(DEMO_FOLDER)
    if config is not None:
        (tmp_path / "config.json").write_text(config)
    with pytest.raises(ModelUnusable, match=words):
        check_config(tmp_path)


def test_a_folder_without_weights_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="has no weights"):
        check_weights(tmp_path)


@pytest.mark.parametrize("content", [b"", b"short", b"not weights at all"])
def test_weights_that_are_cut_off_say_what_to_do(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelUnusable, match="Download it again"):
        check_weights(tmp_path)


def test_a_link_into_a_cleared_cache_is_told(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").symlink_to(tmp_path / "gone")
    with pytest.raises(ModelUnusable, match="cannot be read: No such file"):
        check_weights(tmp_path)
