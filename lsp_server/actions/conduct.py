"""How an action is carried out: from a place in a document to what was checked."""

import asyncio
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from lsp_server.actions.asking import (
    Prompt,
    Room,
    answer_tokens,
    context_tokens,
    prompt_again,
    prompt_for,
)
from lsp_server.actions.carried import watched_lines
from lsp_server.actions.catalogue import Name
from lsp_server.actions.example import with_example
from lsp_server.actions.instruction import Ask, asked
from lsp_server.actions.outcome import (
    Edited,
    Explained,
    Made,
    Nothing,
    Outcome,
    Sources,
    Spent,
    Watch,
)
from lsp_server.actions.place import Target, Where, in_repository, new_test, where
from lsp_server.actions.proposal import Proposal, proposed
from lsp_server.actions.refused import ActionRefused
from lsp_server.actions.region import Region, region_for
from lsp_server.actions.shadow import Check
from lsp_server.actions.situation import Finding, Situation, last_line
from lsp_server.actions.trying import tried_out
from lsp_server.actions.writing import Talk, block, prose
from lsp_server.context.answering import answered_alone
from lsp_server.context.client import Context
from lsp_server.context.messages import Relate, Related, Scopes, ScopesFound
from lsp_server.documents import Place
from lsp_server.settings import ActionSettings
from lsp_server.tiers import OnDemand, Tiers
from retrieval.source import Document, Snippet

_PERCENT = re.compile(r" \((\d+)%\)$")
_NO_OTHER_FILES = "made without other files: what reads the repository did not answer"
_TRIES = 2
"""An answer that is wrong is told what was wrong with it, once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be done, and where: in this snapshot, from ``start`` to ``end``.

    ``findings`` are those to be fixed, or that stand there. ``words`` are the user's own.
    """

    name: Name
    document: Document
    start: Place
    end: Place
    findings: tuple[Finding, ...] = ()
    words: str = ""

    @property
    def wish(self) -> str:
        """All that was said of it by whoever wants it."""
        return "\n".join([*(one.message for one in self.findings), self.words])


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """With what it is done. ``opened`` returns all open documents as they are."""

    tiers: Tiers
    context: Context
    settings: ActionSettings
    check: Check | None
    opened: Callable[[], Collection[Document]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """All that a prompt is made of, but for the model.

    ``document`` is what the edit is of, at ``target``. ``notes`` are for the user.
    """

    order: Order
    situation: Situation
    region: Region
    place: Where
    target: Target
    document: Document
    snippets: Sequence[Snippet]
    notes: tuple[str, ...] = ()

    def ask(self, snippets: Sequence[Snippet]) -> Ask:
        return asked(
            self.order.name,
            self.situation,
            self.region,
            words=self.order.words,
            snippets=snippets,
            path=self.place.path,
        )


async def conduct(means: Means, order: Order, watch: Watch, spent: Spent) -> Outcome:
    """Carry it out; what it takes is told to ``spent`` as it goes.

    Raises ActionRefused where there is nothing that could be shown, EngineError where the
    model cannot be asked. The documents are only read.
    """
    await _allowed(means, order)
    question = await _question(means, order, watch)
    region = question.region
    target, document = question.target, question.document
    talk = Talk(model=await _loaded(means, order, watch), watch=watch, spent=spent)
    spent.model = talk.model.chat.name
    room = Room(
        window_tokens=talk.model.loaded.window_tokens,
        most_answer_tokens=means.settings.max_tokens,
    )
    prompt = await asyncio.to_thread(_prompt, question, talk.model, room)
    if order.name is Name.EXPLAIN:
        return await _explained(question, talk, prompt)
    proposal = await _proposal(question, talk, room, prompt)
    if not proposal.changes:
        return Nothing(" ".join(proposal.notes) or "There is nothing to change.")
    before = None if order.name is Name.TESTS else document.text
    texts = (before, proposal.after.text)
    checked = await tried_out(means.check, target, texts, means.opened(), watch)
    notes = (*proposal.notes, *question.notes)
    if order.name is Name.TESTS and target.file is not None:
        return Made(
            file=target.file,
            text=proposal.after.text,
            notes=notes,
            checked=checked,
        )
    return Edited(
        changes=proposal.changes,
        watched=watched_lines(region, document),
        notes=notes,
        checked=checked,
    )


async def _allowed(means: Means, order: Order) -> None:
    if await means.context.excluded(order.document.uri):
        raise ActionRefused(
            "This file holds secrets, or ignore rules (.gitignore, .codellamaignore) leave "
            "it out: nothing of it is shown to a model."
        )


async def _question(means: Means, order: Order, watch: Watch) -> _Question:
    """Gather what is asked about, before the model is there: the document may change."""
    document, uri = order.document, order.document.uri
    last = last_line(order.start, order.end)
    # Of this very version, and nobody waits for a worker: a region must not depend on it.
    scopes = Scopes(uri, order.start[0], last)
    found = await asyncio.to_thread(answered_alone, scopes, order.document)
    situation = Situation(
        document=order.document,
        start=order.start,
        end=order.end,
        findings=order.findings,
        scopes=found.definitions if isinstance(found, ScopesFound) else (),
    )
    region = region_for(order.name, situation)
    watch.stage("gathering context")
    window = await asyncio.to_thread(means.tiers.on_demand_window, document.language)
    budget = context_tokens(order.name, means.settings.context_tokens, window)
    wish = Relate(uri, region.shown_first, region.shown_last, budget, order.name)
    answer = await means.context.ask(wish)
    related = answer if isinstance(answer, Related) else Related()
    notes = (_NO_OTHER_FILES,) if answer is None else ()
    files = len({snippet.path for snippet in related.snippets})
    if files:
        watch.stage(f"gathering context: {files} {'file' if files == 1 else 'files'}")
    for note in notes:
        watch.stage(note)
    place = where(uri, related)
    snippets = related.snippets
    if order.name is Name.TESTS:
        document, example = await new_test(means.context, situation, region)
        if example is not None and budget:
            snippets = with_example(snippets, example, budget)
    return _Question(
        order=order,
        situation=situation,
        region=region,
        place=place,
        target=await in_repository(document.uri, place.root),
        document=document,
        snippets=snippets,
        notes=notes,
    )


async def _loaded(means: Means, order: Order, watch: Watch) -> OnDemand:
    def report(stage: str) -> None:
        percent = _PERCENT.search(stage)
        if percent is None:
            watch.stage(f"loading the model: {stage}")
        else:
            words = stage[: percent.start()]
            watch.stage(f"loading the model: {words}", int(percent[1]))

    watch.stage("loading the model")
    model = await means.tiers.on_demand(order.document.language, report)
    watch.answers(model.chat.name, model.note)
    return model


def _prompt(question: _Question, model: OnDemand, room: Room) -> Prompt:
    order = question.order
    answer = answer_tokens(
        order.name, order.document, question.region, model.chat, room
    )
    return prompt_for(model.chat, room, answer, question.ask, question.snippets)


async def _explained(question: _Question, talk: Talk, prompt: Prompt) -> Explained:
    place, region = question.place, question.region
    talk.watch.begins(
        Sources(
            document=question.order.document,
            first=region.shown_first,
            last=region.shown_last,
            path=place.path,
            root=place.root,
            snippets=prompt.snippets,
        )
    )
    text = await prose(talk, prompt)
    if not text.strip():
        raise ActionRefused("The model said nothing.")
    return Explained(text)


async def _proposal(
    question: _Question, talk: Talk, room: Room, prompt: Prompt
) -> Proposal:
    """Ask until an answer has no problems, twice at most."""
    region, name = question.region, question.order.name
    rewrites = not region.insert and name is not Name.TESTS
    lines = region.last - region.first + 1 if rewrites else 0
    problems: tuple[str, ...] = ()
    for tries_left in reversed(range(_TRIES)):
        answer = await block(talk, prompt, lines)
        talk.watch.stage("checking the answer")
        proposal = await asyncio.to_thread(
            proposed,
            name,
            question.document,
            region,
            answer,
            wish=question.order.wish,
        )
        problems = proposal.problems
        if not problems:
            return proposal
        if not tries_left:
            break
        chat = talk.model.chat
        after = await asyncio.to_thread(
            prompt_again, chat, room, prompt, answer.code, problems
        )
        if after is None:
            break
        prompt = after
    said = "; ".join(problem.rstrip(".") for problem in problems)
    raise ActionRefused(f"What the model wrote cannot be used: {said}.")
