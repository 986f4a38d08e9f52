import json
import re
from pathlib import Path
from typing import Any

import pytest

from lsp_server.engine.base import ModelUnusable
from lsp_server.prompt.families import CODE_LLAMA, DEEPSEEK_CODER, QWEN_CODER
from lsp_server.prompt.infill import load
from lsp_server.prompt.recognise import model_name, recognise
from tests.unit.prompt.folders import code_llama, edit_tokenizer, other_family

THE_34B = {"hidden_size": 8192, "num_hidden_layers": 48}
THE_70B = {"hidden_size": 8192, "num_hidden_layers": 80}


def refusal(folder: Path) -> str:
    with pytest.raises(ModelUnusable) as caught:
        load(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("CodeLlama-7b-hf", {}),
        ("CodeLlama-13b-Instruct-hf", {}),
        ("CodeLlama-70b-hf", THE_70B),
        ("a-fine-tune-of-our-own", {}),
        ("our-python-models", {}),
    ],
)
def test_code_llama_is_recognised(
    tmp_path: Path, name: str, config: dict[str, Any]
) -> None:
    found = recognise(code_llama(tmp_path / name, **config))
    assert (found.family, found.name) == (CODE_LLAMA, name)


@pytest.mark.parametrize(
    ("name", "config", "message"),
    [
        ("CodeLlama-34b-hf", {}, "34B models of Code Llama were not trained"),
        ("CodeLlama-34B-Instruct-AWQ", {}, "34B models"),
        ("renamed", THE_34B, "34B models"),
        ("CodeLlama-7b-Python-hf", {}, "Python models of Code Llama were not trained"),
        ("codellama-13b-python.awq", {}, "Python models"),
        ("CodeLlama-70b-Instruct-hf", THE_70B, "only the base model"),
        ("renamed-python", {"vocab_size": 2556}, "it has no ▁<MID>, ▁<PRE>, ▁<SUF>"),
        ("Mistral-7B", {"model_type": "mistral"}, "type 'mistral', which is not known"),
        ("nameless", {"model_type": None}, "type None"),
    ],
)
def test_a_model_that_cannot_infill_is_refused_with_an_alternative(
    tmp_path: Path, name: str, config: dict[str, Any], message: str
) -> None:
    said = refusal(code_llama(tmp_path / name, **config))
    assert name in said
    assert message in said
    assert "codellama/CodeLlama-7b-hf" in said


def test_a_qwen_that_is_no_coder_is_refused(tmp_path: Path) -> None:
    said = refusal(other_family(tmp_path / "Qwen2.5-7B-Instruct", QWEN_CODER))
    assert "only Qwen2.5-Coder was trained" in said


def test_deepseek_coder_is_told_from_code_llama_by_its_pieces(tmp_path: Path) -> None:
    folder = other_family(tmp_path / "renamed", DEEPSEEK_CODER, model_type="llama")
    assert recognise(folder).family is DEEPSEEK_CODER


def test_weights_are_not_opened(tmp_path: Path) -> None:
    folder = code_llama(tmp_path / "CodeLlama-7b-hf")
    (folder / "model.safetensors").mkdir()  # opening it would fail
    assert recognise(folder).family is CODE_LLAMA


def test_the_34b_is_refused_before_its_tokenizer_is_read(tmp_path: Path) -> None:
    folder = code_llama(tmp_path / "CodeLlama-34b-hf")
    (folder / "tokenizer.json").write_text("broken")
    assert "34B models" in refusal(folder)


def test_the_name_in_the_hubs_cache_is_two_folders_up(tmp_path: Path) -> None:
    cached = tmp_path / "models--codellama--CodeLlama-34b-hf" / "snapshots" / "6c284d1"
    assert model_name(cached) == "codellama/CodeLlama-34b-hf"
    assert "codellama/CodeLlama-34b-hf: the 34B models" in refusal(code_llama(cached))


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("config.json", None, "has no config.json.*Check the path"),
        ("config.json", "", "config.json cannot be read.*Download the model again"),
        ("config.json", '{"model_type": ', "config.json cannot be read.*Download"),
        ("config.json", "[]", "config.json is not a JSON object.*Download"),
        ("tokenizer.json", None, "no tokenizer.json.*save_pretrained"),
        ("tokenizer.json", "{", "cannot be read as a tokenizer.*Download"),
        ("tokenizer.json", "[]", "cannot be read as a tokenizer.*Download"),
        ("tokenizer.json", '{"model": {}}', "cannot be read as a tokenizer.*Download"),
    ],
)
def test_broken_folders_say_what_to_do(
    tmp_path: Path, file: str, text: str | None, message: str
) -> None:
    folder = code_llama(tmp_path / "CodeLlama-7b-hf")
    if text is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(text)
    assert re.search(message, refusal(folder))


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    said = refusal(tmp_path / "nowhere")
    assert f"no folder {tmp_path / 'nowhere'}. Check the path" in said


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    assert "has no config.json" in refusal(tmp_path)


def test_a_folder_without_any_tokenizer_says_what_to_do(tmp_path: Path) -> None:
    folder = code_llama(tmp_path / "CodeLlama-7b-hf")
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer.model").unlink()
    assert "The download is incomplete" in refusal(folder)


def test_a_tokenizer_that_is_not_bpe_is_refused(tmp_path: Path) -> None:
    folder = code_llama(tmp_path / "CodeLlama-7b-hf")
    file = json.loads((folder / "tokenizer.json").read_text())
    edit_tokenizer(folder, model=file["model"] | {"type": "WordPiece"})
    assert "only BPE tokenizers" in refusal(folder)


def test_a_damaged_tokenizer_says_what_to_do(tmp_path: Path) -> None:
    folder = code_llama(tmp_path / "CodeLlama-7b-hf")
    file = json.loads((folder / "tokenizer.json").read_text())
    edit_tokenizer(folder, model=file["model"] | {"merges": [["no", "such piece"]]})
    assert "tokenizer.json is damaged" in refusal(folder)
    assert "Download the model again" in refusal(folder)
