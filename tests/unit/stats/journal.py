"""A ledger that writes into a list, with timers that a test lets go off."""

from collections.abc import Callable

from lsp_server.documents import edited
from lsp_server.stats.events import Event, Offered, Partly, Source
from lsp_server.stats.ledger import Ledger
from retrieval.source import Cursor, Document
from tests.marked import at


class Listed:
    """Keeps events."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.closed = False

    def put(self, event: Event) -> None:
        self.events.append(event)

    async def close(self) -> None:
        self.closed = True


class Waiting:
    """A timer."""

    def __init__(self, seconds: float, call: Callable[[], None]) -> None:
        self.seconds = seconds
        self.call = call
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Desk:
    """One document that is edited, and the ledger that follows it."""

    def __init__(self, drawn: str, language: str = "python") -> None:
        self.journal = Listed()
        self.timers: list[Waiting] = []
        self.ledger = Ledger(self.journal, later=self._later, clock=lambda: 1000.0)
        self.cursor: Cursor = at(drawn, language=language)

    @property
    def document(self) -> Document:
        return self.cursor.document

    @property
    def events(self) -> list[Event]:
        return self.journal.events

    def offer(
        self, text: str, offer_id: str = "1", *, answer: int = 0, over: int = 0
    ) -> None:
        self.ledger.offered(
            Offered(
                id=offer_id,
                cursor=self.cursor,
                text=text,
                answer=answer,
                over=over,
                tokens=3,
                milliseconds=12.5,
                source=Source.ENGINE,
                automatic=True,
            )
        )

    def insert(self, text: str, behind: str = "") -> None:
        """Put text in at the cursor, which stands after it then, and before ``behind``."""
        place = (self.cursor.line, self.cursor.column)
        self.edit(place, place, text + behind)
        lines = text.split("\n")
        column = len(lines[-1]) + (place[1] if len(lines) == 1 else 0)
        self.cursor = Cursor(self.document, place[0] + len(lines) - 1, column)

    def edit(self, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        before = self.document
        after = edited(before, start, end, text)
        self.cursor = Cursor(after, self.cursor.line, self.cursor.column)
        self.ledger.changed(after.uri, before, after)

    def becomes(self, text: str) -> None:
        """Replace all of the document, as formatters do."""
        last = len(self.document.lines) - 1
        end = (last, len(self.document.lines[last]))
        self.edit((0, 0), end, text)

    def pass_seconds(self, seconds: float) -> None:
        """Let the timers go off that wait for no longer."""
        for timer in [*self.timers]:
            if timer.seconds <= seconds and not timer.cancelled:
                timer.call()
        self.timers = [timer for timer in self.timers if timer.seconds > seconds]

    def partly(self) -> list[tuple[str, int]]:
        return [
            (each.id, each.characters)
            for each in self.events
            if isinstance(each, Partly)
        ]

    def _later(self, seconds: float, call: Callable[[], None]) -> Waiting:
        self.timers.append(Waiting(seconds, call))
        return self.timers[-1]
