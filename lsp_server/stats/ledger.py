"""Follows each offer from the screen into the document: accepted, in parts, still there."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from lsp_server.context.difference import difference
from lsp_server.documents import Splice
from lsp_server.stats import partial, survival
from lsp_server.stats.events import (
    Accepted,
    Event,
    Generated,
    Missed,
    Offer,
    Offered,
    Partly,
    Seen,
    Source,
    Unanswered,
)
from lsp_server.stats.held import LOOKS_S, Held, Later, Watch
from lsp_server.stats.partial import Rest
from lsp_server.stats.survival import Range
from retrieval.source import Document

_MOST_OFFERS = 64
"""That may yet be accepted; editors keep one or a few on the screen."""

_MOST_IDS = 256
"""Under which the rests of those were offered."""

_LONGEST_NAME = 40


class Journal(Protocol):
    """Where events go; ``put`` does not wait."""

    def put(self, event: Event) -> None: ...

    async def close(self) -> None: ...


@dataclass(slots=True)
class _Shown:
    """An offer that may yet be taken; ``rest`` is None once the document says otherwise.

    ``characters`` of it went in at once, all with the change of the number ``completed``
    (``held`` then); editors tell the change and the acceptance in any order. Typed along,
    it is offered again, under other ids, as the rest of the same ``answer``.
    """

    id: str
    uri: str
    answer: int
    rest: Rest | None
    characters: int = 0
    completed: int = 0
    held: Held | None = None
    accepted: bool = False


class Ledger:
    """What one editor's user does with suggestions; only the event loop calls it.

    A suggestion is counted once, however often the rest of it is offered while it is
    typed. An accepted text is followed for as long as its document is open: what was not
    observed for 30 seconds, or 5 minutes, has no figure of that.

    While it is not ``enabled`` nothing is followed and nothing is recorded.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        enabled: bool = True,
        looks_s: tuple[float, float] = LOOKS_S,
        later: Later | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._journal = journal
        self._enabled = enabled
        self._watch = Watch(journal.put, looks_s, later)
        self._clock = clock
        self._changes = 0
        self._keys_come_together = False
        self._first_ids: OrderedDict[str, str] = OrderedDict()
        self._offers: OrderedDict[str, _Shown] = OrderedDict()
        self._partly: dict[str, tuple[int, str]] = {}

    def follow(self, *, enabled: bool) -> None:
        """Record from now on, or forget what is followed and record nothing."""
        self._enabled = enabled
        if not enabled:
            self._forget()

    def offered(self, offered: Offered) -> None:
        """Note what the editor was given, before anything is told of its id."""
        if not self._enabled or not offered.text:
            return
        document = offered.cursor.document
        place = (offered.cursor.line, offered.cursor.column)
        rest = Rest(place=place, text=offered.text, over=offered.over)
        known = self._same_answer(document.uri, offered.answer)
        if known is None:
            self._offers[offered.id] = _Shown(
                id=offered.id, uri=document.uri, answer=offered.answer, rest=rest
            )
        else:
            known.rest = rest
            self._first_ids[offered.id] = known.id
        if len(self._offers) > _MOST_OFFERS:
            self._offers.popitem(last=False)
        if len(self._first_ids) > _MOST_IDS:
            self._first_ids.popitem(last=False)
        self._journal.put(
            Offer(
                id=offered.id,
                time=self._clock(),
                language=_name(document.language),
                characters=len(offered.text) if known is None else 0,
                lines=offered.text.count("\n") + 1,
                tokens=offered.tokens,
                milliseconds=offered.milliseconds,
                source=offered.source,
                automatic=offered.automatic,
            )
        )

    def changed(self, uri: str, before: Document, after: Document) -> None:
        """Follow one change of a document; at once where nothing of it is followed."""
        shown = [each for each in self._offers.values() if each.uri == uri]
        held = [*self._watch.of(uri)]
        if not shown and not held:
            return
        change = difference(before.lines, after.lines)
        if change is None:
            return
        self._changes += 1
        held += [each.held for each in shown if each.held is not None]
        if held:
            edit = survival.exact(before, after, change)
            for each in held:
                each.moved(after, edit)
        told = False
        for offer in reversed(shown):
            taken = self._advance(offer, before, after, change)
            rest = offer.rest.text if offer.rest is not None else ""
            if partial.in_one_change(taken, rest):
                self._infer_nothing()
            elif partial.at_once(taken, rest) and not self._keys_come_together:
                offer.characters += len(taken)
                if not told and not offer.accepted:
                    told = True  # older offers of the same text are not on the screen
                    self._partly[uri] = (self._changes, offer.id)
                    self._journal.put(Partly(offer.id, offer.characters))

    def accepted(self, offer_id: str) -> None:
        """Note that the editor took all of an offer, before or after it tells the change."""
        if not self._enabled:
            return
        offer_id = self._first_ids.get(offer_id, offer_id)
        shown = self._offers.get(offer_id)
        if shown is None:
            self._journal.put(Accepted(offer_id))
            return
        self._journal.put(Accepted(offer_id, _characters(shown)))
        shown.accepted = True
        if shown.held is not None:
            number, partly = self._partly.get(shown.uri, (0, ""))
            if number == shown.completed and partly != offer_id:
                self._journal.put(Partly(partly, 0))
            self._hold(shown, shown.held)

    def closed(self, uri: str) -> None:
        """Forget a document that is closed: nobody sees what becomes of what was accepted."""
        self._watch.closed(uri)
        self._partly.pop(uri, None)
        for each in [each for each in self._offers.values() if each.uri == uri]:
            del self._offers[each.id]

    def generated(
        self,
        number: int,
        *,
        tokens: int,
        milliseconds: float,
        source: Source,
        language: str = "",
    ) -> None:
        """Note one generation that is over, shown or not."""
        if self._enabled:
            self._journal.put(
                Generated(
                    id=f"{number}",
                    time=self._clock(),
                    language=_name(language),
                    source=source,
                    tokens=tokens,
                    shown=0,
                    milliseconds=milliseconds,
                )
            )

    def seen(self, number: int, shown: int) -> None:
        """Note that so many tokens of a generation have been shown by now."""
        if self._enabled:
            self._journal.put(Seen(f"{number}", shown))

    def unanswered(self, why: Unanswered, language: str = "") -> None:
        """Note a request that got no answer."""
        if self._enabled:
            name = _name(language)
            self._journal.put(Missed(time=self._clock(), language=name, why=why))

    async def close(self) -> None:
        """Follow nothing more, and return when all is written, or cannot be."""
        self._forget()
        await self._journal.close()

    def _same_answer(self, uri: str, answer: int) -> _Shown | None:
        """Return the suggestion of the answer that may yet be accepted."""
        for shown in reversed(self._offers.values()):
            open_yet = shown.held is None and not shown.accepted
            if answer and shown.answer == answer and shown.uri == uri and open_yet:
                return shown
        return None

    def _infer_nothing(self) -> None:
        """Take back what was inferred: this editor sends several keys in one change."""
        self._keys_come_together = True
        for each in self._offers.values():
            if each.characters and not each.accepted:
                each.characters = 0
                self._journal.put(Partly(each.id, 0))

    def _advance(
        self, offer: _Shown, before: Document, after: Document, change: Splice
    ) -> str:
        """Follow the offer's rest, and return what of it went in."""
        if offer.rest is None or not offer.rest.text:
            return ""
        start = offer.rest.place
        found = partial.after_change(offer.rest, before, after, change)
        if found is None:
            offer.rest = None
            return ""
        offer.rest, taken = found
        if taken and not offer.rest.text:
            offer.completed = self._changes
            offer.held = Held(
                id=offer.id,
                text=taken,
                range=Range(start=start, end=offer.rest.place),
                document=after,
            )
            if offer.accepted:
                self._hold(offer, offer.held)
        return taken

    def _hold(self, offer: _Shown, held: Held) -> None:
        """Look at the accepted text later; one offer is accepted once."""
        self._offers.pop(offer.id, None)
        self._watch.follow(held)

    def _forget(self) -> None:
        self._watch.clear()
        self._offers.clear()
        self._first_ids.clear()
        self._partly.clear()


def _characters(shown: _Shown) -> int | None:
    """Return how much goes in, or went in, when the editor says that all was accepted."""
    if shown.held is not None:
        return len(shown.held.text)
    return len(shown.rest.text) if shown.rest is not None else None


def _name(language: str) -> str:
    """Return a language id as it can be stored: the client sent it, and may have sent anything."""
    return language.encode("utf-8", "replace").decode()[:_LONGEST_NAME]
