"""What was chosen for one model, and vLLM's arguments that make it come true."""

from dataclasses import dataclass
from typing import Any

from lsp_server.engine.fit.memory import (
    CPU_STEP_TOKENS,
    SEQUENCES,
    STEP_TOKENS,
    Format,
)
from lsp_server.engine.hardware import Device

_CUDA_TOTAL = 1 / 0.99
"""NVML's total is up to 1 % more than CUDA's, of which vLLM takes its share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How one model is held, and why.

    Bytes are those of each GPU. ``weights_bytes``, ``kv_bytes`` and ``work_bytes`` are
    vLLM's share of it (weights and cache are computed from the model, the rest assumed),
    ``outside_bytes`` is what CUDA takes beside that. ``quantization`` is vLLM's word,
    None to load the folder as it is. ``rope_window`` is set where the window is
    longer than what the model was made for. ``sleeps``: vLLM's sleep mode is needed.
    """

    name: str
    devices: tuple[Device, ...]
    dtype: str
    quantization: str | None
    kv_dtype: str
    window_tokens: int
    rope_window: int | None
    weights_bytes: int
    kv_bytes: int
    work_bytes: int
    outside_bytes: int
    free_bytes: int
    form: Format
    sleeps: bool = False
    why: str = ""

    @property
    def tensor_parallel(self) -> int:
        return len(self.devices)

    @property
    def on_cpu(self) -> bool:
        return self.devices[0].capability is None

    @property
    def total_bytes(self) -> int:
        """All that it takes of each GPU."""
        inside = self.weights_bytes + self.kv_bytes + self.work_bytes
        return inside + self.outside_bytes


def arguments(fit: Fit) -> dict[str, Any]:
    """Return the keywords of vLLM's ``AsyncEngineArgs`` that make the choice come true.

    On a GPU ``gpu_memory_utilization``, not ``kv_cache_memory_bytes``: vLLM 0.32 holds the
    first against free memory as the core starts, in either case, and then measures a
    real step and the CUDA graphs, and gives the cache what is left of that share. So what
    is assumed here wrongly makes the cache a little smaller or larger; with the second,
    nothing is measured, and it would be an error in the middle of a request. The share is
    of the whole GPU and of this engine alone: neighbours do not count.

    ``device_ids`` are numbers in CUDA_VISIBLE_DEVICES, left out where they are the first.
    """
    given: dict[str, Any] = {
        "max_model_len": fit.window_tokens,
        "dtype": fit.dtype,
        "kv_cache_dtype": fit.kv_dtype,
        "tensor_parallel_size": fit.tensor_parallel,
        "max_num_batched_tokens": CPU_STEP_TOKENS if fit.on_cpu else STEP_TOKENS,
        "max_num_seqs": SEQUENCES,
    }
    if fit.quantization is not None:
        given["quantization"] = fit.quantization
    if fit.rope_window is not None:
        # The RoPE cache is sized by it; vLLM refuses a longer window otherwise.
        given["hf_overrides"] = {"max_position_embeddings": fit.rope_window}
    if fit.on_cpu:
        return given | {"kv_cache_memory_bytes": fit.kv_bytes}
    inside = fit.weights_bytes + fit.kv_bytes + fit.work_bytes
    share = _CUDA_TOTAL * inside / fit.devices[0].total_bytes
    given["gpu_memory_utilization"] = min(1.0, round(share + 0.00005, 4))
    ordinals = [device.ordinal for device in fit.devices]
    if sorted(ordinals) != [*range(len(ordinals))]:
        given["device_ids"] = ordinals
    if fit.sleeps:
        given["enable_sleep_mode"] = True
    return given
