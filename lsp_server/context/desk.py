"""What the context worker knows, and how it answers: documents, repositories, tokens."""

import logging
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from lsp_server.context import messages
from lsp_server.context.paths import path_of
from lsp_server.context.repository import Repository, allowed, root_for
from lsp_server.prompt.infill import Infiller
from lsp_server.prompt.snippets import cost, sign_of
from retrieval.gather import Query, gather
from retrieval.source import Cursor, Document
from retrieval.walk import refusal

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

    def receive(self, message: messages.ToWorker) -> None:
        """Do what the server says. A fault of ours costs the one answer, not the worker."""
        try:
            self._receive(message)
        except Exception as error:  # noqa: BLE001 - a supervisor's edge; told below
            # The error's own words may quote user code.
            frames = "".join(traceback.format_tb(error.__traceback__))
            what = type(message).__name__
            logger.error("%s failed: %s\n%s", what, type(error).__name__, frames)  # noqa: TRY400
            if isinstance(message, messages.Prepare):
                self._say(messages.Prepared(message.id, message.kept))

    def look(self) -> None:
        """See what happened meanwhile: builds that go on or ended."""
        for repository in self._repositories.values():
            root = str(repository.root)
            repository.look()
            if repository.built():
                self._say(messages.Built(root, repository.index.files()))
            elif repository.building and repository.first:
                self._say(messages.Building(root, repository.done, repository.total))

    def look_at_branches(self) -> None:
        for repository in self._repositories.values():
            repository.look_at_branch()

    def close(self) -> None:
        for repository in self._repositories.values():
            repository.close()
        self._repositories.clear()

    def _receive(self, message: messages.ToWorker) -> None:
        match message:
            case messages.Prepare():
                self._say(self._prepared(message))
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
        if place is not None and place[1] in place[0].index.opened:
            place[0].index.overlay_edited(place[1], first, last, lines)

    def _close(self, uri: str) -> None:
        self._documents.pop(uri, None)
        place = self._places.pop(uri, None)
        if place is not None:
            repository, path = place
            repository.index.drop_overlay(path)
            repository.touched([path])
            self._tidy()

    def _place(self, uri: str) -> None:
        """Find the document's repository, and lay it over the file there.

        What may not be read from the disk may not be read from the editor: it gets
        context, but is none.
        """
        place = self._places[uri] = self._found(path_of(uri))
        if place is None:
            return
        repository, path = place
        document = self._documents[uri]
        if allowed(repository.root, path):
            repository.index.overlay(path, document.lines, document.language)

    def _within(self, repository: Repository, uris: Iterable[str]) -> Iterator[str]:
        for uri in uris:
            place = self._places.get(uri)
            if place is not None and place[0] is repository:
                yield place[1]

    # Repositories

    def _move(self, roots: tuple[Path, ...]) -> None:
        self._roots = roots
        for root in roots:
            self._repository(root)
        for uri in self._documents:
            before = self._places[uri]
            if before is not None:
                before[0].index.drop_overlay(before[1])
            self._place(uri)
        self._tidy()

    def _touch(self, uris: Iterable[str]) -> None:
        touched: dict[Path, list[str]] = {}
        for uri in uris:
            path = path_of(uri)
            for root, repository in self._repositories.items():
                name = repository.relative(path) if path is not None else None
                if name is not None and not name.startswith(".git/"):
                    touched.setdefault(root, []).append(name)
        for root, names in touched.items():
            self._repositories[root].touched(names)

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
                self._repositories.pop(root).close()

    def _trouble(self, message: str) -> None:
        self._say(messages.Trouble(message, message))
