"""What the model is asked, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from lsp_server.actions.catalogue import Name
from lsp_server.actions.region import Region
from lsp_server.actions.situation import Situation
from lsp_server.prompt.chat import Turn
from retrieval.source import Snippet


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """``begin`` is what the answer is made to start with, "" for prose."""

    system: str
    user: str
    begin: str

    @property
    def turns(self) -> tuple[Turn, ...]:
        return (Turn(self.user, self.begin),)


def asked(
    name: Name,
    situation: Situation,
    region: Region,
    *,
    words: str = "",
    snippets: Sequence[Snippet] = (),
    path: str,
    language: str = "",
) -> Ask:
    """Return the question. ``words`` are the user's own; raises ActionRefused.

    ``snippets`` are of other files, the best last; whoever calls leaves out what does not
    fit the window. ``path`` is the document's within the repository.
    """
    raise NotImplementedError(name, situation, region, words, snippets, path, language)


def again(ask: Ask, answer: str, problems: Sequence[str]) -> tuple[Turn, ...]:
    """Return the one retry: the answer, and what was wrong with it."""
    raise NotImplementedError(ask, answer, problems)
