"""LSP's types to our values and back: the only place that converts positions."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from lsprotocol.types import (
    WORKSPACE_DID_CHANGE_CONFIGURATION,
    WORKSPACE_DID_CHANGE_WATCHED_FILES,
    ClientCapabilities,
    Command,
    DidChangeWatchedFilesRegistrationOptions,
    FileSystemWatcher,
    InitializeParams,
    InlineCompletionItem,
    InlineCompletionList,
    Position,
    PositionEncodingKind,
    Range,
    Registration,
    SelectedCompletionInfo,
    TextDocumentContentChangeEvent,
    TextDocumentContentChangeWholeDocument,
    WorkspaceFoldersChangeEvent,
)

from lsp_server.context.paths import path_of
from lsp_server.documents import Edit, Place, Splice, replaced, splice
from lsp_server.features.query import Chosen
from lsp_server.record import Choice
from retrieval.source import Cursor, Document, split_lines, without_end

ACCEPTED = "codellama.accepted"
"""The command by which an editor tells that a completion, named by its id, was taken."""

UTF16 = PositionEncodingKind.Utf16
"""What LSP counts characters in where nothing else was agreed."""

_COMPLETABLE_SCHEMES = frozenset(
    {
        "buffer",  # Sublime Text, not saved yet
        "file",
        "inmemory",  # Monaco in a web page
        "scp",  # Vim's netrw
        "sftp",
        "ssh",  # VS Code, SSH FS
        "untitled",
        "vscode-interactive-input",  # the input of Jupyter's interactive window
        "vscode-notebook-cell",
        "vscode-remote",
        "vscode-vfs",  # github.dev, Remote Repositories
        "vsls",  # Live Share, as a guest
    }
)


def completable(uri: str) -> bool:
    """Tell whether ``uri`` names text that a user writes.

    An allow list: diffs, output channels, commit boxes and whatever an extension invents
    next are shown in documents too, under schemes of their own.
    """
    scheme, colon, _ = uri.partition(":")
    return bool(colon) and scheme.lower() in _COMPLETABLE_SCHEMES


def encoding_of(capabilities: ClientCapabilities) -> PositionEncodingKind:
    """Return the first encoding of the client's list that we know, else UTF-16.

    UTF-16 is what LSP prescribes where nothing was agreed. pygls announces by the same
    rule, so the two agree.
    """
    general = capabilities.general
    offered = (general.position_encodings if general else None) or ()
    known = {kind.value: kind for kind in PositionEncodingKind}
    return next((known[o] for o in offered if o in known), UTF16)


def folders(params: InitializeParams) -> tuple[Path, ...]:
    """Return the workspace's folders that are in the file system.

    A client that knows no workspace folders may have a root; null is a single file's window.
    """
    if params.workspace_folders is not None:
        return _paths(folder.uri for folder in params.workspace_folders)
    return _paths([params.root_uri]) if params.root_uri else ()


def folders_after(
    before: Sequence[Path], event: WorkspaceFoldersChangeEvent
) -> tuple[Path, ...]:
    """Return the folders after a change of them."""
    removed = {*_paths(folder.uri for folder in event.removed)}
    added = _paths(folder.uri for folder in event.added)
    return tuple(dict.fromkeys([*(f for f in before if f not in removed), *added]))


def registrations(capabilities: ClientCapabilities) -> list[Registration]:
    """Return what is to be registered with a client that can: settings, watched files."""
    workspace = capabilities.workspace
    if workspace is None:
        return []
    found = []
    configuration = workspace.did_change_configuration
    if configuration and configuration.dynamic_registration:
        found.append(Registration("configuration", WORKSPACE_DID_CHANGE_CONFIGURATION))
    watched = workspace.did_change_watched_files
    if watched and watched.dynamic_registration:
        options = DidChangeWatchedFilesRegistrationOptions(
            watchers=[FileSystemWatcher(glob_pattern="**/*")]
        )
        found.append(Registration("files", WORKSPACE_DID_CHANGE_WATCHED_FILES, options))
    return found


def _paths(uris: Iterable[str]) -> tuple[Path, ...]:
    found = (path_of(uri) for uri in uris)
    return tuple(path for path in found if path is not None)


def column(line: str, units: int, encoding: PositionEncodingKind) -> int:
    """Return the code-point column ``units`` code units into ``line``.

    Past the end is the end of the line's text, before its line end; inside a surrogate
    pair or a UTF-8 sequence is the start of that character.
    """
    text = without_end(line)
    last = min(units, len(text))  # no character takes less than one unit
    if encoding is PositionEncodingKind.Utf32 or text.isascii():
        return last
    first = 0
    while first < last:  # halving, and encoding only the half: a line can be a megabyte
        middle = (first + last + 1) // 2
        width = _width(text[first:middle], encoding)
        if width <= units:
            first, units = middle, units - width
        else:
            last = middle - 1
    return first


def units(line: str, column: int, encoding: PositionEncodingKind) -> int:
    """Return how many code units of ``line`` stand before the code-point ``column``."""
    return _width(line[:column], encoding)


def place(
    lines: Sequence[str], position: Position, encoding: PositionEncodingKind
) -> Place:
    """Return the line and column of ``position``; past the last line is the text's end."""
    if position.line >= len(lines):
        return len(lines) - 1, len(lines[-1])
    line = lines[position.line]
    return position.line, column(line, position.character, encoding)


def cursor(
    document: Document, position: Position, encoding: PositionEncodingKind
) -> Cursor:
    """Return ``position``, clamped, in this snapshot."""
    return Cursor(document, *place(document.lines, position, encoding))


def position(
    document: Document, line: int, column: int, encoding: PositionEncodingKind
) -> Position:
    """Return LSP's position of a place in this snapshot."""
    return Position(line, units(document.lines[line], column, encoding))


def edits(
    changes: Sequence[TextDocumentContentChangeEvent], encoding: PositionEncodingKind
) -> tuple[Edit, ...]:
    """Return the content changes of one ``didChange``, for ``Documents.change``."""
    return tuple(_edit(change, encoding) for change in changes)


def chosen(
    document: Document,
    info: SelectedCompletionInfo | None,
    encoding: PositionEncodingKind,
) -> Chosen | None:
    """Return what the pop-up menu has chosen, as places in this snapshot."""
    if info is None:
        return None
    start = place(document.lines, info.range.start, encoding)
    end = place(document.lines, info.range.end, encoding)
    return Chosen(start=min(start, end), end=max(start, end), text=info.text)


def inline_completion_list(
    cursor: Cursor,
    choices: Sequence[Choice],
    encoding: PositionEncodingKind,
    chosen: Chosen | None = None,
) -> InlineCompletionList:
    """Offer texts at the cursor; accepting one sends its id back as a command.

    The range is empty: Neovim draws an item with any other as an overlay. The text's line
    ends become LF whatever the file has: Neovim would keep a CR, VS Code converts itself.

    Where the pop-up menu has ``chosen`` something, the item takes the place of what that
    would replace, and begins with it.
    """
    document = cursor.document
    here = position(document, cursor.line, cursor.column, encoding)
    range_, begin = Range(start=here, end=here), ""
    if chosen is not None:
        begin = chosen.text
        range_ = Range(
            start=position(document, *chosen.start, encoding),
            end=position(document, *chosen.end, encoding),
        )
    return InlineCompletionList(
        items=[
            InlineCompletionItem(
                insert_text=begin
                + "\n".join(without_end(line) for line in split_lines(choice.text)),
                range=range_,
                command=Command(
                    title="Completion accepted",
                    command=ACCEPTED,
                    arguments=[choice.id],
                ),
            )
            for choice in choices
        ]
    )


def _edit(
    change: TextDocumentContentChangeEvent, encoding: PositionEncodingKind
) -> Edit:
    """Return one change; a range that ends before it starts is turned round."""

    def edit(lines: Sequence[str]) -> Splice:
        if isinstance(change, TextDocumentContentChangeWholeDocument):
            return replaced(lines, change.text)
        start = place(lines, change.range.start, encoding)
        end = place(lines, change.range.end, encoding)
        return splice(lines, min(start, end), max(start, end), change.text)

    return edit


def _width(text: str, encoding: PositionEncodingKind) -> int:
    """Return the length of ``text`` in code units; a lone surrogate is 1, or 3 bytes."""
    if text.isascii():
        return len(text)
    match encoding:
        case PositionEncodingKind.Utf8:
            return len(text.encode("utf-8", "surrogatepass"))
        case PositionEncodingKind.Utf16:
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
        case PositionEncodingKind.Utf32:
            return len(text)
