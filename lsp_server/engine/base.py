"""The seam between the server and whatever generates tokens, and its errors."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

PRIORITY_SHOWN = 0
"""Somebody waits for this answer. Lower runs first."""

PRIORITY_ACTION = 5
"""Somebody waits, but for more than ghost text: they see it come, and have time."""

PRIORITY_AHEAD = 10
"""Nobody waits yet: it must cost nobody who does."""


class Tier(StrEnum):
    """What a feature asks for; which model that is, settings say."""

    REALTIME = "realtime"  # infills while somebody types
    ON_DEMAND = "on_demand"  # explains, fixes, refactors


class Finish(StrEnum):
    """Why a generation ended by itself."""

    STOP = "stop"  # a stop id, or the end of the sequence
    LENGTH = "length"  # max_tokens, or the model's window


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """What is asked of an engine: ids in, so that every family's prompt is exact.

    The answer is made to begin with the text ``begin``, and pieces hold only what comes
    after it; no stop id ends the answer before. ``max_tokens`` counts its tokens, too.
    ``temperature`` 0 is greedy: the same prompt gives the same answer. Above it the same
    ``seed`` does.
    """

    prompt_ids: tuple[int, ...]
    begin: str = ""
    max_tokens: int
    stop_ids: tuple[int, ...] = ()
    temperature: float = 0.0
    seed: int | None = None
    priority: int = PRIORITY_SHOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The next part of an answer, in the order it was generated.

    ``cached_tokens`` of the ``prompt_tokens`` were served from the prefix cache; None
    where the engine does not tell. ``finish`` is set on the last piece only.
    """

    text: str
    tokens: int = 1
    prompt_tokens: int = 0
    cached_tokens: int | None = None
    finish: Finish | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a started engine tells of itself: ``window_tokens`` is prompt plus answer.

    ``why`` says how it was fitted to the device, in words for the user.
    """

    model: str
    window_tokens: int
    device: str
    why: str = ""


class EngineError(Exception):
    """What went wrong in words for the user: what happened, and what to do about it."""


class NotInstalled(EngineError):
    """No engine is installed on this machine."""


class ModelUnusable(EngineError):
    """The model is not there, is broken, or cannot do what is asked of it."""


class OutOfMemory(EngineError):
    """The model does not fit into the memory that is free."""


class EngineDown(EngineError):
    """The engine ended or cannot be reached."""


class NotAwake(EngineError):
    """The model has left the memory, or works for somebody else: no answer for now.

    ``wakes``: it is on its way back.
    """


class RequestRefused(EngineError):
    """The one request cannot be served (it is longer than the window, say)."""


Report = Callable[[str], None]
"""Told the stage of a start in plain words ("loading the weights"); may be called often."""


class Engine(Protocol):
    """Anything that turns token ids into text.

    ``start`` may take minutes and raises :class:`EngineError`; on an engine that has left
    the memory meanwhile it brings it back. Closing the generator
    that ``stream`` returns aborts the request in the engine: open it with ``aclosing``.
    ``lost`` returns, if the engine ends by itself, why it did. ``close`` leaves no process
    behind and may be called at any time, also twice.
    """

    async def start(self, report: Report) -> Loaded: ...

    def stream(self, request: GenerationRequest) -> AsyncGenerator[Piece]: ...

    async def lost(self) -> EngineError: ...

    async def close(self) -> None: ...
