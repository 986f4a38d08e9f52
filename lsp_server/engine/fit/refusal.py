"""What is said where a model does not fit: the numbers, and what would."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lsp_server.engine.base import EngineError, OutOfMemory
from lsp_server.engine.fit.memory import room_bytes
from lsp_server.engine.fit.search import Pinned, Way, best_way, least_window, ways
from lsp_server.engine.fit.words import gib, weights_said, where
from lsp_server.engine.hardware import Device
from lsp_server.engine.shape import Shape, shape_of

_LLAMA: dict[str, Any] = {
    "model_type": "llama",
    "max_position_embeddings": 16_384,
    "tie_word_embeddings": False,
}


def _llama(
    hidden: int, layers: int, heads: tuple[int, int], mlp: int
) -> dict[str, Any]:
    return _LLAMA | {
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads[0],
        "num_key_value_heads": heads[1],
        "intermediate_size": mlp,
        "vocab_size": 32_016,
    }


_AWQ = {"quantization_config": {"quant_method": "awq", "bits": 4}}
_FORTY_HEADS = _llama(5_120, 40, (40, 40), 13_824)
_GROUPED = _llama(8_192, 48, (64, 8), 22_016)
KNOWN = tuple(
    shape_of(config, None, name=f"Code Llama {name}")
    for name, config in (
        ("7B", _llama(4_096, 32, (32, 32), 11_008)),
        ("13B", _FORTY_HEADS),
        ("34B", _GROUPED),
        ("13B in 4 bits (AWQ)", _FORTY_HEADS | _AWQ),
        ("34B in 4 bits (AWQ)", _GROUPED | _AWQ),
    )
)
"""What to use instead: the models that people choose from, as their config.json has them."""

_GPUS = (2, 4, 8)


def refusal(shape: Shape, devices: Sequence[Device], pinned: Pinned) -> OutOfMemory:
    """Return the error for a model that nothing makes fit."""
    return OutOfMemory(
        " ".join(
            [
                _shortage(shape, devices, pinned),
                *_holders(devices),
                *_advice(shape, devices, pinned),
                what_fits(devices),
            ]
        )
    )


def what_fits(devices: Sequence[Device]) -> str:
    """Return which of the known models fit into what is free, and with which window."""
    fitting = [
        f"{shape.name} ({weights_said(shape, way.form)}, {window:,} tokens"
        f"{f', {way.gpus} GPUs' if way.gpus > 1 else ''})"
        for shape in KNOWN
        if (found := _tried(shape, devices, Pinned())) is not None
        for way, window in [found]
    ]
    if not fitting:
        return "None of the Code Llama models fits into what is free."
    return f"What fits: {', '.join(fitting)}."


def _shortage(shape: Shape, devices: Sequence[Device], pinned: Pinned) -> str:
    """Say what the cheapest way takes, and what is free for it."""
    window = least_window(shape, pinned)

    def missing(way: Way) -> int:
        least = min(room_bytes(device) for device in way.devices)
        return way.need.fixed_bytes + way.need.cache_bytes(window) - least

    way = min(ways(shape, devices, pinned), key=missing)
    need = way.need
    rest = need.work_bytes + need.outside_bytes
    least = min(way.devices, key=lambda device: device.free_bytes)
    each = " of each" if way.gpus > 1 else ""
    return (
        f"{shape.name} does not fit on {where(way.devices)}: it takes "
        f"{gib(need.fixed_bytes + need.cache_bytes(window))}{each} "
        f"({gib(need.weights_bytes)} for the weights, {weights_said(shape, way.form)}; "
        f"{gib(need.cache_bytes(window))} for a KV cache of {window:,} tokens; about "
        f"{gib(rest)} to work in), and of {gib(least.total_bytes)} only "
        f"{gib(max(0, room_bytes(least)))} can be had."
    )


def _holders(devices: Sequence[Device]) -> list[str]:
    held = [
        f"{process.name} (process {process.pid}"
        + (f", {gib(process.used_bytes)})" if process.used_bytes else ")")
        for device in devices
        for process in device.used_by
    ]
    return [f"Memory is held by {', '.join(held)}."] if held else []


def _advice(shape: Shape, devices: Sequence[Device], pinned: Pinned) -> list[str]:
    """Return what the user can change: the window, another pin, the number of GPUs."""
    advice = []
    free = Pinned(
        quantization=pinned.quantization,
        kv_dtype=pinned.kv_dtype,
        tensor_parallel=pinned.tensor_parallel,
    )
    shorter = _tried(shape, devices, free) if pinned.window_tokens else None
    if shorter is not None:
        fitting = longest(shape, devices, pinned)
        advice.append(f"Up to window_tokens = {fitting:,} would fit.")
    elif pinned not in (Pinned(), Pinned(window_tokens=pinned.window_tokens)):
        open_ = Pinned(window_tokens=pinned.window_tokens)
        found = _tried(shape, devices, open_)
        if found is not None:
            advice.append(
                f"It would fit with weights in {weights_said(shape, found[0].form)} and a "
                f"KV cache in {'fp8' if found[0].form.fp8_cache else '16 bits'} on "
                f"{where(found[0].devices)}: leave quantization, kv_dtype and "
                "tensor_parallel to fit."
            )
    gpus = _enough_gpus(shape, devices, pinned)
    if gpus is not None:
        advice.append(f"It would fit on {gpus} such GPUs.")
    return advice


def longest(shape: Shape, devices: Sequence[Device], pinned: Pinned) -> int:
    """Return the longest window that fits instead of the pinned one; 0 for none.

    A multiple of 1,024; found by halving, since less always fits where more does.
    """
    step = 1_024
    low, high = 0, (pinned.window_tokens or 0) // step
    while low < high:
        middle = (low + high + 1) // 2
        tried = replace(pinned, window_tokens=middle * step)
        if _tried(shape, devices, tried) is None:
            high = middle - 1
        else:
            low = middle
    return low * step


def _enough_gpus(shape: Shape, devices: Sequence[Device], pinned: Pinned) -> int | None:
    gpus = [device for device in devices if device.capability and not device.partition]
    if not gpus:
        return None
    best = max(gpus, key=lambda device: device.free_bytes)
    pinned = replace(pinned, tensor_parallel=None)
    for number in _GPUS:
        if number > len(gpus):
            like = [replace(best, ordinal=each) for each in range(number)]
            if _tried(shape, like, pinned) is not None:
                return number
    return None


def _tried(
    shape: Shape, devices: Sequence[Device], pinned: Pinned
) -> tuple[Way, int] | None:
    try:
        return best_way(shape, devices, pinned)
    except EngineError:  # a pin that this many devices, or these, cannot do
        return None
