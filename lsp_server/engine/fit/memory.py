"""What a model takes of a GPU's memory, byte by byte.

Weights and KV cache are computed from the model's shape, exactly; what CUDA, graphs
and kernels take beside them is assumed, on the safe side, because none of it could be
measured here. All figures are for one GPU of those that share the model.
"""

from dataclasses import dataclass

from lsp_server.engine.hardware import Device
from lsp_server.engine.shape import Shape

GIB = 2**30
MIB = 2**20

STEP_TOKENS = 2_048
"""What one step of the scheduler computes on a GPU, at most (max_num_batched_tokens)."""

CPU_STEP_TOKENS = 1_024

SEQUENCES = 64
"""Requests that run at once (max_num_seqs). vLLM's default is up to 1,024 on big GPUs,
and it keeps logits and CUDA graphs for as many: more than windows ever ask at once."""

BLOCK_TOKENS = 16
"""vLLM's KV cache comes in blocks of it on a GPU; one of them is never used."""

_BLOCKS_SPARED = 4
"""The one that vLLM keeps empty, and the one that a window ends within; on a CPU blocks
are twice as long."""

_BFLOAT16_BYTES = 2
_FLOAT32_BYTES = 4

_CONTEXT_BYTES = 600 * MIB
"""CUDA's context and the kernels that are loaded: assumed; 300 to 550 MiB are reported."""

_COLLECTIVES_BYTES = 768 * MIB
"""NCCL's channels and vLLM's own all-reduce buffers, between GPUs: assumed."""

_WORKSPACE_BYTES = 512 * MIB
"""FlashInfer's workspace is 394 MiB (VLLM_FLASHINFER_WORKSPACE_BUFFER_SIZE); cuBLAS takes
some beside it."""

_GRAPHS_BYTES = 256 * MIB
_GRAPHS_BYTES_PER_LAYER = 12 * MIB
"""CUDA graphs, captured layer by layer for up to 2 x SEQUENCES tokens: assumed."""

_ACTIVATIONS_MARGIN = 2
"""torch's allocator keeps pieces that fit nothing, and compiled code keeps buffers that
arithmetic does not see: assumed."""

_LOGITS_COPIES = 6
"""The sampler's warm-up sorts and normalizes: so many float32 arrays of all logits."""

_SLACK = 0.02
_LEAST_SLACK_BYTES = 256 * MIB
"""What stays free of a GPU. NVML counts up to 1 % more memory than CUDA gives out."""

_CPU_PROCESS_BYTES = int(1.5 * GIB)
"""vLLM's two processes without weights and cache took 1.25 GiB with a small model."""

_GPU_PROCESS_RAM_BYTES = 3 * GIB
"""Torch, CUDA and vLLM in an engine's processes, in RAM: assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How the numbers are held: ``fp8_weights`` is quantizing while loading."""

    fp8_weights: bool = False
    fp8_cache: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one GPU must give, but for the KV cache, of which it is a price per token.

    ``work_bytes`` is inside vLLM's share of the GPU, ``outside_bytes`` beside it.
    """

    weights_bytes: int
    work_bytes: int
    outside_bytes: int
    token_bytes: int

    @property
    def fixed_bytes(self) -> int:
        return self.weights_bytes + self.work_bytes + self.outside_bytes

    def cache_bytes(self, window_tokens: int) -> int:
        """Return the KV cache that one request of ``window_tokens`` fills."""
        blocks = -(-window_tokens // BLOCK_TOKENS) + _BLOCKS_SPARED
        return blocks * BLOCK_TOKENS * self.token_bytes


def need(shape: Shape, form: Format, gpus: int) -> Need:
    """Return what each of ``gpus`` GPUs must give."""
    return Need(
        weights_bytes=weights_bytes(shape, form, gpus),
        work_bytes=_activation_bytes(shape, STEP_TOKENS, gpus)
        + _WORKSPACE_BYTES
        + _GRAPHS_BYTES
        + shape.layers * _GRAPHS_BYTES_PER_LAYER,
        outside_bytes=_CONTEXT_BYTES + (_COLLECTIVES_BYTES if gpus > 1 else 0),
        token_bytes=token_bytes(shape, form, gpus),
    )


def cpu_need(shape: Shape, form: Format) -> Need:
    """Return what RAM must give: no graphs, no CUDA, and smaller steps."""
    return Need(
        weights_bytes=weights_bytes(shape, form, 1),
        work_bytes=_activation_bytes(shape, CPU_STEP_TOKENS, 1),
        outside_bytes=_CPU_PROCESS_BYTES,
        token_bytes=token_bytes(shape, form, 1),
    )


def weights_bytes(shape: Shape, form: Format, gpus: int = 1) -> int:
    """Return what the weights take of each GPU.

    fp8 reaches the linear layers only: vLLM's online quantization leaves embedding, head
    and norms in 16 bits. Where there are more GPUs than key and value heads, each GPU
    holds one head, so that some are held several times.
    """
    whole = shape.weights_bytes
    if form.fp8_weights:
        whole -= shape.linear_parameters
    split = whole - shape.rest_parameters * _BFLOAT16_BYTES
    copied = _kv_heads(shape, gpus) * gpus - shape.kv_heads
    copies = shape.layers * 2 * copied * shape.head_size * shape.hidden
    width = shape.weights_bytes / shape.parameters / (2 if form.fp8_weights else 1)
    return int((split + copies * width) / gpus) + shape.rest_parameters * 2


def token_bytes(shape: Shape, form: Format, gpus: int = 1) -> int:
    """Return what a token takes in each GPU's KV cache: keys and values of each layer."""
    width = 1 if form.fp8_cache else _BFLOAT16_BYTES
    return 2 * shape.layers * _kv_heads(shape, gpus) * shape.head_size * width


def room_bytes(device: Device) -> int:
    """Return what engines may take of the free memory: not all, see ``_SLACK``."""
    slack = max(int(device.total_bytes * _SLACK), _LEAST_SLACK_BYTES)
    return device.free_bytes - slack


def asleep_bytes(gpus: int) -> int:
    """Return what an engine keeps of each GPU while vLLM's sleep mode holds the rest.

    Weights and CUDA graphs go to RAM, the KV cache is dropped; CUDA's context, NCCL and
    the kernels' workspace stay.
    """
    collectives = _COLLECTIVES_BYTES if gpus > 1 else 0
    return _CONTEXT_BYTES + _WORKSPACE_BYTES + collectives


def asleep_ram_bytes(shape: Shape, form: Format, gpus: int) -> int:
    """Return the RAM that an engine takes while it sleeps: its weights and graphs.

    It is pinned, and PyTorch rounds each piece of pinned memory up to a power of two
    (CachingHostAllocator.h). The pieces are the layers' matrices. What a
    process needs anyway is in it.
    """
    others = shape.embedding_parameters + shape.rest_parameters
    width = (weights_bytes(shape, form) - 2 * others) / shape.linear_parameters
    pieces = sum(_power_of_two(int(each * width / gpus)) for each in shape.matrices)
    table = shape.vocabulary * shape.hidden
    tables = shape.embedding_parameters // table
    graphs = _GRAPHS_BYTES + shape.layers * _GRAPHS_BYTES_PER_LAYER
    pinned = shape.layers * pieces + tables * _power_of_two(2 * table // gpus)
    return (pinned + 2 * graphs) * gpus + _GPU_PROCESS_RAM_BYTES


def _activation_bytes(shape: Shape, tokens: int, gpus: int) -> int:
    """Return what one step computes in: the widest layer, and the logits.

    Of a layer at once: the residual, its norm, the output and the all-reduced output
    (hidden each); query, key, value and the attention's output; gate, up and their
    product. Of those, heads and MLP are divided by the GPUs.
    """
    attention = (2 * shape.heads + 2 * shape.kv_heads) * shape.head_size
    divided = max(attention, 3 * shape.intermediate) / gpus
    layer = tokens * (4 * shape.hidden + divided) * _BFLOAT16_BYTES
    logits = SEQUENCES * shape.vocabulary * _FLOAT32_BYTES * _LOGITS_COPIES
    return int(layer * _ACTIVATIONS_MARGIN + logits)


def _kv_heads(shape: Shape, gpus: int) -> int:
    """Return the key and value heads that each GPU holds."""
    return max(1, shape.kv_heads // gpus)


def _power_of_two(number: int) -> int:
    return 1 << max(0, number - 1).bit_length()
