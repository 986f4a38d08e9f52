"""NVML as the module pynvml has it, for machines that are written down here."""

# ruff: noqa: N802 - the functions have the names that NVML gave them

from collections.abc import Sequence
from dataclasses import dataclass, field

GIB = 2**30
NVML_CLOCK_SM = 1


class NVMLError(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Memory:
    total: int
    free: int


@dataclass(frozen=True, slots=True)
class Holder:
    pid: int
    usedGpuMemory: int | None  # noqa: N815 - as NVML names it


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A GPU, or an instance of one; memory in GiB, None where NVML cannot tell."""

    uuid: str
    name: str = "NVIDIA H100"
    gib: float | None = 80
    free: float = 79.5
    capability: tuple[int, int] = (9, 0)
    cores: int = 16896
    instances: tuple["Card | None", ...] | None = None
    holders: tuple[Holder, ...] = ()
    lost: bool = False


@dataclass
class FakeNvml:
    """The functions of pynvml that are asked; handles are the cards themselves."""

    cards: Sequence[Card]
    fails: str = ""
    names: dict[int, str] = field(default_factory=dict)
    running: int = 0

    NVMLError = NVMLError
    NVML_CLOCK_SM = NVML_CLOCK_SM

    def nvmlInit(self) -> None:
        if self.fails:
            raise NVMLError(self.fails)
        self.running += 1

    def nvmlShutdown(self) -> None:
        self.running -= 1

    def nvmlDeviceGetCount(self) -> int:
        return len(self.cards)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> Card:
        if self.cards[index].lost:
            raise NVMLError("GPU is lost")
        return self.cards[index]

    def nvmlDeviceGetCudaComputeCapability(self, card: Card) -> tuple[int, int]:
        return card.capability

    def nvmlDeviceGetMemoryInfo(self, card: Card) -> Memory:
        if card.gib is None:
            raise NVMLError("Not Supported")
        return Memory(int(card.gib * GIB), int(card.free * GIB))

    def nvmlDeviceGetName(self, card: Card) -> str:
        return card.name

    def nvmlDeviceGetUUID(self, card: Card) -> bytes:
        return card.uuid.encode()

    def nvmlDeviceGetMigMode(self, card: Card) -> list[int]:
        if card.capability < (8, 0):
            raise NVMLError("Not Supported")
        return [int(card.instances is not None)] * 2

    def nvmlDeviceGetMaxMigDeviceCount(self, card: Card) -> int:
        return len(card.instances or ())

    def nvmlDeviceGetMigDeviceHandleByIndex(self, card: Card, index: int) -> Card:
        found = (card.instances or ())[index]
        if found is None:
            raise NVMLError("Not Found")
        return found

    def nvmlDeviceGetNumGpuCores(self, card: Card) -> int:
        return card.cores

    def nvmlDeviceGetMaxClockInfo(self, card: Card, clock: int) -> int:
        assert (card.cores, clock) > (0, 0)
        return 2000

    def nvmlDeviceGetComputeRunningProcesses(self, card: Card) -> list[Holder]:
        return [*card.holders]

    def nvmlDeviceGetGraphicsRunningProcesses(self, card: Card) -> list[Holder]:
        if not card.holders:
            raise NVMLError("Insufficient Permissions")
        return [Holder(3, None)]

    def nvmlSystemGetProcessName(self, pid: int) -> str:
        if pid not in self.names:
            raise NVMLError("Not Found")
        return self.names[pid]
