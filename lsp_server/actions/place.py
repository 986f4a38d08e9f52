"""Where a document is on the disk, and where a test of what it defines would be."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from lsp_server.actions.example import example_at
from lsp_server.actions.refused import ActionRefused
from lsp_server.actions.region import Region
from lsp_server.actions.situation import Situation
from lsp_server.context.answering import answered_alone
from lsp_server.context.client import Context
from lsp_server.context.messages import Related, TestPlaceFound, TestPlaceWanted
from lsp_server.context.paths import path_of
from retrieval.files.walk import Found, Reason, repository_of, taken
from retrieval.outline import FUNCTIONS_AND_CLASSES
from retrieval.source import Document, Snippet

_NOT_HERE = {
    Reason.IGNORED: "ignore rules leave it out",
    Reason.LINK: "a link leads away from there",
    Reason.OUTSIDE: "that is not within the repository",
    Reason.REPOSITORY: "another repository begins there",
    Reason.SECRET: "files of that name hold secrets",
    Reason.UNREADABLE: "it cannot be looked at",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """``path`` is relative to ``root``, the folder that is indexed, or the file's name.

    ``file`` and ``root`` are None where there is none.
    """

    path: str
    file: Path | None
    root: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The file that an edit is of, and the repository it is tried in; None without one."""

    file: Path | None
    root: Path | None


def where(uri: str, related: Related) -> Where:
    """Return where the document is, as far as its uri and the worker tell."""
    file = path_of(uri)
    if file is None:
        return Where(path=uri.rpartition("/")[2] or uri, file=None, root=None)
    relative = Path(related.path)
    if related.path and file.parts[-len(relative.parts) :] == relative.parts:
        root = Path(*file.parts[: -len(relative.parts)])
        return Where(path=related.path, file=file, root=root)
    return Where(path=file.name, file=file, root=None)


def on_disk(uri: str) -> bool:
    """Whether it names a file: not a cell of a notebook, nor what was never saved."""
    return uri.lower().startswith("file:") and path_of(uri) is not None


async def in_repository(uri: str, root: Path | None) -> Target:
    """Return where an edit of a document is tried: in no folder that merely holds it.

    ``root`` is the folder that is indexed, None where that is not known.
    """
    file = path_of(uri)
    if file is None or not on_disk(uri):
        return Target(file=None, root=None)
    if root is None or not file.is_relative_to(root):
        root = await asyncio.to_thread(repository_of, file)
    return Target(file=file, root=root)


async def new_test(
    context: Context, situation: Situation, region: Region
) -> tuple[Document, Snippet | None]:
    """Return the document that tests of the region get, still empty, and one to imitate.

    Raises ActionRefused where there is no such place.
    """
    document = situation.document
    question = TestPlaceWanted(document.uri, _tested(situation, region))
    if not on_disk(document.uri):
        raise ActionRefused(
            "There is no place for tests of this document: save it first."
        )
    found = await context.ask(question)
    if found is None:  # the worker ended, or is late
        found = await asyncio.to_thread(answered_alone, question, document)
    if not isinstance(found, TestPlaceFound) or not found.path:
        raise ActionRefused("There is no place for tests of this document.")
    root = Path(found.root)
    await asyncio.to_thread(_writable, root, found.path)
    uri = (root / found.path).as_uri()
    empty = Document(uri=uri, language=document.language, version=None, lines=("",))
    if found.example is None:
        return empty, None
    return empty, await asyncio.to_thread(example_at, root, found.example)


def _writable(root: Path, path: str) -> None:
    """Raise ActionRefused where a new file may not be, as the disk and the rules are."""
    found = taken(root, path)
    if not isinstance(found, Found) and found.reason in _NOT_HERE:
        raise ActionRefused(
            f"{path} would be the place for tests, but {_NOT_HERE[found.reason]}."
        )


def _tested(situation: Situation, region: Region) -> str:
    """Return the name of what is tested: of the definition that is shown, if it is one."""
    scopes = [
        scope for scope in situation.scopes if scope.kind in FUNCTIONS_AND_CLASSES
    ]
    shown = [
        scope
        for scope in scopes
        if (scope.first, scope.last) == (region.shown_first, region.shown_last)
    ]
    found = shown or scopes[-1:]
    return found[0].name if found else ""
