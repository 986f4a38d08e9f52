"""A model's figures: what memory arithmetic needs of its config.json and its files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsp_server.engine.base import ModelUnusable

_TWO_MATRICES = frozenset({"starcoder2"})
"""Types whose MLP goes up and down; the others have a gate beside the way up."""

_TIED_UNLESS_SAID = frozenset({"gemma", "starcoder2"})
"""Types whose output head is the embedding where config.json does not say."""

_BFLOAT16_BYTES = 2
_GROUP = 128
_GROUP_BYTES = 2.5
"""4-bit formats hold a scale (2 bytes) and a zero point (4 bits) for a group of weights."""

_STORED_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2}
_FP8_BITS = 8
"""One scale for a whole matrix, or a row of it: nothing beside the weights."""
_BITS = {"awq": 4, "gptq": 4, "fp8": 8}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a model is made of; all but bytes are counts.

    ``matrices`` are the parameters of one layer's linear weights, as vLLM fuses them:
    query, key and value in one, gate and up in one. ``embedding_parameters`` hold the
    output head, too, unless the two are one. ``window_tokens`` is what the model was made
    for. ``quantized`` names the format that the folder is in, None for plain weights.
    ``weights_bytes`` is what the weights take once loaded, on one device, before any
    further quantization: 16 bits each, or what the folder's files hold.
    """

    name: str
    layers: int
    heads: int
    kv_heads: int
    head_size: int
    hidden: int
    intermediate: int
    vocabulary: int
    window_tokens: int
    matrices: tuple[int, ...]
    embedding_parameters: int
    rest_parameters: int
    quantized: str | None
    weights_bytes: int

    @property
    def linear_parameters(self) -> int:
        """The parameters that quantization reaches: neither embedding nor head."""
        return self.layers * sum(self.matrices)

    @property
    def parameters(self) -> int:
        return self.embedding_parameters + self.linear_parameters + self.rest_parameters


def read_shape(folder: Path, name: str = "") -> Shape:
    """Return the shape of the model in ``folder``; weights are not opened.

    ``name`` is how people call it, by default the folder's name. Files that are not there
    yet are computed. Raises ModelUnusable where config.json is missing, broken or
    lacks what is needed.
    """
    name = name or folder.name
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnusable(f"{name}: {path} cannot be read ({error}).") from error
    if not isinstance(config, dict):
        raise ModelUnusable(f"{name}: {path} is not a JSON object.")
    return shape_of(config, _files_bytes(folder), name=name)


def shape_of(
    config: Mapping[str, Any], weights_bytes: int | None, *, name: str = "the model"
) -> Shape:
    """Return the shape that a config.json tells of; ``weights_bytes``: of its files.

    Knows dense decoders as Llama, Qwen2, Gemma and StarCoder2 name them. Raises
    ModelUnusable for what it cannot count: what is missing, and mixtures of experts.
    """
    for key in ("num_experts", "num_local_experts", "n_routed_experts"):
        if config.get(key):
            raise ModelUnusable(
                f"{name} is a mixture of experts, whose memory is not known here. Serve it "
                "with vllm serve, and set endpoint."
            )
    hidden = _count(config, "hidden_size", name)
    heads = _count(config, "num_attention_heads", name)
    layers = _count(config, "num_hidden_layers", name)
    intermediate = _count(config, "intermediate_size", name)
    vocabulary = _count(config, "vocab_size", name)
    kv_heads = _count(config, "num_key_value_heads", name, heads)
    head_size = _count(config, "head_dim", name, hidden // heads)
    model_type = config.get("model_type")
    ways = 1 if model_type in _TWO_MATRICES else 2
    matrices = (
        hidden * head_size * (heads + 2 * kv_heads),
        hidden * head_size * heads,
        hidden * intermediate * ways,
        hidden * intermediate,
    )
    tied = config.get("tie_word_embeddings", model_type in _TIED_UNLESS_SAID)
    embedding = vocabulary * hidden * (1 if tied else 2)
    # Two norms a layer and the last one; biases, where there are any, are as small.
    rest = hidden * (2 * layers + 1) + layers * _biases(config, matrices, hidden)
    quantized, bits = _quantization(config, name)
    plain = (layers * sum(matrices) + embedding + rest) * _BFLOAT16_BYTES
    if quantized is None:
        stored = (weights_bytes or 0) * _BFLOAT16_BYTES // _stored_bytes(config)
        loaded = max(plain, stored)
    else:
        others = (embedding + rest) * _BFLOAT16_BYTES
        loaded = weights_bytes or others + _packed_bytes(
            layers * sum(matrices), bits, f"{name} is quantized as {quantized}"
        )
    return Shape(
        name=name,
        layers=layers,
        heads=heads,
        kv_heads=kv_heads,
        head_size=head_size,
        hidden=hidden,
        intermediate=intermediate,
        vocabulary=vocabulary,
        window_tokens=_count(config, "max_position_embeddings", name),
        matrices=matrices,
        embedding_parameters=embedding,
        rest_parameters=rest,
        quantized=quantized,
        weights_bytes=loaded,
    )


def _packed_bytes(parameters: int, bits: int | None, what: str) -> int:
    """Return what quantized weights take where there are no files to look at."""
    if bits is None:
        raise ModelUnusable(
            f"{what}, of which config.json does not tell the size. Download its files "
            "first."
        )
    group_bytes = parameters * _GROUP_BYTES / _GROUP if bits < _FP8_BITS else 0
    return int(parameters * bits / 8 + group_bytes)


def _biases(config: Mapping[str, Any], matrices: tuple[int, ...], hidden: int) -> int:
    """Return the biases of a layer: as many as its matrices have rows, at most."""
    has_some = config.get("model_type") in {"qwen2", "starcoder2"} or any(
        config.get(key) for key in ("attention_bias", "mlp_bias", "use_bias")
    )
    return sum(matrices) // hidden if has_some else 0


def _quantization(
    config: Mapping[str, Any], name: str
) -> tuple[str | None, int | None]:
    """Return the format that the folder's weights are in, and its bits, if it tells."""
    found = config.get("quantization_config")
    if found is None:
        return None, None
    method = _method(config)
    if not isinstance(method, str) or not method:
        raise ModelUnusable(f"{name}: quantization_config names no quant_method.")
    bits = found.get("bits") or found.get("w_bit")
    for group in _mapping(found.get("config_groups")).values():
        bits = bits or _mapping(_mapping(group).get("weights")).get("num_bits")
    return method, bits if isinstance(bits, int) else _BITS.get(method)


def _method(config: Mapping[str, Any]) -> Any:
    return _mapping(config.get("quantization_config")).get("quant_method")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _stored_bytes(config: Mapping[str, Any]) -> int:
    written = config.get("torch_dtype") or config.get("dtype")
    return _STORED_BYTES.get(str(written), _BFLOAT16_BYTES)


def _count(
    config: Mapping[str, Any], key: str, name: str, default: int | None = None
) -> int:
    value = config.get(key)
    value = default if value is None else value
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ModelUnusable(
            f"{name}: config.json has no usable {key} ({value!r}), so nobody can tell what "
            "memory it takes."
        )
    return value


def _files_bytes(folder: Path) -> int | None:
    """Return what the weights' files take; None unless all of them are there.

    A folder may hold the same weights twice (consolidated.safetensors); the index names
    those that count.
    """
    try:
        index = json.loads((folder / "model.safetensors.index.json").read_text("utf-8"))
        files = [folder / file for file in {*index["weight_map"].values()}]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        files = [*folder.glob("*.safetensors")]
    try:
        return sum(file.stat().st_size for file in files) or None
    except OSError:
        return None
