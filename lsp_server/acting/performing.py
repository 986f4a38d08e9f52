"""How a chosen action runs: its turn, its progress, and what is written down of it."""

import asyncio
import time
from dataclasses import dataclass
from functools import partial

from lsprotocol.types import MessageType
from pygls.exceptions import JsonRpcInvalidParams

from lsp_server import wire
from lsp_server.acting.chosen import Chosen, choose, order_of, title_of
from lsp_server.acting.delivery import Delivery
from lsp_server.acting.done import Done
from lsp_server.acting.page import Page
from lsp_server.acting.versions import Versions
from lsp_server.acting.watch import Watching
from lsp_server.acting.words import words_for
from lsp_server.actions.audit import Audit, Outcome
from lsp_server.actions.catalogue import Name
from lsp_server.actions.conduct import Means, Order, conduct
from lsp_server.actions.copying import sweep
from lsp_server.actions.outcome import Spent
from lsp_server.actions.queue import Queue, Replaced
from lsp_server.actions.refused import ActionRefused
from lsp_server.actions.shadow import Check
from lsp_server.actions.shown import Shown
from lsp_server.actions.situation import last_line
from lsp_server.context.paths import path_of
from lsp_server.engine.base import EngineError
from lsp_server.explain import Talk
from lsp_server.notices import Notices
from lsp_server.progress import Token, Work
from lsp_server.protocol import Server
from lsp_server.record import Offer
from lsp_server.session import Session
from lsp_server.settings import explanations_path, state_path
from lsp_server.supervision import Supervision
from lsp_server.telling import Tell
from retrieval.source import Cursor, Document

_STOPPED = "It was stopped here."


@dataclass(frozen=True, slots=True)
class Last:
    """The last action, and what the last suggestion was then."""

    talk: Talk
    offer: Offer | None


class Performing:
    """The actions of one connection that run, wait, or were shown lately."""

    def __init__(
        self,
        server: Server,
        session: Session,
        supervision: Supervision,
        notices: Notices,
        tell: Tell,
    ) -> None:
        self.delivery = Delivery()
        self.last: Last | None = None
        self._server = server
        self._session = session
        self._supervision = supervision
        self._tell = tell
        self._queue = Queue()
        self._notices = notices
        self._audit = Audit(state_path())
        self._shown = Shown(self._audit.accepted)
        self._versions = Versions()
        self.offered = self._versions.offer
        self._running: set[asyncio.Future[Done]] = set()

    def changed(self, uri: str) -> None:
        """Take note of a new version of a document, or of one that was opened."""
        document = self._session.documents.get(uri)
        if document is not None:
            self._versions.edited(document)
            self._shown.look(document)

    def closed(self, uri: str) -> None:
        self._shown.forget(uri)
        self._versions.forget(uri)

    def accepted(self, done: Done) -> None:
        """Take note that the editor says it has put the edit in."""
        if done.shown is not None:
            self._shown.accept(done.shown[1].uri)

    def tidy(self) -> None:
        """Remove what servers left that were killed while they tried an edit."""
        self._server.protocol.own(asyncio.to_thread(sweep))

    async def close(self) -> None:
        """End what runs, and return when all is written down."""
        for work in self._running:
            work.cancel()
        if self._running:
            await asyncio.wait({*self._running})
        await asyncio.to_thread(self._audit.close)

    def begin(self, wanted: wire.Wanted, token: Token | None) -> "asyncio.Future[Done]":
        """Begin with the version of now: what is edited from here on is followed.

        Raises JsonRpcInvalidParams. What goes wrong later is told to the user. Cancelled
        by whoever asked or by the button, it ends the same.
        """
        document = self._session.documents.get(wanted.uri)
        if document is None:
            raise JsonRpcInvalidParams(
                f"{wanted.uri} is not open: send textDocument/didOpen first"
            )
        title = title_of(wanted)
        known = document
        if wanted.version not in {None, document.version}:
            found = self._versions.offered(wanted.uri, wanted.version)
            if found is None:
                self._note(wanted, document, Spent(), 0.0, Outcome.REFUSED)
                refused: asyncio.Future[Done]
                refused = asyncio.get_running_loop().create_future()
                refused.set_result(
                    self._refused(
                        f"{title}: The document has changed since this was offered. "
                        "Open the menu again."
                    )
                )
                return refused
            known = found
        return self._begun(
            choose(wanted, known, document, self.delivery.encoding), token
        )

    def _begun(self, chosen: Chosen, token: Token | None) -> "asyncio.Future[Done]":
        def stop() -> None:
            task.cancel()

        spent = Spent()
        work = Work(self._server, f"Code Llama: {chosen.title}", stop, token)
        self._versions.follow(chosen.since)
        task = self._server.protocol.own(self._run(chosen, work, spent))
        self._running.add(task)
        # Not in the task itself: one that is cancelled at once never runs.
        task.add_done_callback(
            partial(self._over, chosen, work, spent, time.monotonic())
        )
        return task

    def _over(
        self,
        chosen: Chosen,
        work: Work,
        spent: Spent,
        began: float,
        task: "asyncio.Future[Done]",
    ) -> None:
        self._running.discard(task)
        self._versions.leave(chosen.since)
        done = Done(ended=Outcome.CANCELLED)
        if not task.cancelled():
            failed = task.exception() is not None
            done = Done(ended=Outcome.FAILED) if failed else task.result()
        work.end(done.ended)
        seconds = time.monotonic() - began
        document = chosen.since.document
        key = self._note(chosen.wanted, document, spent, seconds, done.ended)
        if spent.prompts:
            talk = Talk(
                title=chosen.title,
                model=spent.model,
                prompts=tuple(spent.prompts),
                answers=tuple(spent.answers),
            )
            self.last = Last(talk, self._session.record.last_offer)
        if done.shown is not None:
            self._shown.show(key, *done.shown)

    def _refused(self, message: str) -> Done:
        self._tell(message, MessageType.Warning)
        return Done(ended=Outcome.REFUSED, message=message)

    async def _run(self, chosen: Chosen, work: Work, spent: Spent) -> Done:
        title = chosen.title
        try:
            return await self._perform(chosen, work, spent)
        except ActionRefused as refusal:
            return self._refused(f"{title}: {refusal}")
        except Replaced:
            message = f"{title}: ended, as the same was asked for again."
            self._tell(message, MessageType.Info)
            return Done(ended=Outcome.CANCELLED, message=message)
        except EngineError as error:
            message = f"{title}: {error} Nothing was changed."
            self._tell(message, MessageType.Error)
            return Done(ended=Outcome.FAILED, message=message)

    async def _perform(self, chosen: Chosen, work: Work, spent: Spent) -> Done:
        wanted, since = chosen.wanted, chosen.since
        words = wanted.words.strip()
        if wanted.name is Name.REWRITE and not words:
            words = await words_for(self._server, chosen.title, self.delivery.able)
        messages = tuple(one.message for one in wanted.diagnostics)
        key = (wanted.name, chosen.start, chosen.end, messages)

        def waits(other: str) -> None:
            work.stage(f"waits for: {other}")

        async with self._queue.turn(wanted.uri, chosen.title, key, waits):
            self._session.summaries.stop()  # nobody waits for one of those
            work.stage("waiting for the engine")
            await self._supervision.there()
            order = order_of(chosen, words)
            if order.name is Name.SUMMARY:
                return await self._summarized(chosen.title, order, work, spent)
            if order.name is Name.TESTS:
                self.delivery.makes_files()
            since.anew()
            able, encoding = self.delivery.able, self.delivery.encoding
            page = Page(self._server, explanations_path(), able, encoding)
            watch = Watching(work, page, spent, self._notices.answers)
            try:
                outcome = await conduct(self._means(), order, watch, spent)
            except asyncio.CancelledError:
                page.stop(_STOPPED)
                raise
            except BaseException:
                await page.end(_STOPPED)
                raise
            now = self._session.documents.get(wanted.uri)
            done = await self.delivery.done(
                chosen.title, outcome, page, (now, since.splices), spent.model
            )
        if done.message:
            self._tell(done.message, MessageType.Info)
        return done

    async def _summarized(
        self, title: str, order: Order, work: Work, spent: Spent
    ) -> Done:
        """Have the summary made anew that a hover shows from then on."""
        cursor = Cursor(order.document, *order.start)
        last = last_line(order.start, order.end)
        summary = await self._session.summaries.anew(cursor, work.stage, last=last)
        if summary is None:
            raise ActionRefused(
                "There is nothing to be summarised here, or the model said nothing of use."
            )
        spent.model = summary.model
        message = f"{title}: {summary.text}"
        self._tell(message, MessageType.Info)
        return Done(ended=Outcome.TEXT, text=summary.text, message=message)

    def _means(self) -> Means:
        session = self._session
        check = None
        if session.user.check:
            check = Check(
                command=session.user.check, timeout_s=session.user.check_timeout_s
            )
        return Means(
            tiers=session.tiers,
            context=session.context,
            settings=session.settings.actions,
            check=check,
            opened=session.documents.all,
        )

    def _note(
        self,
        wanted: wire.Wanted,
        document: Document,
        spent: Spent,
        seconds: float,
        ended: Outcome,
    ) -> str:
        file = path_of(document.uri)
        return self._audit.note(
            action=wanted.name,
            file=document.uri if file is None else str(file),
            language=document.language,
            model=spent.model,
            prompt_tokens=spent.prompt_tokens,
            answer_tokens=spent.answer_tokens,
            seconds=round(seconds, 1),
            outcome=ended,
        )
