"""Two models on the same devices: side by side, or one asleep while the other works."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lsp_server.engine.base import ModelUnusable, OutOfMemory
from lsp_server.engine.fit.chosen import Fit
from lsp_server.engine.fit.memory import asleep_bytes, asleep_ram_bytes
from lsp_server.engine.fit.refusal import what_fits
from lsp_server.engine.fit.search import (
    CHOOSE,
    FLOOR_TOKENS,
    Pinned,
    Way,
    largest_window,
    least_window,
    room,
    wanted_window,
    ways,
)
from lsp_server.engine.fit.single import (
    ON_DEMAND_WINDOWS,
    REALTIME_WINDOWS,
    cached,
    fit,
    fitted,
)
from lsp_server.engine.fit.words import gib
from lsp_server.engine.hardware import Device
from lsp_server.engine.shape import Shape

Mode = Literal["auto", "both", "swap"]

_REALTIME_FLOOR_TOKENS = 8_192
"""Side by side, completions keep a window that holds a repository's context."""

_ON_DEMAND_FLOOR_TOKENS = 4_096
"""A function, what it calls, and the answer."""

_ALL = (Pinned(), Pinned())


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """How both tiers are held: ``both`` resident, or ``swap``, one asleep at a time."""

    mode: Literal["both", "swap"]
    realtime: Fit
    on_demand: Fit
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    realtime: Way
    on_demand: Way
    windows: tuple[int, int]
    order: tuple[int, ...]


def fit_together(
    realtime: Shape,
    on_demand: Shape,
    devices: Sequence[Device],
    mode: Mode = "auto",
    *,
    ram_free_bytes: int,
    pinned: tuple[Pinned, Pinned] = _ALL,
) -> Together:
    """Choose how both models are held; ``pinned`` is the realtime's and the other's.

    ``both`` if both fit with sensible windows (completions 8,192 tokens, the other 4,096,
    or all that the model has), on GPUs of their own where there are some: no wait, and
    completions go on beside a long answer. Else ``swap``: each is sized as if it
    were alone, but for what a sleeping engine keeps; RAM must hold the weights of both,
    since one falls asleep before the other wakes, and PyTorch keeps pinned memory.
    Who asks for ``both`` gets it down to 2,048 tokens each.

    Raises OutOfMemory with numbers; ModelUnusable where memory is not the reason.
    """
    reasons = []
    if mode != "swap":
        floors = (_REALTIME_FLOOR_TOKENS, _ON_DEMAND_FLOOR_TOKENS)
        if mode == "both":
            floors = (FLOOR_TOKENS, FLOOR_TOKENS)
        pair = _side_by_side((realtime, on_demand), devices, pinned, floors)
        if pair is not None:
            return _both((realtime, on_demand), pair, pinned)
        reasons.append(
            f"{realtime.name} and {on_demand.name} do not fit side by side with windows of "
            f"{least_window(realtime, pinned[0], floors[0]):,} and "
            f"{least_window(on_demand, pinned[1], floors[1]):,} tokens."
        )
    if mode == "both":
        alone = _alone((realtime, on_demand), devices, pinned)
        sizes = " and ".join(gib(each.total_bytes) for each in alone)
        raise OutOfMemory(
            f"{reasons[0]} Each alone takes {sizes} of "
            f'{gib(max(each.free_bytes for each in alone))}. Set fit = "auto", or choose '
            f"a smaller model. {what_fits(devices)}"
        )
    return _swap((realtime, on_demand), devices, pinned, ram_free_bytes, reasons)


def _side_by_side(
    shapes: tuple[Shape, Shape],
    devices: Sequence[Device],
    pinned: tuple[Pinned, Pinned],
    floors: tuple[int, int],
) -> _Pair | None:
    """Return the best two ways that fit at once.

    In this order: completions' window, the other's, completions' quality, the other's,
    GPUs that are not shared, few GPUs.
    """
    firsts = ways(shapes[0], devices, pinned[0], anywhere=True)
    seconds = ways(shapes[1], devices, pinned[1], anywhere=True)
    least = [least_window(*each) for each in zip(shapes, pinned, floors, strict=True)]
    wanted = [wanted_window(*each) for each in zip(shapes, pinned, strict=True)]
    best: _Pair | None = None
    for second in seconds:
        held = _taken(second, second.need.cache_bytes(least[1]))
        for first in firsts:
            window = largest_window(first.need, room(first, held), least[0], wanted[0])
            if not window:
                continue
            taken = _taken(first, first.need.cache_bytes(window))
            other = largest_window(
                second.need, room(second, taken), least[1], wanted[1]
            )
            shared = len({*held} & {*taken})
            order = (
                *(window, other, -first.loss, -second.loss),
                *(-shared, -first.gpus - second.gpus),
            )
            if other and (best is None or order > best.order):
                best = _Pair(
                    realtime=first,
                    on_demand=second,
                    windows=(window, other),
                    order=order,
                )
    return best


def _taken(way: Way, cache: int) -> dict[int, int]:
    """Return what an engine takes of each of its devices, by ordinal."""
    return {device.ordinal: way.need.fixed_bytes + cache for device in way.devices}


def _both(
    shapes: tuple[Shape, Shape], pair: _Pair, pinned: tuple[Pinned, Pinned]
) -> Together:
    """Share out what is left: completions' cache first, then the other's."""
    first, second = pair.realtime, pair.on_demand
    one = second.need.cache_bytes(pair.windows[1])
    cache = cached(first, pair.windows[0], REALTIME_WINDOWS, _taken(second, one))
    other = cached(second, pair.windows[1], ON_DEMAND_WINDOWS, _taken(first, cache))
    fits = (
        fitted(shapes[0], first, pair.windows[0], pinned[0], cache=cache),
        fitted(shapes[1], second, pair.windows[1], pinned[1], cache=other),
    )
    shared = {*_taken(first, 0)} & {*_taken(second, 0)}
    where = "side by side on the same memory" if shared else "on GPUs of their own"
    return Together(
        mode="both",
        realtime=fits[0],
        on_demand=fits[1],
        why=f"Both models stay loaded, {where}. {fits[0].why} {fits[1].why}",
    )


def _swap(
    shapes: tuple[Shape, Shape],
    devices: Sequence[Device],
    pinned: tuple[Pinned, Pinned],
    ram_free: int,
    reasons: list[str],
) -> Together:
    """Size each for itself; with fp8 weights where RAM is too small for 16 bits."""
    fits = _alone(shapes, devices, pinned)
    if fits[0].on_cpu:
        if not reasons:
            raise ModelUnusable('fit = "swap" is for GPUs: vLLM\'s sleep mode is.')
        sizes = " and ".join(gib(each.total_bytes) for each in fits)
        raise OutOfMemory(
            f"{reasons[0]} They take {sizes} of {gib(fits[0].free_bytes)}, and without a GPU "
            f"one cannot sleep while the other works. {what_fits(devices)}"
        )
    needed = []
    for tried in _lighter(pinned):
        try:
            fits = _alone(shapes, devices, tried)
        except ModelUnusable:  # not with fp8 weights
            continue
        ram = sum(
            asleep_ram_bytes(shape, each.form, each.tensor_parallel)
            for shape, each in zip(shapes, fits, strict=True)
        )
        if ram <= ram_free:
            return _swapped(fits, ram, ram_free)
        needed.append(ram)
    shortage = (
        f"To let one sleep while the other works, {gib(min(needed))} of RAM are needed for "
        f"their weights, and {gib(ram_free)} are free. Choose a smaller model, or one in 4 "
        "bits."
    )
    raise OutOfMemory(" ".join([*reasons, shortage, what_fits(devices)]))


def _swapped(fits: tuple[Fit, Fit], ram: int, ram_free: int) -> Together:
    first, second = (replace(each, sleeps=True) for each in fits)
    return Together(
        mode="swap",
        realtime=first,
        on_demand=second,
        why=(
            "The models take turns: one sleeps in RAM "
            f"({gib(ram)} of the {gib(ram_free)} that are free) while the other works, and "
            f"keeps {gib(asleep_bytes(first.tensor_parallel))} of the GPU. "
            f"{first.why} {second.why}"
        ),
    )


def _lighter(
    pinned: tuple[Pinned, Pinned],
) -> list[tuple[Pinned, Pinned]]:
    """Return what to try where RAM is short: fp8 weights for the larger, then for both."""
    halved = [
        replace(each, quantization="fp8") if each.quantization in CHOOSE else each
        for each in pinned
    ]
    return [pinned, (pinned[0], halved[1]), (halved[0], halved[1])]


def _alone(
    shapes: tuple[Shape, Shape],
    devices: Sequence[Device],
    pinned: tuple[Pinned, Pinned],
) -> tuple[Fit, Fit]:
    """Return each as if the other slept; raises the refusal of one that never fits."""
    for shape, one in zip(shapes, pinned, strict=True):
        fit(shape, devices, one)  # its refusal speaks of the devices as they are
    if devices[0].capability is None:
        return (fit(shapes[0], devices, pinned[0]), fit(shapes[1], devices, pinned[1]))
    kept = asleep_bytes(len(devices))
    left = [
        replace(device, free_bytes=max(0, device.free_bytes - kept))
        for device in devices
    ]
    return (
        fit(shapes[0], left, pinned[0], windows=REALTIME_WINDOWS),
        fit(shapes[1], left, pinned[1], windows=ON_DEMAND_WINDOWS),
    )
