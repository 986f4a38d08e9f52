"""What the engine was asked lately, and what became of it: for those who want to see."""

from collections import OrderedDict, deque
from dataclasses import dataclass
from enum import StrEnum
from itertools import count

from lsp_server.latest import Generation
from lsp_server.prompt.plan import Plan
from lsp_server.stats.events import Source
from retrieval.source import Cursor

_WHOLE = 50
"""Requests that are kept with their prompts: some ten megabytes."""

_FIGURES = 5_000


class Purpose(StrEnum):
    """What the engine is asked for."""

    SHOWN = "engine"
    AHEAD = "ahead"
    WARM_UP = "warm-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One text that may be taken, and the id by which the editor will tell that it was."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is shown at ``cursor``, "" for nothing, and what it took.

    ``name`` is what its model is called in messages, ``model`` what its engine calls it.
    ``typed`` is the beginning of the answer that stands there already; ``others`` may be
    chosen instead. ``number`` is the record's. ``milliseconds`` count from the request:
    ``context_ms`` of them context was waited for, and after ``began_ms`` the engine was
    called, None where it was not for this request. ``first_piece_ms`` and ``total_ms``
    count from the engine's call, which may have been before. ``finish`` is "stop" or
    "length" where the engine ended, "decided" where we stopped it.
    """

    id: str
    cursor: Cursor
    text: str
    typed: str = ""
    others: tuple[Choice, ...] = ()
    source: Source = Source.ENGINE
    number: int = 0
    name: str
    model: str
    finish: str
    prompt_tokens: int
    cached_tokens: int | None
    first_piece_ms: float
    total_ms: float
    context_ms: float | None = None
    began_ms: float | None = None
    milliseconds: float = 0.0

    @property
    def choices(self) -> tuple[Choice, ...]:
        return (Choice(id=self.id, text=self.text), *self.others) if self.text else ()


@dataclass(slots=True, kw_only=True)
class Asked:
    """One request to the engine. ``plan`` is what was sent, None before it was.

    ``planning_ms`` is what the prompt took, ``shown_chars`` how many of the answer's
    characters somebody has seen.
    """

    number: int
    purpose: Purpose
    plan: Plan | None = None
    generation: Generation | None = None
    planning_ms: float = 0.0
    shown_chars: int = 0

    @property
    def shown_tokens(self) -> int:
        """About how many of the generated tokens somebody has seen."""
        if self.generation is None or not self.generation.text:
            return 0
        share = min(1.0, self.shown_chars / len(self.generation.text))
        return round(share * self.generation.tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one request cost; tokens the engine does not tell are None."""

    id: int
    source: str
    layout: str
    prompt_tokens: int
    cached_tokens: int | None
    generated_tokens: int
    first_piece_ms: float
    milliseconds: float


class Record:
    """The last requests of a session."""

    def __init__(self) -> None:
        self.last_offer: Offer | None = None
        self._numbers = count(1)
        self._asked: OrderedDict[int, Asked] = OrderedDict()
        self._figures: deque[Figures] = deque(maxlen=_FIGURES)

    def ask(self, purpose: Purpose) -> Asked:
        """Begin the record of a request."""
        asked = Asked(number=next(self._numbers), purpose=purpose)
        self._asked[asked.number] = asked
        if len(self._asked) > _WHOLE:
            self._asked.popitem(last=False)
        return asked

    def ended(self, asked: Asked, generation: Generation) -> None:
        """Take note of the end of a request, with an answer or without."""
        self._figures.append(
            Figures(
                id=asked.number,
                source=asked.purpose,
                layout=asked.plan.layout if asked.plan else "",
                prompt_tokens=len(asked.plan.prompt_ids) if asked.plan else 0,
                cached_tokens=generation.cached_tokens,
                generated_tokens=generation.tokens,
                first_piece_ms=round(generation.first_piece_ms, 1),
                milliseconds=round(generation.total_ms, 1),
            )
        )

    def get(self, number: int) -> Asked | None:
        """Return a request of the last ones."""
        return self._asked.get(number)

    def of(self, generation: Generation) -> Asked | None:
        """Return the request that made ``generation``, if it is one of the last."""
        found = (
            a for a in reversed(self._asked.values()) if a.generation is generation
        )
        return next(found, None)

    def prompts(self) -> list[tuple[int, ...]]:
        """Return the prompts that were sent, the newest first."""
        return [
            one.plan.prompt_ids for one in reversed(self._asked.values()) if one.plan
        ]

    def figures(self) -> list[Figures]:
        """Return the figures of the requests that ended since this was called last."""
        found = [*self._figures]
        self._figures.clear()
        return found
