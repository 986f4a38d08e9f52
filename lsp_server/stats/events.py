"""What is told of an offer while it lives, and what of that is kept: never any text."""

from dataclasses import dataclass
from enum import StrEnum

from retrieval.source import Cursor


class Source(StrEnum):
    """Where an answer came from."""

    ENGINE = "engine"  # generated for this request
    RUNNING = "running"  # generated for an earlier request, and still running
    MEMORY = "memory"  # an earlier answer that agrees with what was typed
    AHEAD = "ahead"  # generated while nobody waited


WITHOUT_ENGINE = frozenset({Source.MEMORY, Source.AHEAD})
"""Nobody waited for the engine."""


class Unanswered(StrEnum):
    """Why a request got no answer."""

    CANCELLED = "cancelled"  # by the editor
    SUPERSEDED = "superseded"  # by a newer request of the document


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A suggestion that the editor was given at ``cursor``; ``text`` goes in there.

    ``over`` characters to the right of the cursor go with it (the editor's pop-up menu
    replaces a word). ``answer`` is the engine's: what has the same is the same suggestion,
    typed along; 0 is never the same. ``id`` is what acceptance is told by;
    ``milliseconds`` count from the request to the answer; ``automatic`` is whether nobody
    asked for it by hand.
    """

    id: str
    cursor: Cursor
    text: str
    over: int = 0
    answer: int = 0
    tokens: int
    milliseconds: float
    source: Source
    automatic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is kept of an offer; ``time`` is in seconds since 1970.

    No ``characters``: it is one that was offered before, the rest of it.
    """

    id: str
    time: float
    language: str
    characters: int
    lines: int
    tokens: int
    milliseconds: float
    source: Source
    automatic: bool


@dataclass(frozen=True, slots=True)
class Accepted:
    """The editor said so, by the offer's command; None: of ``characters`` nothing is known."""

    id: str
    characters: int | None = None


@dataclass(frozen=True, slots=True)
class Partly:
    """So many characters of the offer went into the document in one change; 0 revokes it."""

    id: str
    characters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The share of an accepted text that is still there, at the first or second look."""

    id: str
    look: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """One generation that is over: its tokens, and how many of them anybody saw by then."""

    id: str
    time: float
    language: str
    source: Source
    tokens: int
    shown: int
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Seen:
    """So many of a generation's tokens have been shown by now."""

    id: str
    shown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """One request without an answer."""

    time: float
    language: str
    why: Unanswered


Event = Offer | Accepted | Partly | Kept | Generated | Seen | Missed
