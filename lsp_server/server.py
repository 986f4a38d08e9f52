"""The server: which function answers which method, and how each speaks to the session."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from lsp_server import wire
from lsp_server.acting import Acting
from lsp_server.background import Background
from lsp_server.context.client import WORKER_TROUBLES, News
from lsp_server.context.messages import Trouble
from lsp_server.engine.base import EngineError, NotAwake
from lsp_server.explain import markdown, page
from lsp_server.features.completion import TRIGGERS, triggers, wanted
from lsp_server.features.completion import completion as complete_popup
from lsp_server.features.hover import hover as hover_text
from lsp_server.features.inline_completion import Superseded
from lsp_server.features.inline_completion import inline_completion as complete_inline
from lsp_server.features.query import Chosen, Query
from lsp_server.features.show_prompt import last_trace
from lsp_server.indexing import Indexing
from lsp_server.notices import Notices
from lsp_server.parameters import CURSOR_MOVED
from lsp_server.protocol import WORK_DONE_TOKEN, Server
from lsp_server.record import Offer
from lsp_server.session import Session
from lsp_server.settings import APPLICATION, SECTION, Problems, Settings, parse_settings
from lsp_server.stats.events import WITHOUT_ENGINE
from lsp_server.supervision import Supervision
from retrieval.files.secrets import secret_file
from retrieval.source import Cursor

logger = logging.getLogger(__name__)

_NOTHING = types.InlineCompletionList(items=[])
"""That nothing is to be shown is an answer. To ``null`` Neovim does nothing, and goes on
showing what it was told before."""

_NO_ITEM = types.CompletionList(is_incomplete=True, items=[])
"""Nor here; it is asked for again with the next key."""

_POPUP = types.CompletionOptions(trigger_characters=[*TRIGGERS])

_ALL_NOTEBOOK_CELLS = types.NotebookDocumentSyncOptions(
    notebook_selector=[
        types.NotebookDocumentFilterWithCells(
            notebook="*", cells=[types.NotebookCellLanguage(language="*")]
        )
    ]
)


class CodeLlamaServer(Server):
    """One connection to one editor.

    ``defaults`` are the settings of the user's own file with the editor's initialization
    options over them; what the editor sets later is laid over these.
    """

    def __init__(self, session: Session, problems: Problems) -> None:
        super().__init__(
            APPLICATION,
            version(APPLICATION),
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            notebook_document_sync=_ALL_NOTEBOOK_CELLS,
        )
        self.session = session
        self.defaults: Settings = session.settings
        self.problems = problems
        self.encoding = types.PositionEncodingKind.Utf16
        self.item_form = wire.ItemForm()
        self.folders: tuple[Path, ...] = ()
        self.stopping: asyncio.Task[None] | None = None
        self.begun = False
        self.settled = False
        self.told_troubles: set[str] = set()
        self.told_settings: set[str] = set()
        self.indexing = Indexing(self)
        self.supervision = Supervision(self, session, self.tell)
        self.background = Background(session)
        self.notices = Notices(self, self.tell)
        session.summaries.asked = lambda model: self.notices.answers(model, "")
        self.acting = Acting(
            self, session, self.supervision, self.notices, self.tell_of_code
        )
        session.context.hear = self.heard
        session.context.prepared = self.background.changed
        for method, (handler, options) in _METHODS.items():
            self.feature(method, options)(handler)
        for name, command in _COMMANDS.items():
            self.command(name)(command)

    @property
    def popup_wanted(self) -> bool:
        """Whether this editor gets items of its pop-up menu, as things are set now."""
        has_ghost_text = wire.has_ghost_text(self.client_capabilities)
        return wanted(self.session.settings.popup, has_ghost_text=has_ghost_text)

    def tell(self, message: str, kind: types.MessageType) -> None:
        """Show the user a message; it is in the log, too."""
        logger.warning("%s", message)
        self.window_show_message(types.ShowMessageParams(type=kind, message=message))

    def tell_of_code(self, message: str, kind: types.MessageType) -> None:
        """As ``tell``, for words that may have the user's code, or a model's, in them."""
        logger.warning("The user was told what came of an action")
        logger.debug("What the user was told: %s", message)
        self.window_show_message(types.ShowMessageParams(type=kind, message=message))

    def heard(self, news: News) -> None:
        """Pass on what the context worker says; each trouble is told once."""
        if not isinstance(news, Trouble):
            self.indexing.show(news)
            return
        if news.kind in WORKER_TROUBLES:
            self.indexing.abandon()
        if news.kind not in self.told_troubles:
            self.told_troubles.add(news.kind)
            self.tell(news.message, types.MessageType.Warning)

    async def stop(self) -> None:
        """End the engine and all that runs; whoever calls again waits for the same end."""
        if self.stopping is None:
            self.stopping = asyncio.create_task(self.end_engine())
        await self.stopping

    async def end_engine(self) -> None:
        """Do what ``stop`` waits for."""
        await self.acting.close()  # while there is an engine to be told to stop
        await self.supervision.close()
        self.background.close()
        await self.indexing.close()
        await asyncio.gather(self.session.context.close(), self.session.close())


# Coming and going


def initialize(ls: CodeLlamaServer, params: types.InitializeParams) -> None:
    ls.encoding = wire.encoding_of(params.capabilities)
    ls.acting.meet(params.capabilities, ls.encoding)
    ls.folders = wire.folders(params)
    ls.item_form = wire.item_form(params.capabilities, params.client_info)
    options = params.initialization_options
    if isinstance(options, Mapping):
        _take_settings(ls, options.get(SECTION, options))
        # Neovim answers "nothing" when it is then asked for settings: these stay.
        ls.defaults = ls.session.settings
    if ls.popup_wanted:
        ls.feature(types.TEXT_DOCUMENT_COMPLETION, _POPUP)(completion)


async def initialized(ls: CodeLlamaServer, _params: types.InitializedParams) -> None:
    if ls.begun:
        return
    ls.begun = True
    for problem in ls.problems:
        ls.tell(problem, types.MessageType.Warning)
    ls.supervision.begin()
    ls.acting.begin()
    registrations = wire.registrations(ls.client_capabilities)
    if registrations:
        await _ask(
            ls.client_register_capability_async(
                types.RegistrationParams(registrations=registrations)
            )
        )
    await _pull_settings(ls)
    # Only now: a user who wants no index must not get one before they could say so.
    ls.settled = True
    _register_popup(ls)
    ls.session.ledger.follow(enabled=ls.session.settings.stats.enabled)
    ls.session.context.follow(ls.session.settings.context)
    ls.session.context.folders(ls.folders)


async def shutdown(ls: CodeLlamaServer, _params: None) -> None:
    # Ending the engine takes seconds and editors wait less: it goes on after the answer,
    # and the end of the connection waits for it.
    if ls.stopping is None:
        ls.stopping = asyncio.create_task(ls.end_engine())


# Settings


def did_change_configuration(
    ls: CodeLlamaServer, params: types.DidChangeConfigurationParams
) -> Awaitable[None] | None:
    """Take what is pushed now, at dispatch: the next request counts on it."""
    if isinstance(params.settings, Mapping) and SECTION in params.settings:
        _take_settings(ls, params.settings[SECTION])
        return None
    return _pull_settings(ls)


async def _pull_settings(ls: CodeLlamaServer) -> None:
    workspace = ls.client_capabilities.workspace
    if workspace is None or not workspace.configuration:
        return
    items = [types.ConfigurationItem(section=SECTION)]
    answers = await _ask(
        ls.workspace_configuration_async(types.ConfigurationParams(items=items))
    )
    if isinstance(answers, list | tuple) and answers:
        _take_settings(ls, answers[0])


def _take_settings(ls: CodeLlamaServer, raw: Any) -> None:
    settings, problems = parse_settings(raw, ls.defaults)
    ls.session.follow(settings)
    if ls.settled:
        if not ls.session.settings.context.enabled:
            ls.indexing.abandon()
        ls.session.ledger.follow(enabled=ls.session.settings.stats.enabled)
        ls.session.context.follow(ls.session.settings.context)
        _register_popup(ls)
    # The same comes at the start, when asked for, and with each push.
    news = [problem for problem in problems if problem not in ls.told_settings]
    if raw is not None:
        ls.told_settings = {*problems}
    if news:
        ls.tell("Settings: " + "; ".join(news), types.MessageType.Warning)


def _register_popup(ls: CodeLlamaServer) -> None:
    """Tell an editor that was not told at its start that it gets items of its pop-up menu.

    Once: where the settings then want none, it is answered with none.
    """
    if not ls.popup_wanted or types.TEXT_DOCUMENT_COMPLETION in ls.protocol.fm.features:
        return
    if not wire.registers_completion(ls.client_capabilities):
        logger.info("The pop-up menu is served from the editor's next start on")
        return
    ls.feature(types.TEXT_DOCUMENT_COMPLETION, _POPUP)(completion)
    registration = types.Registration(
        id="completion",
        method=types.TEXT_DOCUMENT_COMPLETION,
        register_options=types.CompletionRegistrationOptions(
            trigger_characters=_POPUP.trigger_characters
        ),
    )
    params = types.RegistrationParams(registrations=[registration])
    ls.client_register_capability(params)


async def _ask(answer: Awaitable[Any]) -> Any:
    """Return the client's answer, None where it refuses to give one."""
    try:
        return await answer
    except JsonRpcException as error:
        logger.warning("The client refused: %s", error.message)
        return None


# Documents


def did_open(ls: CodeLlamaServer, params: types.DidOpenTextDocumentParams) -> None:
    _open(ls, params.text_document)


def did_change(ls: CodeLlamaServer, params: types.DidChangeTextDocumentParams) -> None:
    _change(ls, params.text_document, params.content_changes)


def did_close(ls: CodeLlamaServer, params: types.DidCloseTextDocumentParams) -> None:
    _close(ls, params.text_document)


def did_save(ls: CodeLlamaServer, params: types.DidSaveTextDocumentParams) -> None:
    ls.session.context.touched([params.text_document.uri])


def did_open_notebook(
    ls: CodeLlamaServer, params: types.DidOpenNotebookDocumentParams
) -> None:
    for cell in params.cell_text_documents:
        _open(ls, cell)


def did_change_notebook(
    ls: CodeLlamaServer, params: types.DidChangeNotebookDocumentParams
) -> None:
    cells = params.change.cells
    if cells is None:
        return
    if cells.structure is not None:
        for opened in cells.structure.did_open or ():
            _open(ls, opened)
        for closed in cells.structure.did_close or ():
            _close(ls, closed)
    for changed in cells.text_content or ():
        _change(ls, changed.document, changed.changes)


def did_close_notebook(
    ls: CodeLlamaServer, params: types.DidCloseNotebookDocumentParams
) -> None:
    for cell in params.cell_text_documents:
        _close(ls, cell)


def _open(ls: CodeLlamaServer, item: types.TextDocumentItem) -> None:
    ls.session.documents.open(item.uri, item.language_id, item.version, item.text)
    ls.session.context.opened(item.uri)
    ls.acting.changed(item.uri)


def _change(
    ls: CodeLlamaServer,
    document: types.VersionedTextDocumentIdentifier,
    changes: Any,
) -> None:
    edits = wire.edits(changes, ls.encoding)
    before = ls.session.documents.get(document.uri)
    ls.session.documents.change(document.uri, document.version, edits)
    ls.session.edited(document.uri, before)
    ls.acting.changed(document.uri)
    ls.background.changed(document.uri)


def _close(ls: CodeLlamaServer, document: types.TextDocumentIdentifier) -> None:
    ls.session.closed(document.uri)
    ls.acting.closed(document.uri)


# Files and folders


def did_change_workspace_folders(
    ls: CodeLlamaServer, params: types.DidChangeWorkspaceFoldersParams
) -> None:
    ls.folders = wire.folders_after(ls.folders, params.event)
    if ls.settled:
        ls.session.context.folders(ls.folders)


def did_change_watched_files(
    ls: CodeLlamaServer, params: types.DidChangeWatchedFilesParams
) -> None:
    ls.session.context.touched([change.uri for change in params.changes])


# Ghost text


def inline_completion(
    ls: CodeLlamaServer, params: types.InlineCompletionParams
) -> Awaitable[types.InlineCompletionList | None] | types.InlineCompletionList:
    """Take the snapshot now, at dispatch; what is returned runs as a task."""
    cursor = _cursor(ls, params.text_document.uri, params.position)
    if cursor is None:
        return _NOTHING
    ls.session.summaries.stop()
    context, document = params.context, cursor.document
    chosen = wire.chosen(document, context.selected_completion_info, ls.encoding)
    invoked = context.trigger_kind is types.InlineCompletionTriggerKind.Invoked
    query = Query.at(cursor, invoked=invoked, chosen=chosen)
    offer = complete_inline(ls.session, query)
    return _ghost_text(ls, offer, cursor, chosen, invoked=invoked)


async def _ghost_text(
    ls: CodeLlamaServer,
    offer: Callable[[], Awaitable[Offer | None]],
    cursor: Cursor,
    chosen: Chosen | None,
    *,
    invoked: bool,
) -> types.InlineCompletionList | None:
    try:
        offered = await _offered(ls, offer, invoked=invoked)
    except (EngineError, Superseded):
        return None
    if offered is None or not offered.text:
        return _NOTHING
    return wire.inline_completion_list(cursor, offered.choices, ls.encoding, chosen)


def completion(
    ls: CodeLlamaServer, params: types.CompletionParams
) -> Awaitable[types.CompletionList | None] | types.CompletionList:
    """As above, for the pop-up menu."""
    cursor = _cursor(ls, params.text_document.uri, params.position)
    context = params.context
    character = context.trigger_character if context is not None else None
    if cursor is None or not ls.popup_wanted or not triggers(cursor, character):
        return _NO_ITEM
    ls.session.summaries.stop()
    kind = context.trigger_kind if context is not None else None
    invoked = kind in (None, types.CompletionTriggerKind.Invoked)
    offer = complete_popup(ls.session, cursor, invoked=invoked)
    return _item(ls, offer, cursor)


async def _item(
    ls: CodeLlamaServer, offer: Callable[[], Awaitable[Offer | None]], cursor: Cursor
) -> types.CompletionList | None:
    try:
        offered = await _offered(ls, offer, invoked=False)
    except (EngineError, Superseded):
        return None
    if offered is None or not offered.text:
        return _NO_ITEM
    choice, *_ = offered.choices
    return wire.completion_list(cursor, choice, ls.encoding, ls.item_form)


def _cursor(ls: CodeLlamaServer, uri: str, position: types.Position) -> Cursor | None:
    """Return the place in the snapshot of now, None where nothing is completed."""
    if not wire.completable(uri) or _secret(uri):
        return None
    document = ls.session.documents.get(uri)
    if document is None:
        raise JsonRpcInvalidParams(
            f"{uri} is not open: send textDocument/didOpen first"
        )
    return wire.cursor(document, position, ls.encoding)


def _secret(uri: str) -> bool:
    """Whether the file's path says that it holds secrets: none may enter a prompt."""
    return secret_file(unquote(urlsplit(uri).path))


async def _offered(
    ls: CodeLlamaServer,
    offer: Callable[[], Awaitable[Offer | None]],
    *,
    invoked: bool,
) -> Offer | None:
    """Return what is offered; raises Superseded, and EngineError where the user was told."""
    try:
        with ls.supervision.working():
            offered = await offer()
    except NotAwake as error:
        logger.info("No completion: %s", error)
        if invoked:
            ls.supervision.wake()
        return None
    except EngineError as error:
        ls.supervision.outage(error)
        raise
    if offered is None:
        if invoked and ls.supervision.sleeps:
            ls.supervision.wake()
        return None
    if offered.source not in WITHOUT_ENGINE:  # else it is no sign of one
        ls.supervision.answered()
    if offered.text:
        ls.notices.answers(offered.name, "")
    ls.background.offered(offered)
    return offered


# Hover


def hover(
    ls: CodeLlamaServer, params: types.HoverParams
) -> Awaitable[types.Hover | None] | None:
    """Take the snapshot now, at dispatch; what is returned runs as a task."""
    document = ls.session.documents.get(params.text_document.uri)
    if document is None or not wire.completable(document.uri):
        return None
    return _hovered(ls, wire.cursor(document, params.position, ls.encoding))


async def _hovered(ls: CodeLlamaServer, cursor: Cursor) -> types.Hover | None:
    text = await hover_text(ls.session, cursor)
    if text is None:
        return None
    return wire.hovered(cursor, text, ls.encoding, ls.client_capabilities)


def cursor_moved(ls: CodeLlamaServer, params: types.TextDocumentPositionParams) -> None:
    """Take note of where the cursor is, where an editor tells: see docs/settings.md."""
    document = ls.session.documents.get(params.text_document.uri)
    if document is None or not wire.completable(document.uri):
        return
    cursor = wire.cursor(document, params.position, ls.encoding)
    ls.session.context.look(cursor)
    ls.background.moved(cursor)


def accepted(ls: CodeLlamaServer, offer_id: str) -> None:
    known = ls.session.accepted(offer_id)
    logger.info("Offer %s was accepted%s", offer_id, "" if known else " (not ours)")


# Actions


def code_action(
    ls: CodeLlamaServer, params: types.CodeActionParams
) -> Awaitable[Sequence[types.CodeAction | types.Command]] | list[types.CodeAction]:
    """Take the snapshot now, at dispatch; what is returned runs as a task."""
    uri = params.text_document.uri
    document = ls.session.documents.get(uri)
    if document is None or not wire.completable(uri) or _secret(uri):
        return []
    return ls.acting.offers(document, params)


def resolve_code_action(
    ls: CodeLlamaServer, action: types.CodeAction
) -> Awaitable[types.CodeAction] | types.CodeAction:
    return ls.acting.resolve(action)


def do_action(ls: CodeLlamaServer, wanted: Any) -> Awaitable[dict[str, Any]]:
    """Carry out an action that a menu named, or anybody: docs/actions.md says how."""
    return ls.acting.command(wanted, WORK_DONE_TOKEN.get())


async def show_prompt(ls: CodeLlamaServer, *arguments: Any) -> str | None:
    """Return, and show where the editor can, what was sent for what was shown last.

    There may be an argument, see docs/settings.md. A page is opened in a browser.
    """
    form = wire.page_wanted(arguments)
    told = ls.acting.last or last_trace(ls.session)
    if told is None:
        ls.tell("There was no suggestion yet.", types.MessageType.Info)
        return None
    text = page(told) if form.html else markdown(told)
    window = ls.client_capabilities.window
    if form.show and window is not None and window.show_document is not None:
        file = ls.session.page("prompt.html" if form.html else "prompt.md", text)
        await _ask(
            ls.window_show_document_async(
                types.ShowDocumentParams(
                    uri=file.as_uri(), external=form.html, take_focus=True
                )
            )
        )
    return text


def last_requests(ls: CodeLlamaServer) -> list[dict[str, Any]]:
    """Return what the engine was asked since this was called last, in figures."""
    return [asdict(figures) for figures in ls.session.record.figures()]


# The engine


def free_gpu(ls: CodeLlamaServer) -> bool:
    """Give the memory back that models take on this machine; False where there are none."""
    freed = ls.session.tiers.free()
    if not freed:
        ls.tell("No model of ours is on this machine.", types.MessageType.Info)
    return freed


def restart(ls: CodeLlamaServer) -> Awaitable[None]:
    return ls.supervision.restart()


_METHODS: dict[str, tuple[Any, Any]] = {
    types.INITIALIZE: (initialize, None),
    types.INITIALIZED: (initialized, None),
    types.SHUTDOWN: (shutdown, None),
    types.WORKSPACE_DID_CHANGE_CONFIGURATION: (did_change_configuration, None),
    types.TEXT_DOCUMENT_DID_OPEN: (did_open, None),
    types.TEXT_DOCUMENT_DID_CHANGE: (did_change, None),
    types.TEXT_DOCUMENT_DID_CLOSE: (did_close, None),
    types.TEXT_DOCUMENT_DID_SAVE: (did_save, types.SaveOptions(include_text=False)),
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: (did_change_workspace_folders, None),
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: (did_change_watched_files, None),
    types.NOTEBOOK_DOCUMENT_DID_OPEN: (did_open_notebook, None),
    types.NOTEBOOK_DOCUMENT_DID_CHANGE: (did_change_notebook, None),
    types.NOTEBOOK_DOCUMENT_DID_CLOSE: (did_close_notebook, None),
    types.TEXT_DOCUMENT_INLINE_COMPLETION: (
        inline_completion,
        types.InlineCompletionOptions(),
    ),
    types.TEXT_DOCUMENT_HOVER: (hover, None),
    types.TEXT_DOCUMENT_CODE_ACTION: (
        code_action,
        types.CodeActionOptions(
            code_action_kinds=wire.ACTION_KINDS,
            resolve_provider=True,
            work_done_progress=False,
        ),
    ),
    types.CODE_ACTION_RESOLVE: (resolve_code_action, None),
    CURSOR_MOVED: (cursor_moved, None),
}

_COMMANDS: dict[str, Any] = {
    wire.ACCEPTED: accepted,
    wire.ACTION: do_action,
    "codellama.freeGpu": free_gpu,
    "codellama.lastRequests": last_requests,
    "codellama.restart": restart,
    "codellama.showPrompt": show_prompt,
}
