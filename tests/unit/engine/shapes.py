"""config.json of more true models, as far as memory depends on it, and GPUs to put them on."""

from bench.engine.shapes import LLAMA_7B, LLAMA_13B, LLAMA_34B, Config
from lsp_server.engine.hardware import Device
from lsp_server.engine.shape import Shape, shape_of

GIB = 2**30

AWQ: Config = {"quantization_config": {"quant_method": "awq", "bits": 4}}

STARCODER2_3B: Config = {
    "model_type": "starcoder2",
    "hidden_size": 3072,
    "num_hidden_layers": 30,
    "num_attention_heads": 24,
    "num_key_value_heads": 2,
    "intermediate_size": 12288,
    "vocab_size": 49152,
    "max_position_embeddings": 16384,
    "use_bias": True,
}
QWEN2_7B: Config = {
    "model_type": "qwen2",
    "hidden_size": 3584,
    "num_hidden_layers": 28,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "intermediate_size": 18944,
    "vocab_size": 152064,
    "max_position_embeddings": 32768,
    "tie_word_embeddings": False,
}
GEMMA_2B: Config = {
    "model_type": "gemma",
    "head_dim": 256,
    "hidden_size": 2048,
    "num_hidden_layers": 18,
    "num_attention_heads": 8,
    "num_key_value_heads": 1,
    "intermediate_size": 16384,
    "vocab_size": 256000,
    "max_position_embeddings": 8192,
}

SHAPES: dict[str, Shape] = {
    name: shape_of(config, None, name=name)
    for name, config in {
        "7B": LLAMA_7B,
        "13B": LLAMA_13B,
        "34B": LLAMA_34B,
        "34B-AWQ": LLAMA_34B | AWQ,
    }.items()
}

AMPERE, ADA, HOPPER = (8, 6), (8, 9), (9, 0)


def gpus(
    number: int,
    gib: float,
    *,
    used: float = 0.5,
    capability: tuple[int, int] = HOPPER,
    name: str = "",
) -> tuple[Device, ...]:
    """Return alike GPUs of ``gib`` each, of which ``used`` are not free."""
    return tuple(
        Device(
            name=name or f"GPU of {gib:.0f} GB",
            total_bytes=int(gib * GIB),
            free_bytes=int((gib - used) * GIB),
            ordinal=ordinal,
            uuid=f"GPU-{ordinal}",
            capability=capability,
        )
        for ordinal in range(number)
    )


def cpu(gib: float) -> tuple[Device, ...]:
    ram = int(gib * GIB)
    return (Device(name="a processor", total_bytes=ram, free_bytes=ram),)
