"""All cases, one after the other: a server for each, and every answer in it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench.actions.answers import Expected, Scripted, scripted
from bench.actions.cases import Case
from bench.actions.editor import Editor, Told, opened
from bench.actions.score import Score, scored
from bench.actions.tools import copied
from bench.client import ServerFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How it is asked: ``kinds`` of scripted answers, none for a model.

    ``options`` are the server's own, ``config`` its settings file. ``tools``: whether what
    comes of an answer is checked by the repository's tools.
    """

    kinds: Sequence[str] = ()
    options: Sequence[str] = ()
    config: str = ""
    tools: bool = True


def scores(
    cases: Sequence[Case], manner: Manner, done: Callable[[], None] = lambda: None
) -> Iterator[Score]:
    """Yield a score for each case and answer; ``done`` is called after each case.

    A server that fails is a score, too. Raises NoJail.
    """
    for case in cases:
        answers = scripted(case, manner.kinds)
        with copied(case.files) as project:
            try:
                with opened(case, project, manner.options, manner.config) as editor:
                    if answers:
                        yield from _each(editor, answers, manner)
                    else:
                        told = editor.act()
                        yield scored(case, told, project, None, tools=manner.tools)
            except ServerFailed as error:
                yield _failed(case, str(error))
        done()


def _each(
    editor: Editor, answers: Sequence[Scripted], manner: Manner
) -> Iterator[Score]:
    """Tools are asked of right answers that are applied: others with the same text agree."""
    checked = False
    for answer in answers:
        editor.says(answer.says)
        told = editor.act()
        tools = manner.tools and not checked and answer.expected is Expected.APPLIED
        checked = checked or tools
        yield scored(editor.case, told, editor.project, answer, tools=tools)


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
