"""Which devices there are: GPUs as CUDA would number them, else the processor and its RAM."""

from pathlib import Path

import pytest

from lsp_server.engine.hardware import Device, Process, devices, processor
from lsp_server.engine.ram import memory
from tests.unit.engine.fake_nvml import Card, FakeNvml, Holder

GIB = 2**30

H100, SAME, A10, T4 = (
    Card(uuid="GPU-aaaa-1"),
    Card(uuid="GPU-aaaa-2"),
    Card(uuid="GPU-bbbb-3", name="NVIDIA A10", gib=22.5, free=22, cores=9216),
    Card(uuid="GPU-cccc-4", name="Tesla T4", gib=15, capability=(7, 5), cores=2560),
)
PARTITIONED = Card(
    uuid="GPU-dddd-5",
    capability=(8, 0),
    instances=(
        Card(uuid="MIG-1111", name="NVIDIA A100 MIG 3g.40gb", gib=40, free=39),
        None,  # numbers may be unused
        Card(uuid="MIG-2222", name="NVIDIA A100 MIG 3g.40gb", gib=40, free=39),
    ),
)
PCI = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}


def seen(cards: tuple[Card, ...], visible: str | None, **order: str) -> list[str]:
    """Return the last sign of the UUIDs that CUDA sees, in its order."""
    environment = dict(order)
    if visible is not None:
        environment["CUDA_VISIBLE_DEVICES"] = visible
    nvml = FakeNvml(cards)
    found = devices(environment, nvml=nvml)
    assert nvml.running == 0
    assert [device.ordinal for device in found] == [*range(len(found))]
    return [device.uuid[-1:] for device in found]


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        (None, ["4", "1", "3"]),
        ("0", ["4"]),
        ("2,0", ["3", "4"]),
        (" 1 , 2 ", ["1", "3"]),
        ("GPU-bbbb", ["3"]),
        ("GPU-bbbb-3,0", ["3", "4"]),
        ("1,9,2", ["1"]),  # what names nothing ends the list
        ("1,-1,2", ["1"]),
        ("1,1", ["1"]),
        ("GPU-", [""]),  # names several
        ("", [""]),
        ("-1", [""]),
        ("NoDevFiles", [""]),
    ],
)
def test_cuda_visible_devices_is_respected(
    visible: str | None, expected: list[str]
) -> None:
    assert seen((T4, H100, A10), visible, **PCI) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("PCI_BUS_ID", ["4", "3", "1", "2"]),
        ("FASTEST_FIRST", ["1", "2", "3", "4"]),
        (None, ["1", "2", "3", "4"]),
    ],
)
def test_cuda_numbers_the_fastest_first_unless_told(
    order: str | None, expected: list[str]
) -> None:
    told = {} if order is None else {"CUDA_DEVICE_ORDER": order}
    assert seen((T4, A10, H100, SAME), None, **told) == expected
    assert seen((T4, A10, H100, SAME), "0,3", **told) == [expected[0], expected[3]]


@pytest.mark.parametrize(
    ("cards", "visible", "expected"),
    [
        ((PARTITIONED,), None, ["1"]),  # CUDA shows one instance
        ((PARTITIONED, A10), None, ["3"]),  # and none beside whole GPUs
        ((PARTITIONED,), "0", ["1"]),
        ((PARTITIONED,), "MIG-2222", ["2"]),
        ((PARTITIONED, H100), "MIG-2222,1", ["2"]),
        ((PARTITIONED,), "MIG-3333", [""]),
        ((PARTITIONED,), "GPU-dddd", [""]),
    ],
)
def test_partitions_are_found_by_their_names(
    cards: tuple[Card, ...], visible: str | None, expected: list[str]
) -> None:
    assert seen(cards, visible, **PCI) == expected
    if expected == ["2"]:
        [device] = devices({"CUDA_VISIBLE_DEVICES": "MIG-2222"}, nvml=FakeNvml(cards))
        assert device.partition
        assert (device.total_bytes, device.capability) == (40 * GIB, (8, 0))


def test_a_gpu_is_told_with_its_memory_and_who_holds_it() -> None:
    holders = (Holder(7, 2 * GIB), Holder(8, 3 * GIB), Holder(9, None))
    card = Card(uuid="GPU-1", free=70, holders=holders)
    nvml = FakeNvml((card,), names={7: "/usr/bin/python3 -m vllm", 3: "Xorg", 9: ""})
    assert devices({}, nvml=nvml) == (
        Device(
            name="NVIDIA H100",
            total_bytes=80 * GIB,
            free_bytes=70 * GIB,
            uuid="GPU-1",
            capability=(9, 0),
            used_by=(
                Process(pid=8, name="a process", used_bytes=3 * GIB),
                Process(pid=7, name="python3", used_bytes=2 * GIB),
                Process(pid=9, name="a process"),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("nvml", "environment", "note"),
    [
        (FakeNvml((), "Driver Not Loaded"), {}, "NVML says: Driver Not Loaded"),
        (FakeNvml((Card(uuid="", lost=True),)), {}, "NVML says: GPU is lost"),
        (FakeNvml(()), {}, "NVML lists none"),
        (
            FakeNvml((H100,)),
            {"CUDA_VISIBLE_DEVICES": ""},
            "CUDA_VISIBLE_DEVICES is ''",
        ),
        (object(), {}, "NVML says: 'object' object has no attribute 'nvmlInit'"),
    ],
)
def test_without_a_gpu_there_is_the_processor_and_the_reason(
    nvml: object, environment: dict[str, str], note: str
) -> None:
    [device] = devices(environment, nvml=nvml)
    assert device.capability is None
    assert device.note == f"no GPU, because {note}"
    assert device.name
    assert 0 < device.free_bytes <= device.total_bytes


def test_this_machine_can_be_asked() -> None:
    assert devices()


# RAM

MEMINFO = "MemTotal:  64 kB\nMemFree: 1 kB\nMemAvailable:  32 kB\nHugePages_Total: 0\n"
V2, V1 = "0::/app\n", "5:devices:/\n4:cpu,memory:/app\n0::/\n"
UNIFIED, OLD = "sys/fs/cgroup", "sys/fs/cgroup/memory"


def machine(tmp_path: Path, cgroup: str, files: dict[str, str]) -> Path:
    """Lay out /proc and /sys below a folder."""
    files = {"proc/meminfo": MEMINFO, "proc/self/cgroup": cgroup} | files
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("cgroup", "files", "total", "free"),
    [
        (V2, {}, 64, 32),
        (
            V2,
            {f"{UNIFIED}/app/memory.max": "max", f"{UNIFIED}/app/memory.current": "9"},
            *(64, 32),
        ),
        (
            V2,
            {
                f"{UNIFIED}/app/memory.max": f"{20 * 1024}",
                f"{UNIFIED}/app/memory.current": f"{12 * 1024}",
                f"{UNIFIED}/app/memory.stat": f"anon 1\ninactive_file {2 * 1024}\n",
            },
            *(20, 10),
        ),
        (  # a limit above it counts, too
            V2,
            {
                f"{UNIFIED}/app/memory.max": f"{20 * 1024}",
                f"{UNIFIED}/app/memory.current": "0",
                f"{UNIFIED}/memory.max": f"{16 * 1024}",
                f"{UNIFIED}/memory.current": f"{15 * 1024}",
            },
            *(16, 1),
        ),
        (  # in a container, whose path is the host's
            "0::/host/only\n",
            {
                f"{UNIFIED}/memory.max": f"{16 * 1024}",
                f"{UNIFIED}/memory.current": f"{17 * 1024}",
            },
            *(16, 0),
        ),
        (
            V1,
            {
                f"{OLD}/app/memory.limit_in_bytes": f"{20 * 1024}",
                f"{OLD}/app/memory.usage_in_bytes": f"{12 * 1024}",
                f"{OLD}/app/memory.stat": f"total_inactive_file {2 * 1024}\n",
            },
            *(20, 10),
        ),
        (  # as version 1 writes "none"
            V1,
            {
                f"{OLD}/memory.limit_in_bytes": f"{2**63 - 4096}",
                f"{OLD}/memory.usage_in_bytes": "1",
            },
            *(64, 32),
        ),
    ],
)
def test_a_containers_limit_counts(
    tmp_path: Path, cgroup: str, files: dict[str, str], total: int, free: int
) -> None:
    root = machine(tmp_path, cgroup, files)
    assert memory(root) == (total * 1024, free * 1024)


def test_without_proc_all_of_the_ram_counts_as_free(tmp_path: Path) -> None:
    total, free = memory(tmp_path)
    assert total == free > 0


def test_the_processor_has_its_name(tmp_path: Path) -> None:
    files = {"proc/cpuinfo": "processor : 0\nmodel name\t: A Processor\n"}
    found = processor(machine(tmp_path, V2, files), "a note")
    assert found == Device(
        name="A Processor",
        total_bytes=64 * 1024,
        free_bytes=32 * 1024,
        note="a note",
    )


def test_a_gpu_that_shares_the_systems_memory_is_sized_by_it(tmp_path: Path) -> None:
    nvml = FakeNvml((Card(uuid="GPU-1", name="NVIDIA GB10", gib=None),))
    [device] = devices({}, nvml=nvml, root=machine(tmp_path, V2, {}))
    assert device.capability == (9, 0)
    assert (device.total_bytes, device.free_bytes) == (64 * 1024, 32 * 1024)
