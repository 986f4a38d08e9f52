"""Edits as a client can take them: of its documents, and of files that are not there yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lsprotocol.types import (
    AnnotatedTextEdit,
    ChangeAnnotation,
    CreateFile,
    CreateFileOptions,
    OptionalVersionedTextDocumentIdentifier,
    Position,
    PositionEncodingKind,
    Range,
    RenameFile,
    TextDocumentEdit,
    TextEdit,
    WorkspaceEdit,
)

from lsp_server.actions.edits import Change
from lsp_server.wire.actions import Can
from lsp_server.wire.positions import range_of
from retrieval.source import Document

_ANNOTATION = "codellama"


@dataclass(frozen=True, slots=True)
class Mark:
    """How an edit is shown to whoever must say yes to it."""

    label: str
    description: str


def workspace_edit(
    document: Document,
    changes: Sequence[Change],
    mark: Mark,
    able: Can,
    encoding: PositionEncodingKind,
) -> WorkspaceEdit:
    """Return the changes of this version of the document, as the client can take them."""
    if not able.document_changes:
        plain = [TextEdit(*_parts(document, one, encoding)) for one in changes]
        return WorkspaceEdit(changes={document.uri: plain})
    edits: list[TextEdit | AnnotatedTextEdit] = []
    for change in changes:
        range_, text = _parts(document, change, encoding)
        edits.append(_edit(range_, text, able))
    identifier = OptionalVersionedTextDocumentIdentifier(
        uri=document.uri, version=document.version
    )
    return WorkspaceEdit(
        document_changes=[TextDocumentEdit(text_document=identifier, edits=edits)],
        change_annotations=_annotations(mark, able),
    )


def new_file(file: Path, text: str, mark: Mark, able: Can) -> WorkspaceEdit:
    """Return what makes a file; one that is there by then is left as it is."""
    start = Range(start=Position(0, 0), end=Position(0, 0))
    identifier = OptionalVersionedTextDocumentIdentifier(
        uri=file.as_uri(), version=None
    )
    return WorkspaceEdit(
        document_changes=[
            CreateFile(
                uri=file.as_uri(),
                options=CreateFileOptions(overwrite=False, ignore_if_exists=False),
                annotation_id=_ANNOTATION if able.annotations else None,
            ),
            TextDocumentEdit(
                text_document=identifier, edits=[_edit(start, text, able)]
            ),
        ],
        change_annotations=_annotations(mark, able),
    )


def insertion(uri: str, at: Position, text: str, able: Can) -> WorkspaceEdit:
    """Return what adds text to a document that is not ours to know the version of."""
    edit = TextEdit(range=Range(start=at, end=at), new_text=text)
    if not able.document_changes:
        return WorkspaceEdit(changes={uri: [edit]})
    identifier = OptionalVersionedTextDocumentIdentifier(uri=uri, version=None)
    return WorkspaceEdit(
        document_changes=[TextDocumentEdit(text_document=identifier, edits=[edit])]
    )


def renamed(old: str, new: str) -> WorkspaceEdit:
    """Return what gives a file another name, with the document that shows it."""
    return WorkspaceEdit(
        document_changes=[RenameFile(old_uri=old, new_uri=new)],
    )


def _edit(range_: Range, text: str, able: Can) -> TextEdit | AnnotatedTextEdit:
    if not able.annotations:
        return TextEdit(range=range_, new_text=text)
    return AnnotatedTextEdit(range=range_, new_text=text, annotation_id=_ANNOTATION)


def _annotations(mark: Mark, able: Can) -> dict[str, ChangeAnnotation] | None:
    if not able.annotations:
        return None
    return {
        _ANNOTATION: ChangeAnnotation(
            label=mark.label, description=mark.description, needs_confirmation=True
        )
    }


def _parts(
    document: Document, change: Change, encoding: PositionEncodingKind
) -> tuple[Range, str]:
    return range_of(document, change.start, change.end, encoding), change.text
