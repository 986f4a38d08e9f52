"""Accepted texts, where they are by now, and when it is looked how much of them is left."""

import asyncio
import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from lsp_server.stats import survival
from lsp_server.stats.events import Kept
from lsp_server.stats.survival import Change, Range
from retrieval.source import Document

LOOKS_S = (30.0, 300.0)
"""When it is looked whether an accepted text is still there, in seconds after acceptance."""

_MOST = 200
"""That are followed at one time; more than one every two seconds nobody reads."""


class Timer(Protocol):
    def cancel(self) -> None: ...


Later = Callable[[float, Callable[[], None]], Timer]
"""Calls a function after so many seconds, unless it is cancelled."""


@dataclass(slots=True, kw_only=True)
class Held:
    """A text that went in, where it is by now, and the looks that are still to come."""

    id: str
    text: str
    range: Range
    document: Document
    timers: dict[int, Timer] = field(default_factory=dict)

    def moved(self, after: Document, edit: Change) -> None:
        """Follow one change of the document."""
        self.document = after
        self.range = survival.after_change(self.range, edit)


class Watch:
    """Looks at what was accepted for as long as its document is open."""

    def __init__(
        self,
        put: Callable[[Kept], None],
        looks_s: tuple[float, float] = LOOKS_S,
        later: Later | None = None,
    ) -> None:
        self._put = put
        self._looks_s = looks_s
        self._later = later or _by_the_loop
        self._held: dict[str, list[Held]] = {}

    def of(self, uri: str) -> Iterable[Held]:
        """Return what is followed in a document."""
        return self._held.get(uri, ())

    def follow(self, held: Held) -> None:
        """Look at an accepted text later."""
        if sum(map(len, self._held.values())) >= _MOST:
            return
        self._held.setdefault(held.document.uri, []).append(held)
        for look, seconds in enumerate(self._looks_s):
            run = functools.partial(self._look, held, look)
            held.timers[look] = self._later(seconds, run)

    def closed(self, uri: str) -> None:
        """Look no more at a document: nobody sees what becomes of it."""
        for held in self._held.pop(uri, ()):
            for timer in held.timers.values():
                timer.cancel()

    def clear(self) -> None:
        """Look at nothing more."""
        for uri in [*self._held]:
            self.closed(uri)

    def _look(self, held: Held, look: int) -> None:
        held.timers.pop(look).cancel()
        now = survival.text_in(held.document, held.range)
        share = survival.share_left(held.text, now)
        self._put(Kept(id=held.id, look=look, share=share))
        if not held.timers:
            uri = held.document.uri
            self._held[uri].remove(held)
            if not self._held[uri]:
                del self._held[uri]


def _by_the_loop(seconds: float, call: Callable[[], None]) -> Timer:
    return asyncio.get_running_loop().call_later(seconds, call)
