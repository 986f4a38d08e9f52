"""How the engine is, for editors that show it: the notification ``codellama/status``."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

STATUS = "codellama/status"


class State(StrEnum):
    """What ghost text can be expected."""

    LOADING = "loading"
    READY = "ready"
    BUSY = "busy"  # somebody has waited for a while
    SLEEPING = "sleeping"  # the model has left the memory; the next request wakes it
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One notification's parameters.

    ``message`` is for people. ``percent`` is set while loading, where it is known.
    """

    state: State
    model: str
    message: str
    percent: int | None = None

    def parameters(self) -> dict[str, Any]:
        """Return them as they are sent."""
        return {key: value for key, value in asdict(self).items() if value is not None}
