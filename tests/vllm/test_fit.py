"""vLLM's own words: what ``fit`` gives it exists there, also what only a GPU can use."""

import json
import subprocess
import sys
from typing import Any

import pytest

from lsp_server.engine.fit import Pinned, arguments, fit, fit_together
from tests.unit.engine.shapes import AMPERE, GIB, SHAPES, cpu, gpus

pytestmark = pytest.mark.vllm

_ASK = """
import dataclasses, json
from typing import get_args
from lsp_server.engine.host.process import prepare_process
prepare_process("__main__")
from vllm import AsyncEngineArgs
from vllm.config.cache import CacheDType
from vllm.model_executor.layers.quantization import QUANTIZATION_METHODS
print(json.dumps({
    "arguments": [field.name for field in dataclasses.fields(AsyncEngineArgs)],
    "quantization": QUANTIZATION_METHODS,
    "kv_cache_dtype": get_args(CacheDType),
}))
"""


def given() -> list[dict[str, Any]]:
    """Return arguments of each kind that ``fit`` makes."""
    large = fit_together(
        SHAPES["7B"], SHAPES["34B"], gpus(2, 24), "swap", ram_free_bytes=256 * GIB
    )
    apart = fit_together(SHAPES["7B"], SHAPES["34B"], gpus(2, 80), ram_free_bytes=0)
    chosen = (
        fit(SHAPES["13B"], gpus(1, 24)),
        fit(SHAPES["13B"], gpus(1, 24, capability=AMPERE)),
        fit(SHAPES["7B"], gpus(1, 80), Pinned(window_tokens=100_000)),
        fit(SHAPES["7B"], cpu(64)),
        large.on_demand,
        apart.realtime,
    )
    return [arguments(each) for each in chosen]


def test_vllm_knows_every_argument_and_every_format() -> None:
    asked = subprocess.run(
        [sys.executable, "-c", _ASK], capture_output=True, check=True, text=True
    )
    known = json.loads(asked.stdout.splitlines()[-1])
    made = given()
    names = {name for each in made for name in each}
    assert {"device_ids", "enable_sleep_mode", "hf_overrides"} <= names
    assert names <= {*known["arguments"]}
    formats = {each["quantization"] for each in made if "quantization" in each}
    assert formats == {"fp8_per_channel", "fp8_per_tensor"}
    assert formats <= {*known["quantization"]}
    caches = {each["kv_cache_dtype"] for each in made}
    assert caches == {"auto", "fp8"}
    assert caches <= {*known["kv_cache_dtype"]}
