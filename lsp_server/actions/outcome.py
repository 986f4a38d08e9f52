"""What may come of an action, and what it took."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from lsp_server.actions.carried import Lines
from lsp_server.actions.edits import Change
from retrieval.source import Document, Snippet


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """``watched`` lines must stay as they were for the ``changes`` to be right.

    ``notes`` tell people what they should know of it; ``checked`` is what the user's own
    check said, "" without one.
    """

    changes: tuple[Change, ...]
    watched: Lines
    notes: tuple[str, ...] = ()
    checked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new file, which did not exist when this was made."""

    file: Path
    text: str
    notes: tuple[str, ...] = ()
    checked: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """All that was said."""

    text: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """There was nothing to change, and why."""

    words: str


Outcome = Edited | Made | Explained | Nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What an explanation rests on: lines of the document, and of other files.

    ``root`` is the folder that the snippets' paths are relative to, None where there is
    none; ``path`` is the document's within it.
    """

    document: Document
    first: int
    last: int
    path: str
    root: Path | None
    snippets: Sequence[Snippet] = ()


@dataclass(slots=True, kw_only=True)
class Spent:
    """What was asked of which model, as it goes: for the audit, and for who wants to see."""

    model: str = ""
    prompt_tokens: int = 0
    answer_tokens: int = 0
    prompts: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)


class Watch(Protocol):
    """Whoever shows how far an action is; called on the event loop, and returns at once."""

    def stage(self, words: str, percent: int | None = None) -> None:
        """Show what is done now, in plain words."""

    def answers(self, model: str, note: str) -> None:
        """Tell which model does it, and in words for the user what it was not made for."""

    def begins(self, sources: Sources) -> None:
        """Begin the explanation that rests on these."""

    def said(self, text: str) -> None:
        """Go on with the explanation."""
