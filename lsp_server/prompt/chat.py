"""The exact token ids that talk with a model that was trained to be talked with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsp_server.prompt.asked import Ask

__all__ = ["Chat", "TagsInText", "Turn", "asked_chat", "chat_for"]


@dataclass(frozen=True, slots=True)
class Turn:
    """What the user says, and the answer; of the last turn, how the answer begins."""

    user: str
    answer: str = ""


class TagsInText(ValueError):
    """A chat tag of the model stands in a text that it would be taken for one in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """How one model is talked with; ``note`` tells the user what it was not made for."""

    name: str
    note: str
    stop_ids: tuple[int, ...]
    make: Callable[[str, Sequence[Turn]], tuple[int, ...]]

    def ids(self, system: str, turns: Sequence[Turn]) -> tuple[int, ...]:
        """Return the prompt; raises TagsInText."""
        return self.make(system, turns)

    def count(self, text: str) -> int:
        """Return how many tokens a text takes."""
        raise NotImplementedError(text)

    def decode(self, ids: Sequence[int]) -> str:
        raise NotImplementedError(ids)


def chat_for(folder: Path, name: str) -> Chat:
    """Read how the model in ``folder`` is talked with; raises ModelUnusable.

    Takes up to a second: call it away from the event loop.
    """
    raise NotImplementedError(folder, name)


def asked_chat(ask: Ask, names: Sequence[str]) -> Chat:
    """Return how the model is talked with whose tokenizer only its endpoint has."""
    raise NotImplementedError(ask, names)
