"""What an action is about while it runs, for the user to see."""

from collections.abc import Callable

from lsp_server.acting.page import Page
from lsp_server.actions.outcome import Sources, Spent
from lsp_server.progress import Work


class Watching:
    """The one of :class:`~lsp_server.actions.outcome.Watch` that an editor shows."""

    def __init__(
        self,
        work: Work,
        page: Page,
        spent: Spent,
        answers: Callable[[str, str], None],
    ) -> None:
        self._work = work
        self._page = page
        self._spent = spent
        self._answers = answers

    def stage(self, words: str, percent: int | None = None) -> None:
        self._work.stage(words, percent)

    def answers(self, model: str, note: str) -> None:
        self._answers(model, note)

    def begins(self, sources: Sources) -> None:
        self._page.begin(sources, self._spent.model)

    def said(self, text: str) -> None:
        self._page.add(text)
