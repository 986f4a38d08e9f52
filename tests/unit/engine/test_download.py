"""Downloads of models, from a hub on loopback into a cache of their own."""

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import close_session, constants

from lsp_server.engine.base import ModelUnusable
from lsp_server.engine.download.cached import (
    cached_model,
    cached_models,
    find_cached,
    missing_files,
    remove_cached,
)
from lsp_server.engine.download.fetch import alone, fetch, free_bytes, plan
from lsp_server.engine.download.hub import Hub, ask
from lsp_server.engine.download.known import KNOWN, near_names
from lsp_server.engine.download.selection import RemoteFile, needed_files
from tests.fake_hub import COMMIT, FakeHub, serving, sha256

WEIGHTS = random.Random(0).randbytes(300_000)
CHUNK = 10_000
SMALL = {"config.json": b"{}", "tokenizer.json": b'{"model": {}}'}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", CHUNK)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with serving(FakeHub(files={**SMALL, "model.safetensors": WEIGHTS})) as hub:
        yield hub
    close_session()


@pytest.fixture
def hub(server: FakeHub, tmp_path: Path) -> Hub:
    return Hub(endpoint=server.endpoint, cache=tmp_path / "hub")


def downloaded(hub: Hub, server: FakeHub, revision: str | None = None) -> Path:
    """Bring all of the model, and return its folder."""
    needed = plan(hub, ask(hub, server.name, revision))
    return fetch(hub, needed, lambda _file, _done: None)


def stop_at(hub: Hub, server: FakeHub, limit: int) -> int:
    """Press Ctrl-C once so many bytes are there; return how many are."""
    reported = 0

    def report(_file: str, done: int) -> None:
        nonlocal reported
        reported = done
        if done >= limit:
            raise KeyboardInterrupt

    needed = plan(hub, ask(hub, server.name, None))
    with pytest.raises(KeyboardInterrupt):
        fetch(hub, needed, report)
    return reported - sum(len(content) for content in SMALL.values())


# What comes


def test_a_model_is_downloaded_whole(hub: Hub, server: FakeHub) -> None:
    folder = downloaded(hub, server)
    there = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert there == server.files
    assert missing_files(folder) == ()


def test_it_is_where_the_hubs_own_client_finds_it(
    hub: Hub, server: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(hub.cache))
    assert find_cached(server.name) is None
    folder = downloaded(hub, server)
    assert find_cached(server.name) == folder


def test_a_model_that_lost_a_file_is_not_found(
    hub: Hub, server: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(hub.cache))
    (downloaded(hub, server) / "model.safetensors").unlink()
    assert find_cached(server.name) is None


def test_a_second_download_brings_nothing(hub: Hub, server: FakeHub) -> None:
    folder = downloaded(hub, server)
    server.asked.clear()
    assert downloaded(hub, server) == folder
    assert [each.method for each in server.asked] == ["GET"]
    assert server.downloads() == []


def test_a_file_that_an_earlier_version_has_is_not_downloaded_again(
    hub: Hub, server: FakeHub
) -> None:
    earlier = downloaded(hub, server)
    server.commit = "f" * 40
    server.files["config.json"] = b'{"model_type": "llama"}'
    server.asked.clear()
    newer = downloaded(hub, server)
    assert server.downloads() == ["config.json"]
    assert newer != earlier
    assert (newer / "model.safetensors").read_bytes() == WEIGHTS


def test_a_revision_is_found_by_its_name_and_main_stays_what_it_is(
    hub: Hub, server: FakeHub
) -> None:
    main = downloaded(hub, server)
    server.commit, server.revisions = "f" * 40, ("main", "v2")
    second = downloaded(hub, server, "v2")
    references = hub.folder(server.name) / "refs"
    assert (references / "v2").read_text() == second.name == "f" * 40
    assert (references / "main").read_text() == main.name == COMMIT
    server.commit = "e" * 40
    downloaded(hub, server, "e" * 40)
    assert sorted(each.name for each in references.iterdir()) == ["main", "v2"]


def test_the_storage_of_big_files_does_not_see_the_token(
    hub: Hub, server: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    server.gated = "hf_secret"
    downloaded(hub, server)
    sent = [each for each in server.asked if each.sent]
    by_storage = {each.path: each.authorization for each in sent}
    assert by_storage["model.safetensors"] is None
    assert by_storage["config.json"] == "Bearer hf_secret"


# What was interrupted


def test_a_download_goes_on_where_it_was_stopped(hub: Hub, server: FakeHub) -> None:
    there = stop_at(hub, server, 100_000)
    assert 100_000 <= there < len(WEIGHTS)
    server.asked.clear()
    folder = downloaded(hub, server)
    assert server.downloads() == ["model.safetensors"]
    assert server.sent("model.safetensors") == len(WEIGHTS) - there
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS


def test_a_plan_counts_what_is_there_already(hub: Hub, server: FakeHub) -> None:
    there = stop_at(hub, server, 100_000)
    planned = plan(hub, ask(hub, server.name, None))
    assert planned.to_come == len(WEIGHTS) - there
    assert planned.total == len(WEIGHTS)


def test_an_interrupted_model_is_not_found_by_its_name(
    hub: Hub, server: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(hub.cache))
    stop_at(hub, server, 100_000)
    assert find_cached(server.name) is None
    cached = cached_model(hub.cache, server.name)
    assert cached is not None
    assert not cached.is_complete
    assert cached.missing == ("model.safetensors",)
    assert cached.size >= 100_000


def test_an_interrupted_update_leaves_the_earlier_version_in_use(
    hub: Hub, server: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(hub.cache))
    earlier = downloaded(hub, server)
    server.commit = "f" * 40
    server.files["model.safetensors"] = WEIGHTS[::-1]
    stop_at(hub, server, 100_000)
    assert find_cached(server.name) == earlier
    cached = cached_model(hub.cache, server.name)
    assert cached is not None
    assert cached.is_complete


def test_a_server_that_cannot_go_on_sends_all_of_it(hub: Hub, server: FakeHub) -> None:
    server.knows_ranges = False
    stop_at(hub, server, 100_000)
    server.asked.clear()
    folder = downloaded(hub, server)
    assert server.sent("model.safetensors") == len(WEIGHTS)
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS


@pytest.mark.parametrize("left", [b"not what the hub has", WEIGHTS + b"more"])
def test_what_was_left_and_is_wrong_is_fetched_anew(
    hub: Hub, server: FakeHub, left: bytes
) -> None:
    blobs = hub.folder(server.name) / "blobs"
    blobs.mkdir(parents=True)
    (blobs / f"{sha256(WEIGHTS)}.incomplete").write_bytes(left)
    folder = downloaded(hub, server)
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS


def test_what_only_had_to_be_checked_is_not_downloaded(
    hub: Hub, server: FakeHub
) -> None:
    blobs = hub.folder(server.name) / "blobs"
    blobs.mkdir(parents=True)
    (blobs / f"{sha256(WEIGHTS)}.incomplete").write_bytes(WEIGHTS)
    folder = downloaded(hub, server)
    assert server.sent("model.safetensors") == 0
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS


def test_a_file_that_was_cut_off_in_the_cache_is_replaced(
    hub: Hub, server: FakeHub
) -> None:
    folder = downloaded(hub, server)
    (folder / "model.safetensors").resolve().write_bytes(WEIGHTS[:100])
    assert downloaded(hub, server) == folder
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS


def test_two_downloads_of_a_model_do_not_write_into_the_same_files(
    hub: Hub, server: FakeHub
) -> None:
    needed = plan(hub, ask(hub, server.name, None))
    with (
        alone(hub, server.name),
        pytest.raises(ModelUnusable, match="by another process"),
    ):
        fetch(hub, needed, lambda _file, _done: None)
    assert server.downloads() == []


# What is wrong


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json"])
def test_a_corrupt_file_is_refused_and_not_kept(
    hub: Hub, server: FakeHub, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(hub.cache))
    right = server.files[file]
    server.stored[file] = bytes([right[0] ^ 1]) + right[1:]
    with pytest.raises(ModelUnusable, match=f"{file} did not come as the hub"):
        downloaded(hub, server)
    assert not list(hub.cache.rglob(file))
    kept = [path for path in hub.cache.rglob("*") if path.is_file()]
    assert server.stored[file] not in [path.read_bytes() for path in kept]
    assert find_cached(server.name) is None


def test_a_corrupt_file_comes_right_once_the_server_does(
    hub: Hub, server: FakeHub
) -> None:
    server.stored["model.safetensors"] = WEIGHTS[::-1]
    with pytest.raises(ModelUnusable):
        downloaded(hub, server)
    del server.stored["model.safetensors"]
    assert missing_files(downloaded(hub, server)) == ()


def test_a_plan_asks_for_what_is_gated_before_anything_is_downloaded(
    hub: Hub, server: FakeHub
) -> None:
    server.gated = "hf_of_somebody_else"
    with pytest.raises(ModelUnusable, match="accept its licence at"):
        plan(hub, ask(hub, server.name, None))
    assert server.downloads() == []


# Which files


def listed(*paths: str) -> list[RemoteFile]:
    return [RemoteFile(path=path, size=1, git_sha1=path) for path in paths]


ENOUGH = ("config.json", "tokenizer.json")
SHARDS = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
INDEX = "model.safetensors.index.json"


@pytest.mark.parametrize(
    ("there", "needed"),
    [
        (("model.safetensors",), ("model.safetensors",)),
        ((*SHARDS, INDEX), (INDEX, *SHARDS)),
        ((*SHARDS, INDEX, "model.safetensors"), (INDEX, *SHARDS)),
        ((*SHARDS, INDEX, "consolidated.safetensors"), (INDEX, *SHARDS)),
        (("model.safetensors", "model.fp16.safetensors"), ("model.safetensors",)),
        (("gptq-4bit.safetensors",), ("gptq-4bit.safetensors",)),
        (("consolidated.safetensors",), ("consolidated.safetensors",)),
        (
            ("consolidated-1-of-1.safetensors", "weights-1-of-1.safetensors"),
            ("weights-1-of-1.safetensors",),
        ),
        (
            ("model.safetensors", "pytorch_model.bin", "pytorch_model.bin.index.json"),
            ("model.safetensors",),
        ),
        (
            ("model.safetensors", "tokenizer.model", "README.md", "LICENSE"),
            ("tokenizer.model", "model.safetensors"),
        ),
        (
            (
                "model.safetensors",
                "modeling_x.py",
                "original/params.json",
                "onnx/a.json",
            ),
            ("model.safetensors",),
        ),
    ],
)
def test_only_what_is_needed_is_downloaded(
    there: tuple[str, ...], needed: tuple[str, ...]
) -> None:
    files = needed_files("a/b", listed(*ENOUGH, *there))
    assert {file.path for file in files} == {*ENOUGH, *needed}


def test_the_weights_come_last() -> None:
    files = needed_files("a/b", listed(*SHARDS, INDEX, *ENOUGH))
    paths = [file.path for file in files]
    assert paths[-2:] == [*SHARDS]
    assert set(paths[:-2]) == {*ENOUGH, INDEX}


@pytest.mark.parametrize(
    ("there", "says"),
    [
        ((*ENOUGH, "pytorch_model.bin"), r"only as pickles \(pytorch_model.bin\)"),
        ((*ENOUGH, "consolidated.00.pth"), r"only as pickles"),
        ((*ENOUGH, "sub/model.safetensors"), r"no \*\.safetensors"),
        ((*ENOUGH, "model.gguf"), r"no \*\.safetensors"),
        ((), r"no \*\.safetensors"),
        (("tokenizer.json", "model.safetensors"), "has no config.json"),
        (("config.json", "model.safetensors"), "has no tokenizer.json"),
    ],
)
def test_what_could_not_be_run_is_refused(there: tuple[str, ...], says: str) -> None:
    with pytest.raises(ModelUnusable, match=says):
        needed_files("a/b", listed(*there))


# What is there


def laid_out(folder: Path, *files: str, index: str | None = None) -> Path:
    for name in files:
        (folder / name).touch()
    if index is not None:
        (folder / INDEX).write_text(index)
    return folder


@pytest.mark.parametrize(
    ("files", "missing"),
    [
        ((*ENOUGH, "model.safetensors"), ()),
        ((*ENOUGH, "any.safetensors"), ()),
        ((), ("config.json", "tokenizer.json", "model.safetensors")),
        ((*ENOUGH, *SHARDS), ()),
        ((*ENOUGH, SHARDS[1]), (SHARDS[0],)),
    ],
)
def test_names_tell_which_weights_are_missing(
    tmp_path: Path, files: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    assert missing_files(laid_out(tmp_path, *files)) == missing


def test_the_index_tells_which_weights_are_missing(tmp_path: Path) -> None:
    index = json.dumps({"weight_map": {"a": SHARDS[0], "b": SHARDS[1]}})
    laid_out(tmp_path, *ENOUGH, SHARDS[0], index=index)
    assert missing_files(tmp_path) == (SHARDS[1],)


@pytest.mark.parametrize("index", ["", "[]", "{}", '{"weight_map": []}'])
def test_a_broken_index_is_missing(tmp_path: Path, index: str) -> None:
    laid_out(tmp_path, *ENOUGH, *SHARDS, index=index)
    assert missing_files(tmp_path) == (f"{INDEX} (it is broken)",)


def test_a_link_to_what_is_gone_is_missing(tmp_path: Path) -> None:
    laid_out(tmp_path, *ENOUGH)
    (tmp_path / "model.safetensors").symlink_to(tmp_path / "gone")
    assert missing_files(tmp_path) == ("model.safetensors",)


def test_only_the_model_is_removed(hub: Hub, server: FakeHub) -> None:
    # Copies of a repository share its commits.
    downloaded(hub, server)
    ours = hub.folder(server.name)
    others = [hub.folder(f"copies/{number}") for number in range(5)]
    for other in others:
        shutil.copytree(ours, other, symlinks=True)
    all_ = sum(map(len, server.files.values())) + len(COMMIT)
    assert remove_cached(hub.cache, server.name) == all_
    assert not ours.exists()
    left = cached_models(hub.cache)
    assert [each.name for each in left] == [f"copies/{number}" for number in range(5)]
    assert all(each.is_complete for each in left)


def test_what_was_interrupted_is_removed(hub: Hub, server: FakeHub) -> None:
    blobs = hub.folder(server.name) / "blobs"
    blobs.mkdir(parents=True)
    (blobs / "0123.incomplete").write_bytes(b"some")
    assert remove_cached(hub.cache, server.name) == 4
    assert cached_models(hub.cache) == []


def test_what_is_shared_with_other_models_is_not_freed(
    hub: Hub, server: FakeHub, tmp_path: Path
) -> None:
    folder = downloaded(hub, server)
    blob = (folder / "model.safetensors").resolve()
    shared = blob.rename(tmp_path / "shared")
    blob.symlink_to(shared)
    cached = cached_model(hub.cache, server.name)
    assert cached is not None
    assert cached.size == sum(map(len, server.files.values())) + len(COMMIT)
    freed = remove_cached(hub.cache, server.name)
    assert freed == sum(map(len, SMALL.values())) + len(COMMIT)
    assert shared.exists()


def test_room_is_that_of_the_disk_where_the_cache_will_be(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "not" / "there" / "yet") > 0


# Names


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("CodeLlama-7b-hf", "codellama/CodeLlama-7b-hf"),
        ("codellama/codellama-13b-instruct-hf", "codellama/CodeLlama-13b-Instruct-hf"),
        ("codellama/CodeLLama-34b-Instruct", "codellama/CodeLlama-34b-Instruct-hf"),
        ("codelama/CodeLlama-7b-Python", "codellama/CodeLlama-7b-Python-hf"),
        ("CodeLlma-13b-hf", "codellama/CodeLlama-13b-hf"),
        ("codellama 13b", "codellama/CodeLlama-13b-hf"),
        ("34b", "codellama/CodeLlama-34b-hf"),
    ],
)
def test_a_name_that_is_nearly_right_is_recognised(typed: str, first: str) -> None:
    assert near_names(typed)[0] == first


@pytest.mark.parametrize("typed", ["", "gpt2", "///"])
def test_a_name_that_is_near_to_none_has_none(typed: str) -> None:
    assert near_names(typed) == []


def test_code_llama_is_known_in_three_sizes_and_variants() -> None:
    assert len(KNOWN) == 9
