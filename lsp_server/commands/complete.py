"""``codellama-lsp complete FILE:LINE:COLUMN``: what would be shown at that place."""

import asyncio
import contextlib
import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Self, TextIO
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from lsp_server.commands.indexed import gathered, indexed
from lsp_server.context.paths import path_of
from lsp_server.context.policy import Standing
from lsp_server.engine.base import EngineError
from lsp_server.explain import markdown, page
from lsp_server.features.inline_completion import inline_completion
from lsp_server.features.query import Query
from lsp_server.features.show_prompt import last_trace
from lsp_server.prompt.infill import Infiller
from lsp_server.record import Offer
from lsp_server.session import Session
from lsp_server.settings import DEMO_MODEL, Settings, UserSettings
from retrieval.files.walk import repository_of
from retrieval.index import Index
from retrieval.source import Cursor, Document, split_lines, without_end

_LINES_ABOVE = 6
_LINES_BELOW = 2
_DIMMED = ("\x1b[2m", "\x1b[0m")
_CLEAR_LINE = "\r\x1b[K"
_NOT_ASKED = "The engine was not asked."
_DEMO_NOTE = (
    "This is the demo model: tiny, trained for trying things out. It is not Code Llama."
)


class BadPlace(Exception):
    """A place that is not there, in words for the user."""


def complete(
    places: list[str],
    user: UserSettings,
    settings: Settings,
    *,
    show: Literal["picture", "json", "explain"] | Path,
) -> int:
    """Print a completion for each place; 0 if all could be asked for.

    A path is where a page that explains the last one is written.
    """
    shows = _written(show) if isinstance(show, Path) else _SHOWS[show]
    on = settings.context.enabled and settings.context.tokens > 0
    try:
        cursors = [read_place(place) for place in places]
        with contextlib.ExitStack() as indexes:
            gather = Repositories(indexes, settings.context.tokens).at if on else None
            return asyncio.run(complete_at(cursors, user, settings, shows, gather))
    except (BadPlace, EngineError) as error:
        print(f"codellama-lsp: {error}", file=sys.stderr)
        return 1


def read_place(place: str) -> Cursor:
    """Return the cursor at ``FILE:LINE:COLUMN``, both counted from 1.

    The column is the character that the completion stands before, as editors show it.
    Raises BadPlace.
    """
    parts = re.fullmatch(r"(?s)(?P<file>.+):(?P<line>\d+):(?P<column>\d+)", place)
    if parts is None:
        raise BadPlace(
            f"{place!r} is not FILE:LINE:COLUMN (src/main.py:12:5, say, counted from 1)"
        )
    path = Path(parts["file"])
    lines = split_lines(read_text(path))
    line, column = int(parts["line"]), int(parts["column"])
    if not 1 <= line <= len(lines):
        raise BadPlace(f"{path} has {len(lines)} lines: there is no line {line}")
    longest = len(without_end(lines[line - 1])) + 1
    if not 1 <= column <= longest:
        raise BadPlace(
            f"line {line} of {path} has the columns 1 to {longest}: there is no {column}"
        )
    document = Document(
        uri=path.resolve().as_uri(),
        language=path.suffix.removeprefix("."),
        version=None,
        lines=lines,
    )
    return Cursor(document, line - 1, column - 1)


def read_text(path: Path) -> str:
    """Return the text of a file; raises BadPlace."""
    try:
        content = path.read_bytes()
    except IsADirectoryError:
        raise BadPlace(f"{path} is a folder, not a file") from None
    except FileNotFoundError:
        raise BadPlace(f"there is no file {path}") from None
    except OSError as error:
        raise BadPlace(f"{path} cannot be read: {error.strerror}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadPlace(f"{path} is not UTF-8 text") from None
    if "\0" in text:
        raise BadPlace(f"{path} is a binary file: it has NUL characters")
    return text


class Repositories:
    """The indexes that some places need, each built when the first place needs it."""

    def __init__(self, open_until: contextlib.ExitStack, budget: int) -> None:
        self._open_until = open_until
        self._budget = budget
        self._indexes: dict[Path, Index] = {}

    def at(self, model: Infiller, cursor: Cursor) -> Standing:
        """Return what helps at the cursor; nothing for a lone file."""
        file = path_of(cursor.document.uri)
        root = repository_of(file) if file is not None else None
        if file is None or root is None:
            return Standing(line=cursor.line)
        if root not in self._indexes:
            self._indexes[root] = self._open_until.enter_context(indexed(root))
        path = file.relative_to(root).as_posix()
        snippets = gathered(
            self._indexes[root], cursor, path, budget=self._budget, model=model
        )
        return Standing(
            line=cursor.line, snippets=snippets, path=path, repository=root.name
        )


Show = Callable[[Cursor, Offer | None, Session], None]
"""Told each completion as it comes, and the session that made it."""


Gather = Callable[[Infiller, Cursor], Standing]
"""Tells what other files of the repository say at a place."""


async def complete_at(
    cursors: Sequence[Cursor],
    user: UserSettings,
    settings: Settings,
    show: Show,
    gather: Gather | None = None,
) -> int:
    """Start one engine and show its completion for each cursor; raises EngineError."""
    # It is asked for by name, at each place anew.
    inline = replace(settings.inline, enabled=True, automatic=True, reuse=False)
    session = Session(user, replace(settings, inline=inline))
    try:
        async with Loading(f"loading {user.model}", sys.stderr) as loading:
            ready = await session.start(loading.report)
        if user.model == DEMO_MODEL:
            print(f"{_DEMO_NOTE}\n", file=sys.stderr)
        for cursor in cursors:
            if gather is not None:
                standing = gather(ready.infiller, cursor)
                session.context.give(cursor.document.uri, standing)
            offer = await inline_completion(session, Query.at(cursor))()
            show(cursor, offer, session)
    finally:
        await session.close()
    return 0


def _print_json(cursor: Cursor, offer: Offer | None, session: Session) -> None:
    print(json.dumps(_facts(cursor, offer, session)))


def _print_explained(_: Cursor, __: Offer | None, session: Session) -> None:
    trace = last_trace(session)
    print(markdown(trace) if trace is not None else _NOT_ASKED)


def _written(to: Path) -> Show:
    def write(_: Cursor, __: Offer | None, session: Session) -> None:
        trace = last_trace(session)
        if trace is None:
            print(_NOT_ASKED)
            return
        try:
            to.write_text(page(trace), encoding="utf-8", errors="replace")
        except OSError as error:
            raise BadPlace(f"{to} cannot be written: {error.strerror}") from None
        print(to)

    return write


def _print_picture(cursor: Cursor, offer: Offer | None, _: Session) -> None:
    """Draw the completion in its lines; without a terminal, it is the text alone."""
    if sys.stdout.isatty():
        print(picture(cursor, offer, _DIMMED))
    else:
        print(offer.text if offer is not None else "")


def _facts(cursor: Cursor, offer: Offer | None, session: Session) -> dict[str, Any]:
    trace = last_trace(session)
    ready = session.ready
    return {
        "file": url2pathname(urlsplit(cursor.document.uri).path),
        "line": cursor.line + 1,
        "column": cursor.column + 1,
        "text": offer.text if offer else "",
        "model": ready.loaded.model if ready is not None else "",
        "layout": trace.layout if trace else None,
        "why": trace.why if trace else None,
        "finish_reason": offer.finish if offer else None,
        "prompt_tokens": offer.prompt_tokens if offer else None,
        "cached_tokens": offer.cached_tokens if offer else None,
        "first_token_ms": round(offer.first_piece_ms, 1) if offer else None,
        "total_ms": round(offer.total_ms, 1) if offer else None,
    }


_SHOWS: dict[str, Show] = {
    "picture": _print_picture,
    "json": _print_json,
    "explain": _print_explained,
}


def picture(cursor: Cursor, offer: Offer | None, marks: tuple[str, str]) -> str:
    """Return the completion in its lines, ``marks`` around what is offered."""
    before, behind = marks
    text = offer.text if offer is not None else ""
    lines = [without_end(line) for line in cursor.document.lines]
    above = lines[max(0, cursor.line - _LINES_ABOVE) : cursor.line]
    below = lines[cursor.line + 1 : cursor.line + 1 + _LINES_BELOW]
    ghost = "\n".join(f"{before}{part}{behind}" for part in text.split("\n"))
    here = cursor.before + (ghost if text else "") + cursor.after
    took = "nothing to offer here"
    if text and offer is not None:
        took = (
            f"{offer.first_piece_ms:.0f} ms to the first token, {offer.total_ms:.0f} ms "
            f"in all, {offer.prompt_tokens} prompt tokens"
        )
    name = unquote(cursor.document.uri).rpartition("/")[2]
    where = f"{name}:{cursor.line + 1}:{cursor.column + 1}"
    title = f"── {where}, {took} ──"
    return "\n".join((title, *above, here, *below, ""))


@dataclass(slots=True)
class Loading:
    """A line that says what is loading and since when; whole lines off a terminal."""

    title: str
    stream: TextIO
    stage: str = "starting"
    started: float = 0.0
    ticking: asyncio.Task[None] | None = None

    def report(self, stage: str) -> None:
        self.stage = stage
        if not self.stream.isatty():
            print(f"{self.title}: {stage}", file=self.stream)

    async def __aenter__(self) -> Self:
        self.started = time.monotonic()
        if self.stream.isatty():
            self.ticking = asyncio.create_task(self._tick())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.ticking is not None:
            self.ticking.cancel()
            await asyncio.gather(self.ticking, return_exceptions=True)
            print(_CLEAR_LINE, end="", file=self.stream, flush=True)

    async def _tick(self) -> None:
        while True:
            seconds = time.monotonic() - self.started
            line = f"{self.title}: {self.stage}, {seconds:.0f} s"
            print(_CLEAR_LINE + line, end="", file=self.stream, flush=True)
            await asyncio.sleep(0.2)
