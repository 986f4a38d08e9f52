"""An edit, tried with the user's own command before it is shown."""

import asyncio
from collections.abc import Collection
from pathlib import Path

from lsp_server.actions.copying import Files
from lsp_server.actions.outcome import Watch
from lsp_server.actions.place import Target, on_disk
from lsp_server.actions.shadow import Check, Trial, Verdict, told, tried
from lsp_server.context.paths import path_of
from lsp_server.context.rules import excluded
from retrieval.source import Document


async def tried_out(
    check: Check | None,
    target: Target,
    texts: tuple[str | None, str],
    opened: Collection[Document],
    watch: Watch,
) -> str:
    """Return what the command said of it, for people; "" where none is set.

    ``texts`` are those before and after the edit; before a new file there is None.
    ``opened`` are all open documents, as they are: those that rules leave out of the
    repository are left out here, too.
    """
    if check is None:
        return ""
    file, root = target.file, target.root
    if file is None:
        return told(check, Trial(Verdict.NOT_RUN, "this document is no file"))
    if root is None:
        return told(check, Trial(Verdict.NOT_RUN, "the file is in no repository"))
    watch.stage(f"trying it: {check.command[0]}")
    before, after = texts
    files = Files(
        root=root,
        path=file.relative_to(root).as_posix(),
        before=before,
        after=after,
        opened=await asyncio.to_thread(_within, root, opened),
    )
    return told(check, await tried(check, files))


def _within(root: Path, opened: Collection[Document]) -> dict[str, str]:
    found = {}
    for document in opened:
        file = path_of(document.uri) if on_disk(document.uri) else None
        if (
            file is not None
            and file.is_relative_to(root)
            and not excluded(file, [root])
        ):
            found[file.relative_to(root).as_posix()] = document.text
    return found
