"""What the engine was asked and what it generated, from its journal; and what of it was wasted."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.typing.keys import common
from lsp_server.engine.base import PRIORITY_SHOWN

_CHARS_PER_TOKEN = 4
"""A piece of the oracle's."""

_WARM_UP_TOKENS = 9
"""What only warms the cache asks for one token, and for those that healing takes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request to the engine, and the ``text`` that was generated for it.

    ``place`` is the offset in truth number ``file`` where the text begins, None where it
    belongs to none.
    """

    asked_ns: int
    ended_ns: int
    tokens: int
    text: str
    file: int | None
    place: int | None
    max_tokens: int
    priority: int
    aborted: bool

    @property
    def warms(self) -> bool:
        """Whether it was for the cache only."""
        return self.priority != PRIORITY_SHOWN and self.max_tokens <= _WARM_UP_TOKENS

    @property
    def awaited(self) -> bool:
        """Whether somebody waits for the answer."""
        return self.priority == PRIORITY_SHOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A suggestion on the screen: ``text`` at offset ``place`` of file number ``file``."""

    at_ns: int
    file: int
    place: int | None
    text: str


def read(path: Path, end_ns: int) -> list[Asked]:
    """Return the journal's requests; one that still runs ended at ``end_ns``."""
    found: list[Asked] = []
    events = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    ends = {e["request"]: e for e in events if e["event"] != "asked"}
    for event in events:
        if event["event"] != "asked":
            continue
        end = ends.get(event["request"], {})
        found.append(
            Asked(
                asked_ns=event["ns"],
                ended_ns=end.get("ns", end_ns),
                tokens=end.get("tokens", 0),
                text=end.get("text", ""),
                file=end.get("truth"),
                place=end.get("place"),
                max_tokens=event["max_tokens"],
                priority=event.get("priority", PRIORITY_SHOWN),
                aborted=end.get("event") != "finished",
            )
        )
    return found


def wasted_tokens(requests: Iterable[Asked], seen: Sequence[Seen]) -> int:
    """Return how many tokens were generated of which no character was ever on the screen.

    A character was if a suggestion that was there after its request began has it: at its
    place in the file, or, for what was said at no place, anywhere in the text.
    """
    return sum(_wasted(request, seen) for request in requests)


def _wasted(request: Asked, seen: Sequence[Seen]) -> int:
    shown = bytearray(len(request.text))
    for one in seen:
        if one.at_ns < request.asked_ns:
            continue
        at = _found(request, one)
        if at is not None:
            count = common(request.text[at:], one.text)
            shown[at : at + count] = b"\x01" * count
    tokens = range(request.tokens)
    size = _CHARS_PER_TOKEN
    return sum(not any(shown[token * size : (token + 1) * size]) for token in tokens)


def _found(request: Asked, seen: Seen) -> int | None:
    """Return where in the request's text the suggestion is, None if it is of another."""
    if request.place is None or seen.place is None:
        at = request.text.find(seen.text) if request.place is seen.place else -1
        return at if at >= 0 else None
    if request.file != seen.file:
        return None
    at = seen.place - request.place
    return at if 0 <= at < len(request.text) else None
