"""The server's side of repository context: what is asked of the worker, and when.

Nothing here reads files or parses: an edit costs a timer.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from functools import partial
from pathlib import Path

from lsp_server.context import messages
from lsp_server.context.answering import answered_alone
from lsp_server.context.conversation import Conversation, is_told
from lsp_server.context.difference import difference, end_of_change
from lsp_server.context.paths import path_of
from lsp_server.context.policy import FAR_LINES, PAUSE_MS, Standing, due
from lsp_server.context.process import WORKER, Start, Worker, started
from lsp_server.context.rules import RULES, excluded
from lsp_server.documents import Documents
from lsp_server.failures import log_if_failed
from lsp_server.settings import ContextSettings
from retrieval.files.walk import repository_of
from retrieval.source import Cursor, Document

logger = logging.getLogger(__name__)

WAIT_S = 0.010
"""The most that a completion waits for context that is being gathered."""

HUNG_S = 10.0
"""A worker that owes an answer for so long is stuck, and is replaced."""

_FIRST_TIMES = 6
"""So many times as long may the first answer take: the worker starts before it."""

_AGAIN_S = 1.0
_STARTS = 4
_STARTS_WITHIN_S = 60.0
_REMEMBERED = 20
"""Edits, and documents that were looked at."""
_SAME_PLACE_LINES = 10
"""Edits that near to each other are one: pauses there must not push other places out."""

News = messages.Building | messages.Built | messages.Trouble
NOTHING = Standing(line=0)


class Context:
    """What other files of the repository say, for each open document.

    ``hear`` is told what the user may want to know, ``prepared`` of each document that has
    other context than before. The worker runs from ``begin`` to
    ``close``, while it is enabled, as soon as there is a repository.
    """

    def __init__(
        self,
        documents: Documents,
        hear: Callable[[News], None] = lambda _: None,
        command: Sequence[str | Path] = WORKER,
        *,
        hung_s: float = HUNG_S,
    ) -> None:
        self.hear = hear
        self.prepared: Callable[[str], None] = lambda _: None
        self._hung_s = hung_s
        self._documents = documents
        self._command = command
        self._start: Start | None = None
        self._settings = ContextSettings(enabled=False)
        self._roots: list[str] = []
        self._needed = False
        self._talk: Conversation | None = None
        self._one_worker = asyncio.Lock()
        self._supervisor: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._worker: Worker | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._has_answered = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._active: str | None = None
        self._standing: dict[str, Standing] = {}
        self._cursors: dict[str, Cursor] = {}
        self._shown: dict[str, tuple[int, int]] = {}
        self._edit_times: dict[str, float] = {}
        self._edits: deque[tuple[str, int]] = deque(maxlen=_REMEMBERED)
        self._looked_at: dict[str, None] = {}
        self._judgements: dict[str, asyncio.Task[bool]] = {}

    def begin(self, start: Start) -> None:
        """Start the worker when it is needed; called twice, the first counts."""
        self._start = self._start or start
        self._run_if_wanted()

    def follow(self, settings: ContextSettings) -> None:
        """Do as the settings say from now on."""
        self._settings = settings
        if not self._gathers:
            self._standing.clear()
        self._run_if_wanted()

    def folders(self, roots: Sequence[Path]) -> None:
        """Take these as the workspace's folders."""
        self._roots = [str(root) for root in roots]
        self._needed = self._needed or bool(roots)
        self._judge(self._judgements)
        self._run_if_wanted()
        self._send(messages.Folders(self._roots))
        self._rest()

    def give(self, uri: str, standing: Standing) -> None:
        """Take what was gathered elsewhere, for a command that does without a worker."""
        self._standing[uri] = standing

    def opened(self, uri: str) -> None:
        """Take note of a document: the worker is needed if it is of a repository.

        It is gathered for before anything is typed in it, as it is looked at.
        """
        self._active = uri
        self._look_at(uri)
        self._rest()
        document = self._documents.get(uri)
        if document is not None:
            self._cursors[uri] = Cursor(document, 0, 0)
        self._judge([uri])
        path = path_of(uri)
        if path is not None and not self._needed:
            self._spawn(self._look_for_repository(path))

    def edited(self, uri: str) -> None:
        """Take note of an edit; it is looked at when the typing pauses."""
        self._active = uri
        self._edit_times[uri] = asyncio.get_running_loop().time()
        self._rest()

    def closed(self, uri: str) -> None:
        """Forget a document; from now on the file counts."""
        for known in (self._standing, self._cursors, self._shown, self._edit_times):
            known.pop(uri, None)
        if uri in self._judgements:
            self._judgements.pop(uri).cancel()
        self._looked_at.pop(uri, None)
        if self._active == uri:
            self._active = None
        if self._talk is not None:
            self._talk.closed(uri)

    def touched(self, uris: Iterable[str]) -> None:
        """Take note of files that were written, made or removed."""
        uris = [*uris]
        if any(uri.rpartition("/")[2] in RULES for uri in uris):
            self._judge(self._judgements)
        self._send(messages.Touched(uris))
        self._rest()

    def shows(self, uri: str, first: int, last: int) -> None:
        """Take note of which lines of the document itself stand in its prompt."""
        self._shown[uri] = (first, last)

    async def excluded(self, uri: str) -> bool:
        """Whether the rules of its repository leave out a document that is open."""
        judgement = self._judgements.get(uri)
        if judgement is None:
            return False
        await asyncio.wait({judgement})
        return judgement.cancelled() or judgement.result()

    def cursor(self, uri: str) -> Cursor | None:
        """Return where the cursor of an open document is, as far as it is known."""
        document = self._documents.get(uri)
        return None if document is None else self._cursor(document)

    def standing(self, uri: str) -> Standing:
        """Return what is there for the document."""
        return self._standing.get(uri, NOTHING)

    def look(self, cursor: Cursor) -> asyncio.Future[None] | None:
        """Take note of where the cursor is; return what is done when new context is there.

        None where what is there stands: the policy says so.
        """
        uri = cursor.document.uri
        self._active = uri
        self._cursors[uri] = cursor
        self._look_at(uri)
        if self._talk is None or not self._gathers:
            return None
        now = asyncio.get_running_loop().time()
        quiet_ms = (now - self._edit_times.get(uri, 0.0)) * 1000
        if due(self._standing.get(uri), cursor.line, quiet_ms):
            return self._talk.want(uri)
        return None

    async def at(self, cursor: Cursor) -> Standing:
        """Return what is there for the document; waits at most 10 ms for what is coming.

        It may be of some time ago.
        """
        coming = self.look(cursor)
        if coming is not None:
            await asyncio.wait({coming}, timeout=WAIT_S)
        return self.standing(cursor.document.uri)

    async def ask(self, question: messages.Question) -> messages.Answer | None:
        """Answer a question about an open document, as it is now.

        By the worker; without one, or of a document that it is not told of, in a thread,
        by that document alone. None where the document is not open, or the worker ended
        or owes the answer for too long.
        """
        document = self._documents.get(question.uri)
        if document is None:
            return None
        if self._talk is None or not is_told(document):
            return await asyncio.to_thread(answered_alone, question, document)
        patience_s = self._hung_s * (1 if self._has_answered else _FIRST_TIMES)
        try:
            async with asyncio.timeout(patience_s):
                return await self._talk.ask(question)
        except TimeoutError:
            logger.warning("The context worker owes an answer")
            return None

    async def close(self) -> None:
        """End the worker and all that runs; no process is left."""
        self._start = None
        if self._timer is not None:
            self._timer.cancel()
        for task in (*self._tasks, *self._judgements.values()):
            task.cancel()
        self._stop()
        judgements = self._judgements.values()
        await asyncio.gather(
            *self._tasks, *judgements, *self._ending, return_exceptions=True
        )

    # The worker's life

    @property
    def _gathers(self) -> bool:
        """Whether anything is gathered for completions; questions are answered anyway."""
        return self._settings.tokens > 0

    def _run_if_wanted(self) -> None:
        on = self._settings.enabled
        if not on and self._supervisor is not None:
            self._stop()
        elif on and self._needed and self._start and self._supervisor is None:
            self._supervisor = asyncio.create_task(self._supervise(self._start))
            self._supervisor.add_done_callback(self._supervised)

    def _stop(self) -> None:
        """End the worker, soon; another one may be wanted at once, and waits for that."""
        supervisor, self._supervisor = self._supervisor, None
        self._standing.clear()
        if supervisor is not None:
            self._ending.add(supervisor)
            supervisor.add_done_callback(self._ending.discard)
            supervisor.cancel()

    def _supervised(self, supervisor: asyncio.Task[None]) -> None:
        log_if_failed("the context worker's supervisor", supervisor)
        if not supervisor.cancelled() and supervisor.exception() is not None:
            self.hear(_GIVEN_UP)

    async def _look_for_repository(self, path: Path) -> None:
        if await asyncio.to_thread(repository_of, path) is not None:
            self._needed = True
            self._run_if_wanted()

    async def _supervise(self, start: Start) -> None:
        """Keep a worker running; one that ends again and again is given up."""
        loop = asyncio.get_running_loop()
        starts: deque[float] = deque(maxlen=_STARTS)
        while True:
            starts.append(loop.time())
            async with self._one_worker:
                await self._run(start)
            logger.warning("The context worker ended")
            if len(starts) == _STARTS and loop.time() - starts[0] < _STARTS_WITHIN_S:
                self.hear(_GIVEN_UP)
                return
            self.hear(_STARTED_AGAIN)
            await asyncio.sleep(_AGAIN_S)

    async def _run(self, start: Start) -> None:
        """Start a worker, tell it all that it must know, and listen until it ends."""
        try:
            worker = await started(start, self._command)
        except OSError as error:
            logger.warning("The context worker could not be started: %s", error)
            return
        talk = Conversation(
            worker.send, self._documents, self._question, self._note_edit
        )
        try:
            self._talk, self._worker, self._has_answered = talk, worker, False
            worker.send(messages.Folders(self._roots))
            self._paused()
            async with contextlib.aclosing(worker.heard()) as heard:
                async for message in heard:
                    self._receive(talk, message)
        finally:
            self._talk = self._worker = None
            self._wait_no_more()
            talk.over()
            await worker.end()

    # Asking

    def _rest(self) -> None:
        """Gather for the document that is worked in when nothing happens for a while."""
        if self._timer is not None:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(PAUSE_MS / 1000, self._paused)

    def _paused(self) -> None:
        if self._talk is not None and self._active is not None and self._gathers:
            self._talk.want(self._active)

    def _question(self, number: int, document: Document) -> messages.Prepare:
        cursor = self._cursor(document)
        uri = document.uri
        standing = self._standing.get(uri, NOTHING)
        is_far = abs(cursor.line - standing.line) > FAR_LINES
        self._wait_no_more()
        self._patience = asyncio.get_running_loop().call_later(
            self._hung_s * (1 if self._has_answered else _FIRST_TIMES),
            self._replace_hung,
        )
        return messages.Prepare(
            id=number,
            uri=uri,
            line=cursor.line,
            column=cursor.column,
            budget=self._settings.tokens,
            opened=[*reversed(self._looked_at)][:_REMEMBERED],
            edited=[*self._edits],
            shown=self._shown.get(uri),
            kept=() if is_far else standing.snippets,
        )

    def _wait_no_more(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _replace_hung(self) -> None:
        if self._worker is not None:
            logger.warning("The context worker hangs: it owes an answer")
            self._worker.kill()

    def _receive(self, talk: Conversation, message: messages.ToServer) -> None:
        if isinstance(message, messages.Answered):
            talk.replied(message)
            return
        if not isinstance(message, messages.Prepared):
            if isinstance(message, messages.Built):
                logger.debug("%d files are indexed", message.files)
                self._rest()
            self.hear(message)
            return
        asked = talk.answered(message)
        if asked is None:
            return
        self._wait_no_more()
        self._has_answered = True
        before = self._standing.get(asked.uri, NOTHING).snippets
        if self._gathers and self._documents.get(asked.uri) is not None:
            self._standing[asked.uri] = Standing(
                line=asked.line,
                snippets=message.snippets,
                path=message.path,
                repository=message.repository,
            )
        count = len(message.snippets)
        logger.debug("%d snippets in %.1f ms", count, message.milliseconds)
        talk.told(asked.uri)
        if message.snippets != before:
            self.prepared(asked.uri)

    def _judge(self, uris: Iterable[str]) -> None:
        """Look anew at whether rules leave out these documents: on the disk, so aside."""
        folders = [*map(Path, self._roots)]
        for uri in [*uris]:
            path = path_of(uri)
            if path is not None:
                look = asyncio.to_thread(excluded, path, folders)
                self._judgements[uri] = asyncio.create_task(look)

    def _cursor(self, document: Document) -> Cursor:
        """Return where the cursor is: where it was last, or where was edited since."""
        known = self._cursors.get(document.uri, Cursor(document, 0, 0))
        if known.document is not document:
            splice = difference(known.document.lines, document.lines)
            place = (
                (known.line, known.column)
                if splice is None
                else end_of_change(known.document.lines, splice)
            )
            known = self._cursors[document.uri] = Cursor(document, *place)
        return known

    def _note_edit(self, uri: str, line: int) -> None:
        for edit in [*self._edits]:
            if edit[0] == uri and abs(edit[1] - line) <= _SAME_PLACE_LINES:
                self._edits.remove(edit)
        self._edits.appendleft((uri, line))

    def _look_at(self, uri: str) -> None:
        self._looked_at.pop(uri, None)
        self._looked_at[uri] = None

    def _send(self, message: messages.ToWorker) -> None:
        if self._talk is not None:
            self._talk.send(message)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(partial(log_if_failed, "a look for a repository"))


_STARTED_AGAIN = messages.Trouble(
    "worker ended",
    "The process that reads the repository ended. It is started again; completions go "
    "on meanwhile.",
)
_GIVEN_UP = messages.Trouble(
    "worker given up",
    "The process that reads the repository ended again and again. Completions go on "
    "without other files; restart the server to try again.",
)
WORKER_TROUBLES = frozenset({_STARTED_AGAIN.kind, _GIVEN_UP.kind})
