"""An index that is up to date, for commands: built before they ask, with a line that says so."""

import sys
from pathlib import Path
from typing import TextIO

from lsp_server.context.rules import allowed
from lsp_server.prompt.infill import Infiller
from lsp_server.prompt.snippets import cost, sign_of
from lsp_server.settings import APPLICATION, cache_path
from retrieval.gather import Query, estimated, gather
from retrieval.index import Index
from retrieval.source import Cursor, Snippet

_TICK_S = 0.1
_CLEAR_LINE = "\r\x1b[K"


def indexed(root: Path, stream: TextIO | None = None) -> Index:
    """Open the index of ``root`` and bring it up to date; close it after use.

    On a terminal, ``stream`` (stderr) says how far the building is.
    """
    stream = sys.stderr if stream is None else stream

    def tell(message: str) -> None:
        print(f"{APPLICATION}: {message}", file=stream)

    far = "looking for files"

    def progress(done: int, total: int) -> None:
        nonlocal far
        far = f"{done:,} of {total:,} files"

    index = Index(root, cache_path(), tell=tell)
    shows = stream.isatty()
    try:
        index.refresh(progress)
        while not index.wait(_TICK_S):
            if shows:
                line = f"{_CLEAR_LINE}indexing {root.name}: {far}"
                print(line, end="", file=stream, flush=True)
    except BaseException:
        index.close()
        raise
    finally:
        if shows:
            print(_CLEAR_LINE, end="", file=stream, flush=True)
    return index


def gathered(
    index: Index,
    cursor: Cursor,
    path: str,
    *,
    budget: int,
    model: Infiller | None,
    threshold: bool = True,
) -> tuple[Snippet, ...]:
    """Return what the server would show beside ``cursor``, with its document open.

    ``model`` None estimates the tokens.
    """
    document = cursor.document
    if allowed(index.root, path):
        index.overlay(path, document.lines, document.language)
    try:
        return gather(
            index,
            Query(cursor=cursor, path=path),
            budget=budget,
            cost=estimated if model is None else cost(model, sign_of(document)),
            threshold=threshold,
        )
    finally:
        index.drop_overlay(path)
