"""Answers that were generated, by the place they were generated for.

What was typed along an answer, taken back, or accepted in parts needs no engine: the rest
is here. Answers are kept as they were generated; what of them is shown depends on the
cursor (an editor may have closed a bracket meanwhile).
"""

from collections import deque
from dataclasses import dataclass, field

from lsp_server.ghost.reuse import Anchor, Behind, agrees, typed_since
from lsp_server.ghost.scope import came_back
from retrieval.source import Cursor

_ANSWERS = 32
"""Of a document, the newest."""


@dataclass(slots=True, kw_only=True)
class Answer:
    """All of a text that was generated at ``cursor``, by the generation ``number``.

    ``shown`` is what was shown of it, from its beginning on, by what stood behind: see
    :mod:`~lsp_server.ghost.steady`. The first one was shown first.
    """

    number: int
    cursor: Cursor
    anchor: Anchor
    text: str
    shown: dict[Behind, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """An answer that holds at a later place, and what of it stands there already."""

    answer: Answer
    typed: str

    @property
    def rest(self) -> str:
        return self.answer.text[len(self.typed) :]


class Memory:
    """What was answered in the open documents."""

    def __init__(self) -> None:
        self._answers: dict[str, deque[Answer]] = {}

    def remember(
        self, number: int, cursor: Cursor, text: str, *, behind: bool = False
    ) -> Answer:
        """Keep an answer, and return it; it may be empty: that nothing comes there is an answer, too.

        ``behind`` all others: one of several that may come, and not the likeliest.
        """
        answers = self._answers.setdefault(cursor.document.uri, deque())
        answer = Answer(
            number=number, cursor=cursor, anchor=Anchor.of(cursor), text=text
        )
        if len(answers) == _ANSWERS:
            answers.popleft()
        if behind:
            answers.appendleft(answer)
        else:
            answers.append(answer)
        return answer

    def recall(self, cursor: Cursor) -> Recalled | None:
        """Return the newest answer that holds at ``cursor`` and has something left.

        Where nothing of it is typed the place must be the very same, for which
        :mod:`~lsp_server.ghost.scope` looks further around it.
        One that has nothing to say counts only where nothing at all has changed.
        """
        for answer in reversed(self._answers.get(cursor.document.uri, ())):
            if not answer.text.strip():
                if _same(answer.cursor, cursor):
                    return Recalled(answer=answer, typed="")
                continue
            for typed in typed_since(answer.anchor, cursor):
                if not typed and not came_back(answer.cursor, cursor):
                    continue
                if agrees(typed, answer.text, finished=True):
                    return Recalled(answer=answer, typed=typed)
        return None

    def forget(self, uri: str) -> None:
        """Forget a document that was closed."""
        self._answers.pop(uri, None)

    def clear(self) -> None:
        """Forget all: another model, or other settings, would answer otherwise."""
        self._answers.clear()


def _same(one: Cursor, other: Cursor) -> bool:
    return (one.line, one.column) == (other.line, other.column) and (
        one.document.lines == other.document.lines
    )
