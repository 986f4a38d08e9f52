"""``codellama-lsp context``: which snippets of other files would help, and why.

At one place for people; for programs one query a line, answered from one index.
"""

import json
import os
import posixpath
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsp_server.commands.complete import BadPlace, read_place, read_text
from lsp_server.commands.indexed import gathered, indexed
from lsp_server.context.messages import encodable
from lsp_server.context.paths import path_of
from lsp_server.engine.base import EngineError
from lsp_server.engine.models import find_model
from lsp_server.failures import log_failure
from lsp_server.prompt.infill import Infiller, load
from lsp_server.settings import APPLICATION, UserSettings
from lsp_server.wire import UTF16, column
from retrieval.files.walk import refusal, repository_of
from retrieval.index import Index
from retrieval.rank import ELISION
from retrieval.source import Cursor, Document, Snippet, split_lines

_BOLD, _DIMMED, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"

Answer = dict[str, Any]


class BadQuery(Exception):
    """A line that cannot be answered, in words for whoever wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How all queries of one run are asked; ``model`` None counts tokens by estimate."""

    index: Index
    budget: int
    threshold: bool
    model: Infiller | None

    def gathered(self, cursor: Cursor, path: str) -> tuple[tuple[Snippet, ...], float]:
        """Return the snippets, and the milliseconds they took."""
        began = time.perf_counter()
        snippets = gathered(
            self.index,
            cursor,
            path,
            budget=self.budget,
            model=self.model,
            threshold=self.threshold,
        )
        return snippets, (time.perf_counter() - began) * 1000


def context(
    place: str, user: UserSettings, *, budget: int, threshold: bool, as_json: bool
) -> int:
    """Print what would be shown beside ``FILE:LINE:COLUMN``; 0 if it could be asked for."""
    try:
        cursor = read_place(place)
        root, path = repository_at(cursor)
        with indexed(root) as index:
            asking = Asking(
                index=index, budget=budget, threshold=threshold, model=_model(user)
            )
            snippets, took_ms = asking.gathered(cursor, path)
    except BadPlace as error:
        print(f"{APPLICATION}: {error}", file=sys.stderr)
        return 1
    if as_json:
        print(json.dumps(answer(snippets, took_ms)))
    else:
        print(picture(snippets, budget, took_ms, color=sys.stdout.isatty()))
    return 0


def repository_at(cursor: Cursor) -> tuple[Path, str]:
    """Return the repository of the cursor's file, and its path there; raises BadPlace."""
    file = path_of(cursor.document.uri)
    root = repository_of(file) if file is not None else None
    if file is None or root is None:
        raise BadPlace(
            f"{file} is in no repository: nothing above it is under version control or "
            "is a project's file (pyproject.toml, package.json, ...)"
        )
    return root, file.relative_to(root).as_posix()


def context_lines(
    root: Path, user: UserSettings, *, budget: int, threshold: bool
) -> int:
    """Answer queries from stdin on stdout, a line each, until stdin ends."""
    root = root.resolve()
    refused = None if root.is_dir() else f"there is no folder {root}"
    refused = refused or refusal(root)
    if refused:
        print(f"{APPLICATION}: {refused}", file=sys.stderr)
        return 1
    with indexed(root) as index:
        asking = Asking(
            index=index, budget=budget, threshold=threshold, model=_model(user)
        )
        try:
            for one in answers(sys.stdin.buffer, asking):
                print(json.dumps(one), flush=True)
        except BrokenPipeError:  # nobody reads any more; nor shall the exit flush
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def answers(lines: Iterable[bytes], asking: Asking) -> Iterator[Answer]:
    """Yield the answer to each line; a bad line's says what is wrong with it."""
    for line in lines:
        try:
            cursor, path = read_query(line, asking.index.root)
            yield answer(*asking.gathered(cursor, path))
        except BadQuery as error:
            yield {"error": str(error)}
        except Exception as error:  # noqa: BLE001 - one line's edge; the next goes on
            log_failure("a query", error)
            yield {"error": f"a fault in {APPLICATION} itself: {type(error).__name__}"}


def read_query(line: bytes, root: Path) -> tuple[Cursor, str]:
    """Return where a query is, and its path as the index calls it; raises BadQuery.

    Lines and characters count from 0, characters in UTF-16; one past the line's end is
    the end.
    """
    try:
        query = json.loads(line)
    except ValueError as error:  # UnicodeDecodeError, too
        raise BadQuery(f"no JSON: {error}") from None
    except RecursionError:
        raise BadQuery("no JSON that anybody would write") from None
    if not isinstance(query, dict):
        raise BadQuery("not an object")
    path = _path(_checked(query, "path", str))
    number = _checked(query, "line", int)
    character = _checked(query, "character", int)
    if "text" in query and query["text"] is not None:
        text = _checked(query, "text", str)
    else:
        text = _text(root / path)
    lines = encodable(split_lines(text))
    if not 0 <= number < len(lines):
        raise BadQuery(f"line {number}: {path} has the lines 0 to {len(lines) - 1}")
    if character < 0:
        raise BadQuery(f"character {character} is less than 0")
    document = Document(
        uri=(root / path).as_uri(),
        language=path.rpartition(".")[2],
        version=None,
        lines=lines,
    )
    place = column(lines[number], character, UTF16)
    return Cursor(document, number, place), path


def answer(snippets: Iterable[Snippet], took_ms: float) -> Answer:
    """Return what programs are told."""
    found = [
        {
            "path": one.path,
            "start_line": one.start_line,
            "end_line": one.end_line,
            "text": one.text,
            "tokens": one.tokens,
            "score": round(one.score, 4),
            "why": one.why,
        }
        for one in snippets
    ]
    return {"snippets": found, "milliseconds": round(took_ms, 2)}


def picture(
    snippets: tuple[Snippet, ...], budget: int, took_ms: float, *, color: bool
) -> str:
    """Return what people are shown: each snippet under its place and why, the best last."""
    bold, dimmed, plain = (_BOLD, _DIMMED, _PLAIN) if color else ("", "", "")
    blocks = [
        "\n".join(
            (
                f"{bold}{_place(one)}{plain}  {one.tokens} tokens, score {one.score:.3g}",
                f"{dimmed}{one.why}{plain}",
                *_indented(one.text, dimmed, plain),
                "",
            )
        )
        for one in snippets
    ]
    tokens = sum(one.tokens for one in snippets)
    number = f"{len(snippets)} snippets" if len(snippets) != 1 else "1 snippet"
    order = ", the best last" if len(snippets) > 1 else ""
    if not snippets:
        number = "nothing that is likely to help"
    blocks.append(f"{number}{order}: {tokens:,} of {budget:,} tokens, {took_ms:.1f} ms")
    return "\n".join(blocks)


def _indented(text: str, dimmed: str, plain: str) -> Iterator[str]:
    for line in text.rstrip("\n").split("\n"):
        shown = f"{dimmed}{line}{plain}" if line == ELISION else line
        yield f"    {shown}".rstrip()


def _place(snippet: Snippet) -> str:
    return f"{snippet.path}:{snippet.start_line + 1}-{snippet.end_line + 1}"


def _checked(query: Mapping[str, Any], name: str, kind: type) -> Any:
    if name not in query:
        raise BadQuery(f"{name} is missing")
    value = query[name]
    if not isinstance(value, kind) or isinstance(value, bool):
        called = {int: "a whole number", str: "text"}[kind]
        raise BadQuery(f"{name} is not {called}")
    return value


def _path(written: str) -> str:
    try:
        written.encode()
    except UnicodeEncodeError:  # halves of surrogate pairs
        raise BadQuery(f"path {written!r} has no UTF-8") from None
    path = posixpath.normpath(written)
    outside = path.startswith(("/", "../")) or path == ".."
    if outside or path == "." or "\0" in path:
        raise BadQuery(f"path {written!r} is not one inside of the root")
    return path


def _text(file: Path) -> str:
    try:
        return read_text(file)
    except BadPlace as error:
        raise BadQuery(str(error)) from None


def _model(user: UserSettings) -> Infiller | None:
    """Return what counts the model's tokens; without a model, an estimate does."""
    try:
        return load(find_model(user.model))
    except EngineError as error:
        print(f"{APPLICATION}: tokens are estimated. {error}", file=sys.stderr)
        return None
