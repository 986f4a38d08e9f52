"""An edit, tried with the user's own command before it is shown."""

from collections.abc import Iterable

from lsp_server.actions.outcome import Watch
from lsp_server.actions.place import Target, where
from lsp_server.actions.shadow import Check, Files, told, tried
from lsp_server.context.messages import Related
from retrieval.source import Document


async def tried_out(
    check: Check | None,
    target: Target,
    texts: tuple[str | None, str],
    opened: Iterable[Document],
    watch: Watch,
) -> str:
    """Return what the command said of it, for people; "" where there is none to ask.

    ``texts`` are those before and after the edit; before a new file there is None.
    ``opened`` are all open documents, as they are.
    """
    file, root = target.file, target.root
    if check is None or file is None or root is None:
        return ""
    watch.stage(f"trying it: {check.command[0]}")
    others = {}
    for document in opened:
        there = where(document.uri, Related()).file
        if there is not None and there.is_relative_to(root):
            others[there.relative_to(root).as_posix()] = document.text
    before, after = texts
    files = Files(
        root=root,
        path=file.relative_to(root).as_posix(),
        before=before,
        after=after,
        opened=others,
    )
    return told(check, await tried(check, files))
