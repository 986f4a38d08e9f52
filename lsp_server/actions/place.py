"""Where a document is on the disk, and where a test of what it defines would be."""

from dataclasses import dataclass
from pathlib import Path

from lsp_server.actions.refused import ActionRefused
from lsp_server.actions.region import Region
from lsp_server.actions.situation import Situation
from lsp_server.context.client import Context
from lsp_server.context.messages import Related, TestPlaceFound, TestPlaceWanted
from lsp_server.context.paths import path_of
from retrieval.outline import Kind
from retrieval.source import Document

_TESTED = frozenset({Kind.CLASS, Kind.FUNCTION, Kind.METHOD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """``path`` is relative to ``root``, or the file's name; ``file`` is None without one."""

    path: str
    file: Path | None
    root: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The file that an edit is of, and the folder it is tried in; None without one."""

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
    return Where(path=file.name, file=file, root=file.parent)


async def new_test(
    context: Context, situation: Situation, region: Region
) -> tuple[Target, Document]:
    """Return the file that tests of the region get, and its document: still empty.

    Raises ActionRefused where there is no such place.
    """
    document = situation.document
    name = _tested(situation, region)
    found = await context.ask(TestPlaceWanted(document.uri, name))
    saved = path_of(document.uri) is not None
    if not saved or not isinstance(found, TestPlaceFound) or not found.path:
        raise ActionRefused(
            "There is no place for tests of this document: save it first."
        )
    root = Path(found.root)
    file = root / found.path
    if ".." in file.parts or not file.is_relative_to(root):
        raise ActionRefused(f"{found.path} is not within {root}.")
    empty = Document(
        uri=file.as_uri(), language=document.language, version=None, lines=("",)
    )
    return Target(file=file, root=root), empty


def _tested(situation: Situation, region: Region) -> str:
    """Return the name of what is tested: of the definition that is shown, if it is one."""
    scopes = [scope for scope in situation.scopes if scope.kind in _TESTED]
    shown = [
        scope
        for scope in scopes
        if (scope.first, scope.last) == (region.shown_first, region.shown_last)
    ]
    found = shown or scopes[-1:]
    return found[0].name if found else ""
