"""When an engine that ended is started again, and when somebody must look first: pure."""

from collections.abc import Callable
from dataclasses import dataclass

from lsp_server.engine.base import (
    EngineDown,
    EngineError,
    ModelUnusable,
    NotInstalled,
    OutOfMemory,
)

_LONGEST_WAIT_S = 60.0
_LONGEST_POLL_S = 5.0
"""An endpoint that is down is asked again: a connection that is refused costs nothing."""
_SLOW_POLL_S = 60.0
"""An endpoint that needs the user: a key, another address. It may be mended over there."""
_TRIES = 4
"""So often in a row an engine of this machine may end before it has answered anything; each
time it is waited longer. Then somebody must look."""


@dataclass(slots=True, kw_only=True)
class Backoff:
    """One engine's ends so far; ``local`` ones are on this machine.

    ``shrink`` has it started with a smaller window from now on; False where that makes no
    sense.
    """

    local: bool
    shrink: Callable[[], bool]
    failures: int = 0

    def after(self, error: EngineError, *, served: bool) -> float | None:
        """Return the seconds to wait before the next start; None: there shall be none.

        ``served``: it has answered something before it ended.
        """
        self.failures = 1 if served else self.failures + 1
        if isinstance(error, NotInstalled | ModelUnusable):
            return None  # trying again gives the same: something must be changed first
        if self.local and self.failures > _TRIES:
            return None
        if not self.local and not isinstance(error, EngineDown):
            return _SLOW_POLL_S
        if isinstance(error, OutOfMemory) and not self.shrink():
            return None
        longest = _LONGEST_WAIT_S if self.local else _LONGEST_POLL_S
        return min(2.0 ** (self.failures - 1), longest)
