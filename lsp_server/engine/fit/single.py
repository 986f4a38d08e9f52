"""One model on the devices that are there: how it is held best."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lsp_server.engine.fit.chosen import Fit
from lsp_server.engine.fit.memory import MIB, Format
from lsp_server.engine.fit.refusal import refusal
from lsp_server.engine.fit.search import (
    NOTHING_RESERVED,
    Pinned,
    Way,
    best_way,
    dtype,
    room,
)
from lsp_server.engine.fit.words import why
from lsp_server.engine.hardware import Device
from lsp_server.engine.shape import Shape

REALTIME_WINDOWS = 4
"""Several documents' prompts stay in the prefix cache, where there is room for them."""

ON_DEMAND_WINDOWS = 2
"""One conversation, and the one before."""

_CPU_CACHE_BYTES = 256 * MIB
_FP8_MULTIPLIED_FROM = (8, 9)
_ALL = Pinned()


def fit(
    shape: Shape,
    devices: Sequence[Device],
    pinned: Pinned = _ALL,
    *,
    windows: int = REALTIME_WINDOWS,
) -> Fit:
    """Choose how to hold the model in the memory that is free on ``devices``.

    A window of the wanted length comes first, a shorter one only before nothing, and never
    below 2,048 tokens; one that is pinned is not shrunk. Then quality: 16 bits for
    all, then an fp8 cache, then fp8 weights, then both; each on as many GPUs as it takes
    before the next is tried, since a GPU costs nothing that is there. The cache takes up to
    ``windows`` windows of what is left, and leaves the rest to others.

    Raises OutOfMemory with numbers and with what would fit, and ModelUnusable where
    memory is not the reason.
    """
    found = best_way(shape, devices, pinned)
    if found is None:
        raise refusal(shape, devices, pinned)
    way, window = found
    return fitted(shape, way, window, pinned, cache=cached(way, window, windows))


def cached(
    way: Way,
    window: int,
    windows: int,
    reserved: Mapping[int, int] = NOTHING_RESERVED,
) -> int:
    """Return the bytes of each GPU's KV cache: at least one window.

    In RAM no more than a small cache and one window: it is others' memory, too.
    """
    one = way.need.cache_bytes(window)
    most = one * windows
    if way.devices[0].capability is None:
        most = max(_CPU_CACHE_BYTES, one)
    return min(most, room(way, reserved) - way.need.fixed_bytes)


def fitted(shape: Shape, way: Way, window: int, pinned: Pinned, *, cache: int) -> Fit:
    """Return the choice in full, with the words for it."""
    first = way.devices[0]
    chosen = Fit(
        name=shape.name,
        devices=way.devices,
        dtype=dtype(first),
        quantization=_quantization(first, way.form),
        kv_dtype="fp8" if way.form.fp8_cache else "auto",
        window_tokens=window,
        rope_window=window if window > shape.window_tokens else None,
        weights_bytes=way.need.weights_bytes,
        work_bytes=way.need.work_bytes,
        outside_bytes=way.need.outside_bytes,
        kv_bytes=cache,
        free_bytes=min(device.free_bytes for device in way.devices),
        form=way.form,
    )
    return replace(chosen, why=why(shape, chosen, pinned))


def _quantization(device: Device, form: Format) -> str | None:
    """Return vLLM's word for quantizing while loading.

    "fp8" itself is refused since online schemes have names of their own. A scale for each
    row is the finest of them, and needs fp8 tensor cores; without, Marlin holds a scale
    for each matrix.
    """
    if not form.fp8_weights:
        return None
    multiplies = (device.capability or (0, 0)) >= _FP8_MULTIPLIED_FROM
    return "fp8_per_channel" if multiplies else "fp8_per_tensor"
