"""What happened while somebody typed: one stroke for each key, and what the server told."""

from dataclasses import dataclass

from bench.typing.journal import Asked, Seen
from bench.typing.keys import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """One key, what was on the screen when it was pressed, and the answer after it.

    ``due``: the cursor's line lacked something then, and nothing in it was wrong, so a
    suggestion should have been there. ``shown`` is what was; ``right`` says that all on
    the first line of it came true, ``wholly`` that all of it did.

    ``expects`` is ``due`` after the key. ``answer_ms`` is the time from the key to the
    answer to the request that it caused, if that came before the next key and suggested
    something; ``empty``: it came and suggested nothing.
    """

    key: Key
    at_ns: int
    file: int
    due: bool
    shown: str
    right: bool
    wholly: bool
    expects: bool
    answer_ms: float | None
    empty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the server says of one request to its engine (``codellama.lastRequests``).

    ``source`` is "engine" where somebody waited for it, "ahead" or "warm-up".
    """

    number: int
    source: str
    layout: str
    prompt_tokens: int
    cached_tokens: int | None
    generated_tokens: int
    milliseconds: float

    @property
    def uncached_tokens(self) -> int | None:
        if self.cached_tokens is None:
            return None
        return self.prompt_tokens - self.cached_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A whole run of one subject.

    ``alone`` is how many keys it takes without any help. ``visits`` are what the server
    told, from one jump of the cursor to the next.
    """

    strokes: tuple[Stroke, ...]
    seen: tuple[Seen, ...]
    asked: tuple[Asked, ...]
    visits: tuple[tuple[Told, ...], ...]
    alone: int
    messages: tuple[str, ...]

    @property
    def told(self) -> tuple[Told, ...]:
        return tuple(told for visit in self.visits for told in visit)
