"""Where ghost text is wanted, and where it would go."""

from dataclasses import dataclass
from typing import Self

from lsp_server.documents import Place, edited
from lsp_server.stats.partial import common, moved
from lsp_server.stats.survival import Range, text_in
from retrieval.source import Cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the editor's pop-up menu has chosen: ``text`` would stand from start to end."""

    start: Place
    end: Place
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Where ghost text is wanted; ``invoked`` says that the user asked for it by hand.

    ``cursor`` is where it would be had the pop-up menu's choice been taken, ``real`` where
    it is.

    It is to be an item of the pop-up menu itself where there is a ``patience_ms``: what
    takes longer is for the next request.
    """

    cursor: Cursor
    real: Cursor
    invoked: bool = False
    chosen: Chosen | None = None
    patience_ms: float | None = None

    @classmethod
    def at(
        cls,
        cursor: Cursor,
        *,
        invoked: bool = False,
        chosen: Chosen | None = None,
        patience_ms: float | None = None,
    ) -> Self:
        """Ask at the cursor, or where it would be had ``chosen`` been taken."""
        real = cursor
        if chosen is not None:
            document = edited(real.document, chosen.start, chosen.end, chosen.text)
            cursor = Cursor(document, *moved(chosen.start, chosen.text))
        return cls(
            cursor=cursor,
            real=real,
            invoked=invoked,
            chosen=chosen,
            patience_ms=patience_ms,
        )

    @property
    def is_popup(self) -> bool:
        return self.patience_ms is not None

    def goes_in(self, text: str) -> tuple[Cursor, str, int]:
        """Return where an accepted ``text`` goes in, all that does, and for how much.

        With the menu's choice an editor puts in both, for the characters that it replaces.
        """
        if self.chosen is None:
            return self.real, text, 0
        document, chosen = self.real.document, self.chosen
        stood = text_in(document, Range(start=chosen.start, end=chosen.end))
        whole = chosen.text + text
        same = common(stood, whole)
        place = moved(chosen.start, stood[:same])
        return Cursor(document, *place), whole[same:], len(stood) - same
