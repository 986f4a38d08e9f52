"""A model's figures, from config.json and its files; against what the models are said to be."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.engine.shapes import LLAMA_7B, LLAMA_13B, LLAMA_34B, Config
from lsp_server.engine.base import ModelUnusable
from lsp_server.engine.shape import read_shape, shape_of
from tests.unit.engine.shapes import (
    AWQ,
    GEMMA_2B,
    GIB,
    QWEN2_7B,
    STARCODER2_3B,
)


@pytest.mark.parametrize(
    ("config", "millions"),
    [
        # What the models' cards on the hub count, in millions of parameters.
        (LLAMA_7B, 6_738),
        (LLAMA_13B, 13_016),
        (LLAMA_34B, 33_744),
        (STARCODER2_3B, 3_030),
        (QWEN2_7B, 7_616),
        (GEMMA_2B, 2_506),
    ],
)
def test_parameters_are_counted_as_the_models_have_them(
    config: Config, millions: int
) -> None:
    shape = shape_of(config, None)
    assert shape.parameters / 1e6 == pytest.approx(millions, rel=0.001)
    assert shape.weights_bytes == 2 * shape.parameters


@pytest.mark.parametrize(
    ("changes", "head_size", "kv_heads"),
    [
        ({}, 128, 32),
        ({"head_dim": 64}, 64, 32),
        ({"head_dim": None}, 128, 32),
        ({"num_key_value_heads": None}, 128, 32),
        ({"num_key_value_heads": 4}, 128, 4),
    ],
)
def test_heads_may_be_left_to_the_defaults(
    changes: Config, head_size: int, kv_heads: int
) -> None:
    shape = shape_of(LLAMA_7B | changes, None)
    assert (shape.head_size, shape.kv_heads) == (head_size, kv_heads)


@pytest.mark.parametrize(
    ("config", "tables"),
    [
        (LLAMA_7B, 2),
        (LLAMA_7B | {"tie_word_embeddings": True}, 1),
        (GEMMA_2B, 1),
        (STARCODER2_3B | {"tie_word_embeddings": False}, 2),
    ],
)
def test_a_tied_head_is_counted_once(config: Config, tables: int) -> None:
    shape = shape_of(config, None)
    assert shape.embedding_parameters == tables * shape.vocabulary * shape.hidden


@pytest.mark.parametrize(
    ("quantization", "quantized", "gib"),
    [
        ({"quant_method": "awq", "bits": 4}, "awq", 17.1),
        ({"quant_method": "gptq", "bits": 8}, "gptq", 31.9),
        ({"quant_method": "fp8"}, "fp8", 31.9),
        (
            {
                "quant_method": "compressed-tensors",
                "config_groups": {"group_0": {"weights": {"num_bits": 4}}},
            },
            "compressed-tensors",
            17.1,
        ),
    ],
)
def test_quantized_folders_are_computed_where_there_are_no_files(
    quantization: Config, quantized: str, gib: float
) -> None:
    shape = shape_of(LLAMA_34B | {"quantization_config": quantization}, None)
    assert shape.quantized == quantized
    assert shape.weights_bytes / GIB == pytest.approx(gib, abs=0.05)


def test_files_tell_more_than_arithmetic() -> None:
    assert shape_of(LLAMA_34B | AWQ, 18 * GIB).weights_bytes == 18 * GIB
    assert shape_of(LLAMA_7B, 14 * GIB).weights_bytes == 14 * GIB


def test_weights_in_32_bits_are_loaded_in_16() -> None:
    shape = shape_of(LLAMA_7B | {"torch_dtype": "float32"}, 28 * GIB)
    assert shape.weights_bytes == 14 * GIB


def test_a_file_that_is_too_small_is_not_believed() -> None:
    shape = shape_of(LLAMA_7B, GIB)
    assert shape.weights_bytes == 2 * shape.parameters


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"hidden_size": None}, "no usable hidden_size (None)"),
        ({"num_hidden_layers": "many"}, "no usable num_hidden_layers ('many')"),
        ({"vocab_size": 0}, "no usable vocab_size (0)"),
        ({"max_position_embeddings": True}, "no usable max_position_embeddings"),
        ({"num_local_experts": 8}, "is a mixture of experts"),
        ({"quantization_config": {}}, "names no quant_method"),
        ({"quantization_config": 4}, "names no quant_method"),
        (
            {"quantization_config": {"quant_method": "new"}},
            "is quantized as new, of which config.json does not tell the size",
        ),
    ],
)
def test_what_cannot_be_counted_is_refused_by_name(changes: Any, says: str) -> None:
    with pytest.raises(ModelUnusable) as refused:
        shape_of(LLAMA_7B | changes, None, name="a model")
    assert str(refused.value).startswith("a model")
    assert says in str(refused.value)


# Folders


def folder(tmp_path: Path, **files: int) -> Path:
    (tmp_path / "config.json").write_text(json.dumps(LLAMA_34B | AWQ))
    for name, size in files.items():
        with (tmp_path / f"{name}.safetensors").open("wb") as file:
            file.truncate(size)  # takes no room on the disk
    return tmp_path


def indexed(path: Path, *files: str) -> Path:
    weights = {str(number): f"{name}.safetensors" for number, name in enumerate(files)}
    (path / "model.safetensors.index.json").write_text(
        json.dumps({"weight_map": weights})
    )
    return path


def test_files_are_added_up(tmp_path: Path) -> None:
    assert read_shape(folder(tmp_path, a=1000, b=500)).weights_bytes == 1500


def test_the_index_says_which_files_count(tmp_path: Path) -> None:
    path = indexed(folder(tmp_path, a=1000, b=500, consolidated=1500), "a", "b", "a")
    assert read_shape(path).weights_bytes == 1500


@pytest.mark.parametrize("index", ["", "[]", '{"weight_map": []}'])
def test_a_broken_index_is_done_without(tmp_path: Path, index: str) -> None:
    path = folder(tmp_path, a=1000)
    (path / "model.safetensors.index.json").write_text(index)
    assert read_shape(path).weights_bytes == 1000


@pytest.mark.parametrize("present", [{}, {"a": 1000}])
def test_files_that_are_still_to_come_are_computed(
    tmp_path: Path, present: dict[str, int]
) -> None:
    path = indexed(folder(tmp_path, **present), "a", "b")
    assert (
        read_shape(path).weights_bytes == shape_of(LLAMA_34B | AWQ, None).weights_bytes
    )


def test_the_name_is_the_folders_unless_it_is_told(tmp_path: Path) -> None:
    path = folder(tmp_path)
    assert read_shape(path).name == tmp_path.name
    assert read_shape(path, "a/b").name == "a/b"


@pytest.mark.parametrize(
    ("config", "says"),
    [(None, "cannot be read"), ("{", "cannot be read"), ("[]", "object")],
)
def test_a_folder_without_a_config_is_refused(
    tmp_path: Path, config: str | None, says: str
) -> None:
    if config is not None:
        (tmp_path / "config.json").write_text(config)
    with pytest.raises(ModelUnusable, match=says):
        read_shape(tmp_path)
