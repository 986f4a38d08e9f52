"""What an engine can run on: NVIDIA's GPUs as CUDA would show them, or the processor."""

import contextlib
import importlib
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lsp_server.engine.ram import memory

_PROCESSES_NAMED = 3
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """Somebody who holds memory of a GPU; ``used_bytes`` None where NVML does not tell."""

    pid: int
    name: str
    used_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A GPU, or the processor with its RAM.

    ``ordinal`` is the number that CUDA calls it by in this process's environment.
    ``capability`` is CUDA's compute capability, None for the processor. ``partition``: a
    MIG instance, of which CUDA shows one at a time. ``note`` says, for the processor, why
    there is no GPU.
    """

    name: str
    total_bytes: int
    free_bytes: int
    ordinal: int = 0
    uuid: str = ""
    capability: tuple[int, int] | None = None
    partition: bool = False
    used_by: tuple[Process, ...] = ()
    note: str = ""


def devices(
    environment: Mapping[str, str] = os.environ,
    *,
    nvml: Any = None,
    root: Path = Path("/"),
) -> tuple[Device, ...]:
    """Return the GPUs that CUDA would use in ``environment``, in its order.

    Without one: the processor, alone, whose note says why. Never raises. ``nvml`` is the
    module pynvml, imported here; ``root`` is where /proc and /sys are looked up.
    """
    try:
        nvml = nvml or importlib.import_module("pynvml")
        nvml.nvmlInit()
    except ImportError:
        return (processor(root, "no GPU can be seen: nvidia-ml-py is not installed"),)
    except Exception as error:  # noqa: BLE001 - NVMLError, or what a broken driver raises
        return (processor(root, f"no GPU, because NVML says: {error}"),)
    try:
        found = _visible(_listed(nvml, root), environment)
    except Exception as error:  # noqa: BLE001 - as above: a lost GPU is no reason to crash
        return (processor(root, f"no GPU, because NVML says: {error}"),)
    finally:
        with contextlib.suppress(Exception):
            nvml.nvmlShutdown()
    if found:
        return found
    shown = environment.get("CUDA_VISIBLE_DEVICES")
    why = "NVML lists none" if shown is None else f"CUDA_VISIBLE_DEVICES is {shown!r}"
    return (processor(root, f"no GPU, because {why}"),)


def processor(root: Path = Path("/"), note: str = "") -> Device:
    """Return the processor, with what of the RAM this process may still take."""
    total, free = memory(root)
    return Device(
        name=_processor_name(root), total_bytes=total, free_bytes=free, note=note
    )


@dataclass(frozen=True, slots=True)
class _Listed:
    """A GPU as NVML lists it; ``instances`` of a GPU that is partitioned by MIG."""

    device: Device
    speed: float
    instances: tuple[Device, ...] | None


def _listed(nvml: Any, root: Path) -> list[_Listed]:
    """Return all GPUs in the order of the PCI bus, which is NVML's."""
    listed = []
    for index in range(nvml.nvmlDeviceGetCount()):
        handle = nvml.nvmlDeviceGetHandleByIndex(index)
        capability = tuple(nvml.nvmlDeviceGetCudaComputeCapability(handle))
        device = replace(_read(nvml, handle, root), capability=capability)
        instances = None
        if _partitioned(nvml, handle):
            instances = tuple(
                replace(instance, capability=capability, partition=True)
                for instance in _instances(nvml, handle, root)
            )
        listed.append(_Listed(device, _speed(nvml, handle), instances))
    return listed


def _read(nvml: Any, handle: Any, root: Path) -> Device:
    try:
        told = nvml.nvmlDeviceGetMemoryInfo(handle)
        total, free = int(told.total), int(told.free)
    except nvml.NVMLError:  # it shares the system's memory (Grace, Jetson)
        total, free = memory(root)
    return Device(
        name=_text(nvml.nvmlDeviceGetName(handle)),
        total_bytes=total,
        free_bytes=free,
        uuid=_text(nvml.nvmlDeviceGetUUID(handle)),
        used_by=_processes(nvml, handle),
    )


def _partitioned(nvml: Any, handle: Any) -> bool:
    try:
        return bool(nvml.nvmlDeviceGetMigMode(handle)[0])
    except nvml.NVMLError:  # the many GPUs that cannot
        return False


def _instances(nvml: Any, handle: Any, root: Path) -> list[Device]:
    found = []
    for index in range(nvml.nvmlDeviceGetMaxMigDeviceCount(handle)):
        try:
            instance = nvml.nvmlDeviceGetMigDeviceHandleByIndex(handle, index)
        except nvml.NVMLError:  # numbers may be unused
            continue
        found.append(_read(nvml, instance, root))
    return found


def _processes(nvml: Any, handle: Any) -> tuple[Process, ...]:
    """Return who holds the most of the GPU's memory, as far as NVML tells."""
    used: dict[int, int | None] = {}
    for ask in (
        nvml.nvmlDeviceGetComputeRunningProcesses,
        nvml.nvmlDeviceGetGraphicsRunningProcesses,
    ):
        with contextlib.suppress(nvml.NVMLError):
            for each in ask(handle):
                used[each.pid] = max(used.get(each.pid) or 0, each.usedGpuMemory or 0)
    most = sorted(used, key=lambda pid: used[pid] or 0, reverse=True)
    return tuple(
        Process(
            pid=pid,
            name=_process_name(nvml, pid),
            used_bytes=used[pid] or None,
        )
        for pid in most[:_PROCESSES_NAMED]
    )


def _process_name(nvml: Any, pid: int) -> str:
    try:
        named = _text(nvml.nvmlSystemGetProcessName(pid))
    except (nvml.NVMLError, UnicodeDecodeError):
        return "a process"
    return Path(named.split(" ", 1)[0]).name[:_LONGEST_NAME] or "a process"


def _speed(nvml: Any, handle: Any) -> float:
    try:
        cores = nvml.nvmlDeviceGetNumGpuCores(handle)
        return float(cores * nvml.nvmlDeviceGetMaxClockInfo(handle, nvml.NVML_CLOCK_SM))
    except (nvml.NVMLError, AttributeError):
        return 0.0


def _visible(
    listed: list[_Listed], environment: Mapping[str, str]
) -> tuple[Device, ...]:
    """Return what CUDA shows: CUDA_VISIBLE_DEVICES in the order of CUDA_DEVICE_ORDER.

    CUDA's own default puts the fastest GPU first, by a rule that is not published: cores
    times clock stands in for it, and matters only where GPUs of several kinds are
    numbered. The first entry that names nothing ends the list. Source: CUDA C++
    Programming Guide, "CUDA Environment Variables"; MIG User Guide, "Device Enumeration".
    """
    if environment.get("CUDA_DEVICE_ORDER") != "PCI_BUS_ID":
        listed = sorted(listed, key=lambda each: -each.speed)
    chosen = environment.get("CUDA_VISIBLE_DEVICES")
    found: list[Device] = []
    if chosen is None:
        found = [each.device for each in listed if each.instances is None]
        instances = [one for each in listed for one in each.instances or ()]
        found = found or instances[:1]
    else:
        for entry in chosen.split(","):
            device = _named(entry.strip(), listed)
            if device is None or device in found:
                break
            found.append(device)
            if device.partition:
                break
    return tuple(
        replace(device, ordinal=ordinal) for ordinal, device in enumerate(found)
    )


def _named(entry: str, listed: list[_Listed]) -> Device | None:
    """Return the device that an entry of CUDA_VISIBLE_DEVICES names."""
    if entry.isdecimal():
        if int(entry) >= len(listed):
            return None
        one = listed[int(entry)]
        if one.instances is None:
            return one.device
        return one.instances[0] if one.instances else None
    if entry.startswith("MIG-"):
        instances = [device for one in listed for device in one.instances or ()]
        return _only([one for one in instances if one.uuid.startswith(entry)])
    if entry.startswith("GPU-"):
        whole = [one.device for one in listed if one.instances is None]
        return _only([one for one in whole if one.uuid.startswith(entry)])
    return None


def _only(found: list[Device]) -> Device | None:
    return found[0] if len(found) == 1 else None


def _text(value: bytes | str) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _processor_name(root: Path) -> str:
    with contextlib.suppress(OSError):
        text = (root / "proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        for line in text.splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine() or "the processor"
