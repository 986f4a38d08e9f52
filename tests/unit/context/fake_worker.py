"""A context worker that answers with what it was told; or dies, or says nothing.

It says nothing to questions about places in no line ``first``.

``python fake_worker.py FOLDER MODE START``: each start leaves a file in FOLDER.
"""

import asyncio
import os
import sys
from pathlib import Path

from lsp_server.context import messages
from lsp_server.context.messages import (
    Answered,
    Asked,
    Opened,
    Prepare,
    Prepared,
    Scopes,
    ScopesFound,
    Spliced,
)
from lsp_server.framing import read_frame
from retrieval.outline import Definition, Kind
from retrieval.source import Snippet


async def serve(mode: str) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    documents: dict[str, list[str]] = {}
    while (body := await read_frame(reader)) is not None:
        match messages.to_worker.decode(body):
            case Opened(uri=uri, lines=lines):
                documents[uri] = [*lines]
            case Spliced(uri=uri, first=first, last=last, lines=lines):
                documents[uri][first:last] = lines
            case Prepare() as asked if mode == "answers":
                text = "".join(documents[asked.uri])
                told = Snippet(
                    path="told",
                    start_line=asked.line,
                    end_line=asked.column,
                    text=text,
                    tokens=len(asked.kept),
                    score=0.0,
                    why=" ".join(asked.opened),
                )
                answer = Prepared(asked.id, (told,), "a.py", "fake")
                os.write(1, messages.frame(answer))
            case Asked(id=number, question=Scopes(uri=uri, first=first)) if (
                mode == "answers" and first < len(documents[uri])
            ):
                line = documents[uri][first].strip()
                one = Definition(
                    name=line,
                    kind=Kind.CLASS,
                    scope="",
                    first=first,
                    start=first,
                    header_last=first,
                    last=first,
                )
                os.write(1, messages.frame(Answered(number, ScopesFound((one,)))))


def main() -> None:
    folder, mode, _ = sys.argv[1:]
    (Path(folder) / f"{os.getpid()}").touch()
    if mode != "dies":
        asyncio.run(serve(mode))


if __name__ == "__main__":
    main()
