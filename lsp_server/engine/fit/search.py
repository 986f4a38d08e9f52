"""The ways in which a model can be held, and which of those that fit is the best."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from lsp_server.engine.base import ModelUnusable
from lsp_server.engine.fit.memory import (
    Format,
    Need,
    cpu_need,
    need,
    room_bytes,
)
from lsp_server.engine.hardware import Device
from lsp_server.engine.models import LONGEST_BY_DEFAULT
from lsp_server.engine.shape import Shape

FLOOR_TOKENS = 2_048
"""A shorter window is of no use: the prompt alone has 4,096 tokens by default."""

_STEP_TOKENS = 1_024
"""Windows that are shrunk are multiples of it."""

_GPUS = (1, 2, 4, 8)
_FORMATS = (
    Format(),
    Format(fp8_cache=True),
    Format(fp8_weights=True),
    Format(fp8_weights=True, fp8_cache=True),
)
"""Best first. An 8-bit cache loses less than 8-bit weights do: it is read, not
multiplied through."""

_OLDEST = (7, 5)
"""vLLM's wheels for CUDA 13 hold kernels from Turing on."""

_BFLOAT16_FROM = (8, 0)
_FP8_WEIGHTS_FROM = (7, 5)
"""In vLLM 0.32 Marlin's kernels hold fp8 weights and compute in 16 bits from 7.5 on
(is_fp8_marlin_supported); tensor cores multiply fp8 from 8.9 on."""

_FP8_CACHE_FROM = (8, 9)
_FP8_CACHE_IF_ASKED_FROM = (8, 0)
"""FlashAttention 3 (9.0), FlashInfer, or Triton, which refuses below 8.9. Between 8.0 and
8.9 FlashInfer alone might do: that is left to those who ask for it."""

CHOOSE = (None, "auto")
_PLAIN = ("none", "bf16", "bfloat16", "float16")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """What the user decided; None, or "auto", is left to ``fit``.

    ``quantization``: fp8 (while loading), none, or the format that the folder is in.
    ``kv_dtype``: fp8 or bf16.
    """

    window_tokens: int | None = None
    quantization: str | None = None
    kv_dtype: str | None = None
    tensor_parallel: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to hold a model: on which devices, and in which format.

    ``devices`` are as many as share it; ``loss`` orders formats, 0 loses nothing.
    """

    devices: tuple[Device, ...]
    form: Format
    loss: int
    need: Need

    @property
    def gpus(self) -> int:
        return len(self.devices)


NOTHING_RESERVED: Mapping[int, int] = MappingProxyType({})


def ways(
    shape: Shape, devices: Sequence[Device], pinned: Pinned, *, anywhere: bool = False
) -> list[Way]:
    """Return all ways that the devices, the model and the user allow.

    Without ``anywhere`` only those on the freest devices of a kind. Raises ModelUnusable
    where nothing is allowed, whatever the memory.
    """
    found = [
        Way(
            devices=chosen,
            form=form,
            loss=_FORMATS.index(form),
            need=(
                cpu_need(shape, form)
                if chosen[0].capability is None
                else need(shape, form, len(chosen))
            ),
        )
        for chosen in _groups(shape, devices, pinned, anywhere=anywhere)
        for form in _formats(shape, chosen[0], pinned)
    ]
    if not found:
        raise ModelUnusable(_impossible(shape, devices, pinned))
    return found


def wanted_window(shape: Shape, pinned: Pinned) -> int:
    """Return the window to have: the user's, or what the model was made for.

    16,384 at most: more is for those who ask for it.
    """
    return pinned.window_tokens or min(shape.window_tokens, LONGEST_BY_DEFAULT)


def least_window(shape: Shape, pinned: Pinned, floor: int = FLOOR_TOKENS) -> int:
    """Return the shortest window to accept; one that the user pinned never shrinks."""
    wanted = wanted_window(shape, pinned)
    return wanted if pinned.window_tokens else min(floor, wanted)


def largest_window(need: Need, room: int, least: int, wanted: int) -> int:
    """Return the longest window up to ``wanted`` whose cache fits into ``room``.

    0 where not even ``least`` does.
    """
    if need.fixed_bytes + need.cache_bytes(wanted) <= room:
        return wanted
    for tokens in range(wanted // _STEP_TOKENS * _STEP_TOKENS, least, -_STEP_TOKENS):
        if need.fixed_bytes + need.cache_bytes(tokens) <= room:
            return tokens
    return least if need.fixed_bytes + need.cache_bytes(least) <= room else 0


def room(way: Way, reserved: Mapping[int, int] = NOTHING_RESERVED) -> int:
    """Return what the fullest of its devices has left; ``reserved`` by ordinal."""
    return min(
        room_bytes(device) - reserved.get(device.ordinal, 0) for device in way.devices
    )


def best_way(
    shape: Shape,
    devices: Sequence[Device],
    pinned: Pinned,
    reserved: Mapping[int, int] = NOTHING_RESERVED,
) -> tuple[Way, int] | None:
    """Return the way with the longest window, and that window; None where none fits.

    Among equals: the one that loses least, then the one with the fewest GPUs, then
    that on the freest.
    """
    least, wanted = least_window(shape, pinned), wanted_window(shape, pinned)
    fitting = [
        (window, -way.loss, -way.gpus, room(way, reserved), way)
        for way in ways(shape, devices, pinned)
        if (window := largest_window(way.need, room(way, reserved), least, wanted))
    ]
    if not fitting:
        return None
    best = max(fitting, key=lambda each: each[:4])
    return best[4], best[0]


def dtype(device: Device) -> str:
    """Return the 16-bit format that the device computes in."""
    old = device.capability is not None and device.capability < _BFLOAT16_FROM
    return "float16" if old else "bfloat16"


def _groups(
    shape: Shape, devices: Sequence[Device], pinned: Pinned, *, anywhere: bool
) -> Iterator[tuple[Device, ...]]:
    """Yield the devices that may share the model: of one kind, the freest first."""
    kinds: dict[tuple[object, ...], list[Device]] = {}
    for device in devices:
        if device.capability is None or device.capability >= _OLDEST:
            kind = (device.name, device.total_bytes, device.capability)
            kinds.setdefault(kind, []).append(device)
    wanted = (pinned.tensor_parallel,) if pinned.tensor_parallel else _GPUS
    for alike in kinds.values():
        alike.sort(key=lambda device: device.free_bytes, reverse=True)
        single = alike[0].capability is None or alike[0].partition
        for gpus in wanted:
            if _divides(shape, gpus) and (gpus == 1 or not single):
                last = len(alike) - gpus
                for first in range(last + 1 if anywhere else min(last + 1, 1)):
                    yield tuple(alike[first : first + gpus])


def _divides(shape: Shape, gpus: int) -> bool:
    """Whether vLLM can split the model so: heads evenly, or key and value heads copied."""
    kv_heads = shape.kv_heads
    return shape.heads % gpus == 0 and (kv_heads % gpus == 0 or gpus % kv_heads == 0)


def _formats(shape: Shape, device: Device, pinned: Pinned) -> list[Format]:
    weights, cache = (
        _weight_choices(shape, device, pinned),
        _cache_choices(device, pinned),
    )
    return [
        form
        for form in _FORMATS
        if form.fp8_weights in weights and form.fp8_cache in cache
    ]


def _weight_choices(shape: Shape, device: Device, pinned: Pinned) -> set[bool]:
    can = (device.capability or (0, 0)) >= _FP8_WEIGHTS_FROM and not shape.quantized
    asked = pinned.quantization
    if asked in CHOOSE:
        return {False, True} if can else {False}
    if asked == shape.quantized or (asked in _PLAIN and not shape.quantized):
        return {False}
    return {True} if asked == "fp8" and can else set()


def _cache_choices(device: Device, pinned: Pinned) -> set[bool]:
    capability = device.capability or (0, 0)
    if pinned.kv_dtype in CHOOSE:
        return {False, True} if capability >= _FP8_CACHE_FROM else {False}
    if pinned.kv_dtype in _PLAIN:
        return {False}
    can = pinned.kv_dtype == "fp8" and capability >= _FP8_CACHE_IF_ASKED_FROM
    return {True} if can else set()


def _impossible(shape: Shape, devices: Sequence[Device], pinned: Pinned) -> str:
    """Say why no device takes the model, whatever its memory."""
    there = ", ".join(sorted({device.name for device in devices})) or "no device"
    gpus = pinned.tensor_parallel
    if gpus and not _divides(shape, gpus):
        return (
            f"tensor_parallel = {gpus} does not divide the {shape.heads} attention heads "
            f"of {shape.name} ({shape.kv_heads} of keys and values)."
        )
    if gpus and gpus > 1:
        return f"tensor_parallel = {gpus} needs as many GPUs of one kind, not {there}."
    if shape.quantized and pinned.quantization not in (*CHOOSE, shape.quantized):
        return (
            f"quantization = {pinned.quantization}: {shape.name} is quantized already, as "
            f"{shape.quantized}. Leave the setting out."
        )
    asked = [
        f"{key} = {value}"
        for key, value in (
            ("quantization", pinned.quantization),
            ("kv_dtype", pinned.kv_dtype),
        )
        if value not in CHOOSE
    ]
    if asked:
        return (
            f"{' and '.join(asked)} cannot be had for {shape.name} on {there}: fp8 needs a "
            "GPU of compute capability 7.5 or more (8.0 for the cache), and awq or gptq a "
            "folder that is in it."
        )
    return (
        f"{there} cannot run {shape.name}: vLLM needs a GPU of compute capability 7.5 or "
        "more."
    )
