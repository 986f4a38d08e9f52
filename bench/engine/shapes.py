"""config.json of Code Llama's sizes, and folders with nothing but one of them."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lsp_server.engine.models import DEMO_FOLDER

Config = dict[str, Any]

LLAMA_7B: Config = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 4096,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 32,
    "intermediate_size": 11008,
    "vocab_size": 32016,
    "max_position_embeddings": 16384,
    "rms_norm_eps": 1e-5,
    "rope_theta": 1e6,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
}
LLAMA_13B: Config = LLAMA_7B | {
    "hidden_size": 5120,
    "num_hidden_layers": 40,
    "num_attention_heads": 40,
    "num_key_value_heads": 40,
    "intermediate_size": 13824,
}
LLAMA_34B: Config = LLAMA_7B | {
    "hidden_size": 8192,
    "num_hidden_layers": 48,
    "num_attention_heads": 64,
    "num_key_value_heads": 8,
    "intermediate_size": 22016,
    "vocab_size": 32000,
}
_CONFIGS = {"7b": LLAMA_7B, "13b": LLAMA_13B, "34b": LLAMA_34B}
SHAPES = ("demo", *_CONFIGS)


def config(shape: str) -> Config:
    """Return the config.json of one of ``SHAPES``."""
    if shape in _CONFIGS:
        return _CONFIGS[shape]
    text = (DEMO_FOLDER / "config.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


@contextmanager
def built(shape: str) -> Iterator[Path]:
    """Make a folder of a model without weights and tokenizer, for as long as it is used."""
    with tempfile.TemporaryDirectory(prefix=f"bench-{shape}-") as name:
        text = json.dumps(config(shape), indent=1)
        Path(name, "config.json").write_text(text, encoding="utf-8")
        yield Path(name)
