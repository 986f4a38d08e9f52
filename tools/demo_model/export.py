"""The model folder in the form of Code Llama's on the hub: weights, configuration and tokenizer files."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file
from sentencepiece import sentencepiece_model_pb2

from tools.demo_model.model import Llama
from tools.demo_model.tokenizer import SPECIAL_PIECES

_NORMAL = sentencepiece_model_pb2.ModelProto.SentencePiece.NORMAL
_CORE_PIECES = {"unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"}


def export(
    model: Llama,
    tokenizer_model: Path,
    context: int,
    others: Mapping[str, bytes],
    folder: Path,
) -> None:
    """Write all files, `others` by their names, beside `folder`, then put them in its place.

    Where that fails, what was in its place before still is.
    """
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        _write(model, tokenizer_model, context, others, partial)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)  # of a run that was killed right here
    if folder.exists():
        folder.rename(old)
    partial.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _write(
    model: Llama,
    tokenizer_model: Path,
    context: int,
    others: Mapping[str, bytes],
    folder: Path,
) -> None:
    weights = {
        f"model.{name}": tensor.to(torch.bfloat16).contiguous()
        for name, tensor in model.state_dict().items()
    }
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)  # the library makes it private
    shutil.copyfile(tokenizer_model, folder / "tokenizer.model")
    for name, content in others.items():
        (folder / name).write_bytes(content)
    pieces = sentencepiece_model_pb2.ModelProto.FromString(
        tokenizer_model.read_bytes()
    ).pieces
    for name, parts in {
        "config.json": config(model, context),
        "generation_config.json": {
            "_from_model_config": True,
            "bos_token_id": 1,
            "eos_token_id": 2,
        },
        "special_tokens_map.json": _CORE_PIECES,
        "tokenizer_config.json": tokenizer_config(context),
        "tokenizer.json": fast_tokenizer(
            [(piece.piece, piece.type == _NORMAL) for piece in pieces]
        ),
    }.items():
        (folder / name).write_text(
            json.dumps(parts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )


def config(model: Llama, context: int) -> dict[str, object]:
    """Return config.json with the fields that Code Llama's has."""
    shape = model.shape
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "attention_bias": False,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "head_dim": shape.head_size,
        "hidden_act": "silu",
        "hidden_size": shape.hidden,
        "initializer_range": 0.02,
        "intermediate_size": shape.intermediate,
        "max_position_embeddings": context,
        "mlp_bias": False,
        "num_attention_heads": shape.heads,
        "num_hidden_layers": shape.layers,
        "num_key_value_heads": shape.key_value_heads,
        "pretraining_tp": 1,
        "rms_norm_eps": shape.norm_epsilon,
        "rope_scaling": None,
        "rope_theta": shape.rope_theta,
        "tie_word_embeddings": True,
        "torch_dtype": "bfloat16",
        "use_cache": True,
        "vocab_size": shape.vocabulary,
    }


def tokenizer_config(context: int) -> dict[str, object]:
    """Return tokenizer_config.json; the class is the one that takes tokenizer.json as it is.

    transformers' CodeLlamaTokenizer would add a piece `<FILL_ME>` past the end of the embeddings.
    """
    return {
        "add_bos_token": True,
        "add_eos_token": False,
        **_CORE_PIECES,
        "additional_special_tokens": list(SPECIAL_PIECES),
        "clean_up_tokenization_spaces": False,
        "model_max_length": context,
        "tokenizer_class": "PreTrainedTokenizerFast",
    }


def fast_tokenizer(pieces: list[tuple[str, bool]]) -> dict[str, object]:
    """Return tokenizer.json for (piece, whether text can give it) in the order of their ids."""
    vocabulary = {piece: position for position, (piece, _) in enumerate(pieces)}
    special = [*_CORE_PIECES.values(), *SPECIAL_PIECES]
    start = {"SpecialToken": {"id": "<s>", "type_id": 0}}
    start_again = {"SpecialToken": {"id": "<s>", "type_id": 1}}
    first = {"Sequence": {"id": "A", "type_id": 0}}
    second = {"Sequence": {"id": "B", "type_id": 1}}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": vocabulary[piece],
                "content": piece,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
            for piece in special
        ],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "Prepend", "prepend": "▁"},
                {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
            ],
        },
        "pre_tokenizer": None,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [start, first],
            "pair": [start, first, start_again, second],
            "special_tokens": {
                "<s>": {"id": "<s>", "ids": [vocabulary["<s>"]], "tokens": ["<s>"]}
            },
        },
        "decoder": {
            "type": "Sequence",
            "decoders": [
                {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
                {"type": "ByteFallback"},
                {"type": "Fuse"},
                {"type": "Strip", "content": " ", "start": 1, "stop": 0},
            ],
        },
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": "<unk>",
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": True,
            "byte_fallback": True,
            "vocab": vocabulary,
            "merges": merges([piece for piece, normal in pieces if normal]),
        },
    }


def merges(pieces: list[str]) -> list[str]:
    """Return every split of a piece into two pieces, best piece first, as transformers derives them."""
    rank = {piece: position for position, piece in enumerate(pieces)}
    found: list[str] = []
    for piece in pieces:
        splits = [(piece[:cut], piece[cut:]) for cut in range(1, len(piece))]
        known = [
            (left, right) for left, right in splits if left in rank and right in rank
        ]
        found += [
            f"{left} {right}"
            for left, right in sorted(
                known, key=lambda split: (rank[split[0]], rank[split[1]])
            )
        ]
    return found
