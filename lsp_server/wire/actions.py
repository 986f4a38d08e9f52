"""Code actions as LSP has them: what a client can, what is offered, what comes back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cattrs import Converter
from lsprotocol.types import (
    ClientCapabilities,
    CodeAction,
    CodeActionContext,
    CodeActionTriggerKind,
    Command,
    Diagnostic,
    DiagnosticRelatedInformation,
    PositionEncodingKind,
    Range,
    ResourceOperationKind,
)
from pygls.exceptions import JsonRpcInvalidParams

from lsp_server.actions.catalogue import CATALOGUE, Name
from lsp_server.actions.offers import Offer
from lsp_server.actions.situation import Finding, Related, Severity
from lsp_server.context.paths import path_of
from lsp_server.parameters import complaint
from lsp_server.wire.positions import places
from retrieval.source import Document

ACTION = "codellama.action"
"""The command that does an action; docs/actions.md says what it is given."""

INPUT = "codellama/input"
"""A request to clients that can ask their user for a line of text."""

ACTION_KINDS = sorted({action.kind for action in CATALOGUE.values()})
"""What is announced, so that an editor knows what it may ask for by ``only``."""

_LONGEST_WORDS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Can:
    """What a client can do with actions."""

    literals: bool  # code actions; else commands only
    resolves: bool  # an edit may come when the action is chosen
    applies: bool  # workspace/applyEdit
    document_changes: bool
    annotations: bool
    creates: bool  # new files
    renames: bool
    asks: bool  # codellama/input
    shows: bool  # window/showDocument
    data: bool  # hands ``data`` back


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One action as it was offered: in ``version`` of the document, None where unknown."""

    name: Name
    uri: str
    version: int | None
    range: Range
    diagnostics: tuple[Diagnostic, ...]
    words: str


def can(capabilities: ClientCapabilities) -> Can:
    """Return what the client can do, as far as it said so."""
    text, workspace = capabilities.text_document, capabilities.workspace
    action = text.code_action if text else None
    edit = workspace.workspace_edit if workspace else None
    window, experimental = capabilities.window, capabilities.experimental
    resolve = action.resolve_support if action else None
    operations = (edit.resource_operations if edit else None) or ()
    # Neovim announces what only document changes can say, and not those themselves.
    documents = bool(operations) or bool(edit and edit.document_changes)
    return Can(
        literals=bool(action and action.code_action_literal_support),
        resolves=bool(resolve and "edit" in resolve.properties),
        data=bool(action and action.data_support),
        applies=bool(workspace and workspace.apply_edit),
        document_changes=documents,
        annotations=documents and bool(edit and edit.change_annotation_support),
        creates=documents and ResourceOperationKind.Create in operations,
        renames=documents and ResourceOperationKind.Rename in operations,
        asks=isinstance(experimental, dict) and experimental.get(INPUT) is True,
        shows=bool(window and window.show_document and window.show_document.support),
    )


def offerable(offer: Offer, able: Can) -> bool:
    """Whether the client could do something with what comes of an offer."""
    name = offer.action.name
    if name is Name.REWRITE and not able.asks:
        return False
    if name is Name.TESTS and not able.creates:
        return False
    delivered = able.applies or (able.literals and able.resolves and able.data)
    return delivered or not offer.action.edits


def is_wanted(kind: str, only: Sequence[str] | None) -> bool:
    """Whether ``kind`` is, or is below, one of those that the client wants."""
    if only is None:
        return True
    return any(not one or kind == one or kind.startswith(f"{one}.") for one in only)


def asked_for(context: CodeActionContext) -> bool:
    """Whether the user opened the menu; a client that does not say is believed so."""
    return context.trigger_kind is not CodeActionTriggerKind.Automatic


def findings(
    document: Document,
    diagnostics: Iterable[Diagnostic],
    encoding: PositionEncodingKind,
) -> tuple[Finding, ...]:
    """Return diagnostics as they stand in this snapshot; one that begins past it does so."""
    return tuple(_finding(document, one, encoding) for one in diagnostics)


def code_action(
    offer: Offer,
    wanted: Wanted,
    able: Can,
    converter: Converter,
) -> CodeAction | Command:
    """Return one entry of the menu; what it does comes when it is chosen.

    Where the client cannot resolve edits, and where there is none, by a command.
    """
    data = data_of(wanted, converter)
    title = f"Code Llama: {offer.title}"
    command = Command(title=title, command=ACTION, arguments=[data])
    if not able.literals:
        return command
    by_edit = offer.action.edits and offer.action.name is not Name.REWRITE
    action = CodeAction(
        title=title,
        kind=offer.action.kind,
        diagnostics=[*wanted.diagnostics] if offer.findings else None,
    )
    if by_edit and able.resolves and able.data:
        action.data = data
    else:
        action.command = command
    return action


def data_of(wanted: Wanted, converter: Converter) -> dict[str, Any]:
    """Return what the client hands back when the action is chosen."""
    told: dict[str, Any] = {
        "action": wanted.name.value,
        "uri": wanted.uri,
        "range": converter.unstructure(wanted.range),
    }
    if wanted.version is not None:
        told["version"] = wanted.version
    if wanted.diagnostics:
        told["diagnostics"] = [
            converter.unstructure(_short(one)) for one in wanted.diagnostics
        ]
    if wanted.words:
        told["words"] = wanted.words
    return told


def wanted_by(data: Any, converter: Converter) -> Wanted:
    """Return what ``data`` asks for; raises JsonRpcInvalidParams that names what is wrong.

    Clients hand it back as it was, but anybody may call the command with their own.
    """
    if not isinstance(data, dict):
        raise JsonRpcInvalidParams("expected an object with uri, range and action")
    try:
        name = Name(str(data.get("action")))
    except ValueError as error:
        names = ", ".join(CATALOGUE)
        raise JsonRpcInvalidParams(f"action: one of {names}") from error
    uri, version, words = data.get("uri"), data.get("version"), data.get("words", "")
    if not isinstance(uri, str) or not uri:
        raise JsonRpcInvalidParams("uri: a text is expected")
    if version is not None and type(version) is not int:
        raise JsonRpcInvalidParams("version: a whole number is expected")
    if not isinstance(words, str) or len(words) > _LONGEST_WORDS:
        raise JsonRpcInvalidParams(
            f"words: a text of {_LONGEST_WORDS:,} characters at most is expected"
        )
    try:
        range_ = converter.structure(data.get("range"), Range)
        diagnostics = converter.structure(
            data.get("diagnostics") or [], list[Diagnostic]
        )
    except Exception as error:
        raise JsonRpcInvalidParams(complaint(error, "action")) from error
    return Wanted(
        name=name,
        uri=uri,
        version=version,
        range=range_,
        diagnostics=tuple(diagnostics),
        words=words,
    )


def _short(diagnostic: Diagnostic) -> Diagnostic:
    """Return it without what its server hung on it: that may be large."""
    return Diagnostic(
        range=diagnostic.range,
        message=diagnostic.message,
        severity=diagnostic.severity,
        code=diagnostic.code,
        source=diagnostic.source,
        related_information=diagnostic.related_information,
    )


def _finding(
    document: Document, diagnostic: Diagnostic, encoding: PositionEncodingKind
) -> Finding:
    range_ = diagnostic.range
    start, end = places(document, range_, encoding)
    if range_.start.line >= len(document.lines):  # of an older, longer version
        start = (range_.start.line, range_.start.character)
        end = max(start, (range_.end.line, range_.end.character))
    severities = {severity.value: severity for severity in Severity}
    message: Any = diagnostic.message  # text, and markup in LSP 3.18
    return Finding(
        message=message if isinstance(message, str) else str(message.value),
        severity=severities.get(diagnostic.severity or 1, Severity.ERROR),
        code="" if diagnostic.code is None else str(diagnostic.code),
        source=diagnostic.source or "",
        start=start,
        end=end,
        related=tuple(map(_related, diagnostic.related_information or ())),
    )


def _related(information: DiagnosticRelatedInformation) -> Related:
    location = information.location
    path = path_of(location.uri)
    return Related(
        path.as_posix() if path is not None else location.uri,
        location.range.start.line,
        information.message,
    )
