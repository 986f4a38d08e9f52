"""All cases, one after the other: a server for each, and every answer in it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.actions.answers import Expected, Scripted, scripted
from bench.actions.cases import Case
from bench.actions.editor import Editor, Told, opened
from bench.actions.score import Score, scored
from bench.actions.tools import copied
from bench.client import ServerFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How it is asked: ``kinds`` of scripted answers, or by ``config``, which names a model.

    ``tools``: whether what comes of an answer is checked by the repository's own.
    """

    kinds: Sequence[str] = ()
    config: str = ""
    tools: bool = True


def scores(
    cases: Sequence[Case], manner: Manner, done: Callable[[], None] = lambda: None
) -> Iterator[Score]:
    """Yield a score for each case and answer; ``done`` is called after each case.

    A server that fails is a score, too. Raises NoJail.
    """
    with ExitStack() as stack:
        home = stack.enter_context(_engine(cases[0], manner)) if manner.config else None
        for case in cases:
            with copied(case.files) as project:
                yield from _scores(case, project, manner, home)
            done()


@contextmanager
def _engine(case: Case, manner: Manner) -> Iterator[Path]:
    """Keep a window open as long as cases are asked, and with it the model in memory."""
    with copied(case.files) as project:
        home = project.parent
        with opened(case, project, manner.config, home):
            yield home


def _scores(
    case: Case, project: Path, manner: Manner, home: Path | None
) -> Iterator[Score]:
    try:
        with opened(case, project, manner.config, home) as editor:
            if home is None:
                yield from _each(editor, scripted(case, manner.kinds), manner)
            else:
                told = editor.act()
                yield scored(case, told, project, None, tools=manner.tools)
    except ServerFailed as error:
        yield _failed(case, str(error))


def _each(
    editor: Editor, answers: Sequence[Scripted], manner: Manner
) -> Iterator[Score]:
    """Yield a score for each answer, up to one at which the action is not offered.

    Tools are asked once: of the first answer that is to be applied. The others that are
    give the same text.
    """
    checked = False
    for answer in answers:
        editor.says(answer.says)
        told = editor.act()
        tools = manner.tools and not checked and answer.expected is Expected.APPLIED
        checked = checked or tools
        yield scored(editor.case, told, editor.project, answer, tools=tools)
        if not told.offered:
            return


def _failed(case: Case, words: str) -> Score:
    told = Told(offered=False, edit=None, words=(words,), seconds=0)
    return Score(
        case=case.name,
        language=case.language,
        action=case.action,
        kind="server",
        outcome="failed",
        seconds=told.seconds,
        why=f"the server failed: {words}",
        offered=False,
        checks={},
        words=told.words,
    )
