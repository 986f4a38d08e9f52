"""What the context worker knows, and how it answers: documents, repositories, tokens."""

import logging
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from lsp_server.context import messages
from lsp_server.context.answering import Place, alone, answered, relating
from lsp_server.context.paths import path_of
from lsp_server.context.repository import Repository
from lsp_server.context.rules import allowed, root_for
from lsp_server.prompt.infill import Infiller
from lsp_server.prompt.snippets import cost, sign_of
from retrieval.files.walk import refusal
from retrieval.gather import Query, gather
from retrieval.source import Cursor, Document

logger = logging.getLogger(__name__)


class Desk:
    """The worker's state; one thread. ``say`` sends to the server, from any thread."""

    def __init__(
        self,
        model: Infiller,
        cache: Path,
        say: Callable[[messages.ToServer], None],
    ) -> None:
        self._model = model
        self._cache = cache
        self._say = say
        self._documents: dict[str, Document] = {}
        self._places: dict[str, tuple[Repository, str] | None] = {}
        self._roots: tuple[Path, ...] = ()
        self._repositories: dict[Path, Repository] = {}
        self._shown: dict[tuple[Path, str], str] = {}
        self._closing: list[threading.Thread] = []
        self._logged: set[str] = set()
        self._jobs: deque[tuple[int, Generator[None, None, messages.Answer]]] = deque()

    def receive(self, message: messages.ToWorker) -> None:
        """Do what the server says. A fault of ours costs the one answer, not the worker."""
        done = self._guarded(type(message).__name__, lambda: self._receive(message))
        if not done and isinstance(message, messages.Prepare):
            self._say(messages.Prepared(message.id, message.kept))
        elif not done and isinstance(message, messages.Asked):
            self._say(messages.Answered(message.id))

    def work(self) -> bool:
        """Do a step of what takes long; False where nothing is left of it."""
        if not self._jobs:
            return False
        number, job = self._jobs[0]
        answers: list[messages.Answer] = []

        def step() -> None:
            try:
                next(job)
            except StopIteration as stop:
                answers.append(stop.value)

        if not self._guarded("A step", step) or answers:
            self._jobs.popleft()
            self._say(messages.Answered(number, *answers))
        return bool(self._jobs)

    def look(self) -> None:
        """See what happened meanwhile: builds that go on or ended."""
        for repository in self._repositories.values():
            self._guarded("A look", partial(self._look, repository))

    def look_at_branches(self) -> None:
        for repository in self._repositories.values():
            self._guarded("A look at a branch", repository.look_at_branch)

    def close(self) -> None:
        for repository in self._repositories.values():
            self._guarded("Closing", repository.close)
        self._repositories.clear()
        for thread in self._closing:
            thread.join()

    def _guarded(self, what: str, work: Callable[[], object]) -> bool:
        """Do the work; a fault is logged, once for all that recur, and False."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - a supervisor's edge; told here
            # The error's own words may quote user code.
            frames = "".join(traceback.format_tb(error.__traceback__))
            told = f"{what} failed: {type(error).__name__}\n{frames}"
            if told not in self._logged:
                self._logged.add(told)
                logger.error("%s", told)  # noqa: TRY400 - see above
            return False
        return True

    def _look(self, repository: Repository) -> None:
        root = str(repository.root)
        repository.look()
        if repository.built():
            self._judge(repository)
            self._say(messages.Built(root, repository.index.files()))
        elif repository.building and repository.first:
            self._say(messages.Building(root, repository.done, repository.total))

    def _receive(self, message: messages.ToWorker) -> None:
        match message:
            case messages.Prepare():
                self._say(self._prepared(message))
            case messages.Asked(id=number, question=messages.Relate() as question):
                self._relate(number, question)
            case messages.Asked(id=number, question=question):
                place = self._place_of(question.uri)
                answer = None if place is None else answered(question, place)
                self._say(messages.Answered(number, answer))
            case messages.Spliced(uri=uri, first=first, last=last, lines=lines):
                self._splice(uri, first, last, lines)
            case messages.Opened(uri=uri, language=language, lines=lines):
                self._open(uri, language, lines)
            case messages.Closed(uri=uri):
                self._close(uri)
            case messages.Touched(uris=uris):
                self._touch(uris)
            case messages.Folders(roots=roots):
                self._move(tuple(map(Path, roots)))

    def _prepared(self, asked: messages.Prepare) -> messages.Prepared:
        began = time.perf_counter()
        document, place = self._documents[asked.uri], self._places[asked.uri]
        if place is None:
            return messages.Prepared(asked.id)
        repository, path = place
        query = Query(
            cursor=Cursor(document, asked.line, asked.column),
            path=path,
            opened=tuple(self._within(repository, asked.opened)),
            edited=tuple(
                (edited, line)
                for uri, line in asked.edited
                for edited in self._within(repository, [uri])
            ),
            shown=asked.shown,
        )
        snippets = gather(
            repository.index,
            query,
            budget=asked.budget,
            cost=cost(self._model, sign_of(document)),
            kept=asked.kept,
        )
        took_ms = (time.perf_counter() - began) * 1000
        return messages.Prepared(asked.id, snippets, path, repository.name, took_ms)

    def _relate(self, number: int, question: messages.Relate) -> None:
        """Begin what takes long: its steps are taken while nothing else is to be done."""
        place = self._place_of(question.uri)
        if place is None:
            self._say(messages.Answered(number))
        else:
            self._jobs.append((number, relating(question, place)))

    def _place_of(self, uri: str) -> Place | None:
        document = self._documents.get(uri)
        if document is None:
            return None
        found = self._places[uri]
        if found is None:
            return alone(document)
        repository, path = found
        return Place(
            document=document,
            known=repository.index,
            path=path,
            root=str(repository.root),
            repository=repository.name,
            cost=cost(self._model, sign_of(document)),
        )

    # Documents

    def _open(self, uri: str, language: str, lines: tuple[str, ...]) -> None:
        self._documents[uri] = Document(
            uri=uri, language=language, version=None, lines=lines
        )
        self._place(uri)

    def _splice(self, uri: str, first: int, last: int, lines: tuple[str, ...]) -> None:
        document = self._documents[uri]
        spliced = document.lines[:first] + lines + document.lines[last:]
        self._documents[uri] = replace(document, lines=spliced)
        place = self._places[uri]
        if place is None:
            return
        repository, path = place
        shown = self._shown.get((repository.root, path))
        if shown == uri:
            repository.index.overlay_edited(path, first, last, lines)
        elif shown is not None:
            self._lay(uri, repository, path)

    def _close(self, uri: str) -> None:
        self._documents.pop(uri, None)
        place = self._places.pop(uri, None)
        if place is None:
            return
        repository, path = place
        if self._shown.get((repository.root, path)) == uri:
            self._take_off(repository, path)
            for other, its in self._places.items():
                if its == place:
                    self._lay(other, repository, path)
        repository.touched([path])
        self._tidy()

    def _place(self, uri: str) -> None:
        """Find the document's repository, and lay it over the file there."""
        self._places[uri] = None
        place = self._places[uri] = self._found(path_of(uri))
        if place is not None:
            self._lay(uri, *place)

    def _lay(self, uri: str, repository: Repository, path: str) -> None:
        """Let the document count in place of its file; of two of one file, the newest does.

        What may not be read from the disk may not be read from the editor: it gets
        context, but is none.
        """
        if allowed(repository.root, path):
            document = self._documents[uri]
            repository.index.overlay(path, document.lines, document.language)
            self._shown[repository.root, path] = uri

    def _take_off(self, repository: Repository, path: str) -> None:
        self._shown.pop((repository.root, path), None)
        repository.index.drop_overlay(path)

    def _judge(self, repository: Repository) -> None:
        """Judge its documents anew: rules may have changed, and files come and gone."""
        for uri, place in self._places.items():
            if place is None or place[0] is not repository:
                continue
            path = place[1]
            if (repository.root, path) not in self._shown:
                self._lay(uri, repository, path)
            elif not allowed(repository.root, path):
                self._take_off(repository, path)

    def _within(self, repository: Repository, uris: Iterable[str]) -> Iterator[str]:
        for uri in uris:
            place = self._places.get(uri)
            if place is not None and place[0] is repository:
                yield place[1]

    # Repositories

    def _move(self, roots: tuple[Path, ...]) -> None:
        self._roots = roots
        for root in roots:
            self._guarded("A folder", partial(self._repository, root))
        for uri in self._documents:
            self._guarded("A document", partial(self._move_document, uri))
        self._tidy()

    def _move_document(self, uri: str) -> None:
        before = self._places.get(uri)
        if before is not None:
            self._take_off(*before)
        self._place(uri)

    def _touch(self, uris: Iterable[str]) -> None:
        touched: dict[Path, list[str]] = {}
        for uri in uris:
            path = path_of(uri)
            for root, repository in self._repositories.items():
                name = repository.relative(path) if path is not None else None
                if name is not None and not name.startswith(".git/"):
                    touched.setdefault(root, []).append(name)
        for root, names in touched.items():
            repository = self._repositories[root]
            self._judge(repository)
            repository.touched(names)

    def _found(self, path: Path | None) -> tuple[Repository, str] | None:
        if path is None:
            return None
        root = root_for(path, self._roots)
        repository = self._repository(root) if root is not None else None
        name = repository.relative(path) if repository is not None else None
        return (repository, name) if repository is not None and name else None

    def _repository(self, root: Path) -> Repository | None:
        """Return the repository at ``root``, opened; None for what is never indexed."""
        repository = self._repositories.get(root)
        if repository is None and root.is_dir() and refusal(root) is None:
            repository = Repository(root, self._cache, self._trouble)
            self._repositories[root] = repository
            open_here = (
                repository.relative(p) for p in map(path_of, self._documents) if p
            )
            repository.refresh([name for name in open_here if name])
        return repository

    def _tidy(self) -> None:
        """Close what no folder and no document needs any more."""
        needed = {place[0].root for place in self._places.values() if place is not None}
        for root in [*self._repositories]:
            if root not in needed and root not in self._roots:
                self._close_apart(self._repositories.pop(root))

    def _close_apart(self, repository: Repository) -> None:
        """Close it in a thread: a build that is in the middle of something takes seconds."""
        close = partial(self._guarded, "Closing", repository.close)
        thread = threading.Thread(target=close, name="close", daemon=True)
        thread.start()
        self._closing = [*(one for one in self._closing if one.is_alive()), thread]

    def _trouble(self, message: str) -> None:
        self._say(messages.Trouble(message, message))
