"""The two forms in which a task is asked, and the layouts of the prompt."""

from dataclasses import dataclass
from enum import StrEnum

from bench.infilling.tasks import Task
from lsp_server.ghost.extent import most_lines
from lsp_server.ghost.filters import shown
from lsp_server.ghost.stop import decided
from lsp_server.prompt.families import Layout
from lsp_server.prompt.plan import Budget
from lsp_server.settings import InlineSettings
from retrieval.source import Cursor, Document, split_lines

_INLINE = InlineSettings()
_PAPER_TOKENS = 512
"""The longest middle of the benchmark is some 350 tokens."""


class Form(StrEnum):
    """See the package's first page."""

    PAPER = "paper"
    SHOWN = "as shown"


@dataclass(frozen=True, slots=True)
class Way:
    """A layout, and whether a token that the cursor cuts is healed."""

    layout: Layout
    heal: bool


WAYS = {
    "psm": Way(Layout.PSM, heal=False),
    "spm": Way(Layout.SPM, heal=False),
    "spm+heal": Way(Layout.SPM, heal=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A task in one form: where the cursor is, and what ideally comes there.

    ``rest`` is the text behind the cursor.
    """

    task: Task
    form: Form
    cursor: Cursor
    middle: str
    rest: str

    def program(self, answer: str) -> str:
        """Return what is run: it comes to its end if the answer passes the tests."""
        task = self.task
        whole = f"{task.prefix}{answer}{self.rest}"
        return f"{whole}\n{task.test}\ncheck({task.entry_point})"


def posed(task: Task, form: Form) -> Question:
    """Return the question that ``form`` makes of ``task``."""
    middle, rest = task.middle, task.suffix
    if form is Form.SHOWN and middle.endswith("\n"):
        middle, rest = middle[:-1], f"\n{rest}"
    before = split_lines(task.prefix)
    document = Document(
        uri=f"file:///{task.id}.py",
        language="python",
        version=None,
        lines=split_lines(task.prefix + rest),
    )
    cursor = Cursor(document, len(before) - 1, len(before[-1]))
    return Question(task=task, form=form, cursor=cursor, middle=middle, rest=rest)


def budget(form: Form, window_tokens: int) -> Budget:
    """Return how much the model sees and may say, in tokens."""
    if form is Form.PAPER:
        return Budget(
            window_tokens=window_tokens,
            prefix_tokens=window_tokens,
            suffix_tokens=window_tokens,
            answer_tokens=_PAPER_TOKENS,
        )
    return Budget(
        window_tokens=window_tokens,
        prefix_tokens=_INLINE.prefix_tokens,
        suffix_tokens=_INLINE.suffix_tokens,
        answer_tokens=_INLINE.max_tokens,
    )


def ended(question: Question, text: str) -> str | None:
    """Return the answer if it is decided before the model ends it, None to go on."""
    if question.form is Form.PAPER:
        return None
    return decided(text, question.cursor, _lines(question))


def accepted(question: Question, text: str) -> str:
    """Return what of the answer comes into the file."""
    return (
        text
        if question.form is Form.PAPER
        else shown(text, question.cursor, _lines(question))
    )


def _lines(question: Question) -> int:
    return most_lines(question.cursor, _INLINE.lines, _INLINE.max_lines)
