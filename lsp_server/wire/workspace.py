"""What a client is and can: its folders, its documents, what may be registered with it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from lsprotocol.types import (
    WORKSPACE_DID_CHANGE_CONFIGURATION,
    WORKSPACE_DID_CHANGE_WATCHED_FILES,
    ClientCapabilities,
    DidChangeWatchedFilesRegistrationOptions,
    FileSystemWatcher,
    InitializeParams,
    Registration,
    WorkspaceFoldersChangeEvent,
)

from lsp_server.context.paths import path_of

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
