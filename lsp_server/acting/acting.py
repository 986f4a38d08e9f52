"""The requests about code actions: the menu, what was chosen, and the command."""

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from typing import Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp_server import wire
from lsp_server.acting.done import Done
from lsp_server.acting.performing import Performing
from lsp_server.actions.audit import Outcome
from lsp_server.actions.catalogue import Name
from lsp_server.actions.place import on_disk
from lsp_server.explain import Talk
from lsp_server.features.code_action import code_action
from lsp_server.notices import Notices
from lsp_server.progress import Token
from lsp_server.protocol import Server
from lsp_server.session import Session
from lsp_server.supervision import Supervision
from lsp_server.telling import Tell
from retrieval.source import Document

T = TypeVar("T")


class Acting:
    """Offers actions, and carries out those that are chosen."""

    def __init__(
        self,
        server: Server,
        session: Session,
        supervision: Supervision,
        notices: Notices,
        tell: Tell,
    ) -> None:
        self._server = server
        self._session = session
        self._tell = tell
        self._performing = Performing(server, session, supervision, notices, tell)
        self.changed = self._performing.changed
        self.closed = self._performing.closed
        self.begin = self._performing.tidy
        self.close = self._performing.close
        self.meet = self._performing.delivery.meet

    @property
    def last(self) -> Talk | None:
        """What was sent for the last action, None where a suggestion came after it."""
        last = self._performing.last
        if last is None or last.offer is not self._session.record.last_offer:
            return None
        return last.talk

    async def offers(
        self, document: Document, params: types.CodeActionParams
    ) -> Sequence[types.CodeAction | types.Command]:
        """Return the menu for a range of this snapshot."""
        context, delivery = params.context, self._performing.delivery
        able, encoding = delivery.able, delivery.encoding
        place = wire.places(document, params.range, encoding)
        findings = wire.findings(document, context.diagnostics, encoding)
        known = dict(zip(findings, context.diagnostics, strict=True))
        offers = await code_action(
            self._session, document, place, findings, asked=wire.asked_for(context)
        )
        self._performing.offered(document)
        menu = []
        for offer in offers:
            action = offer.action
            if action.name is Name.TESTS and not on_disk(document.uri):
                continue
            if wire.is_wanted(action.kind, context.only) and wire.offerable(
                offer, able
            ):
                about = findings if action.name is Name.EXPLAIN else offer.findings
                wanted = wire.Wanted(
                    name=action.name,
                    uri=document.uri,
                    version=document.version,
                    range=params.range,
                    diagnostics=tuple(known[one] for one in about),
                    words="",
                )
                menu.append(
                    wire.code_action(offer, wanted, able, self._server.protocol.json)
                )
        return menu

    def resolve(
        self, action: types.CodeAction
    ) -> Awaitable[types.CodeAction] | types.CodeAction:
        """Return the action with its edit; without one where there is none, which is told.

        To be called when the request is dispatched. Raises JsonRpcInvalidParams.
        """
        if action.data is None:
            return action
        wanted = wire.wanted_by(action.data, self._server.protocol.json)
        work = self._performing.begin(wanted, None)
        return _answering(work, self._resolved(action, work))

    def command(self, data: Any, token: Token | None) -> Awaitable[dict[str, Any]]:
        """Carry out an action, and put its edit in; return what came of it.

        To be called when the request is dispatched. Raises JsonRpcInvalidParams.
        """
        wanted = wire.wanted_by(data, self._server.protocol.json)
        work = self._performing.begin(wanted, token)
        return _answering(work, self._commanded(work))

    async def _resolved(
        self, action: types.CodeAction, work: "asyncio.Future[Done]"
    ) -> types.CodeAction:
        done = await _ended(work)
        action.edit = done.edit
        return action

    async def _commanded(self, work: "asyncio.Future[Done]") -> dict[str, Any]:
        done = await _ended(work)
        told: dict[str, Any] = {"outcome": done.ended.value, "applied": False}
        if done.message:
            told["message"] = done.message
        if done.text:
            told["text"] = done.text
        if done.page:
            told["uri"] = done.page
        if done.edit is None:
            return told
        if not self._performing.delivery.able.applies:
            return told | {"edit": self._server.protocol.json.unstructure(done.edit)}
        applied = await self._applied(done.edit)
        if applied:
            self._performing.accepted(done)
        return told | {"applied": applied}

    async def _applied(self, edit: types.WorkspaceEdit) -> bool:
        params = types.ApplyWorkspaceEditParams(edit=edit, label="Code Llama")
        try:
            answer = await self._server.workspace_apply_edit_async(params)
        except JsonRpcException as error:
            self._not_applied(error.message)
            return False
        if not answer.applied and answer.failure_reason:
            self._not_applied(answer.failure_reason)
        return answer.applied

    def _not_applied(self, why: str) -> None:
        message = f"Code Llama: your editor did not put the edit in: {why}"
        self._tell(message, types.MessageType.Warning)


def _answering(
    work: "asyncio.Future[Done]", answer: Coroutine[Any, Any, T]
) -> asyncio.Task[T]:
    """Have the work end with its answer: also one that is cancelled before it is begun."""
    task = asyncio.create_task(answer)
    task.add_done_callback(lambda _: work.cancel())
    return task


async def _ended(work: "asyncio.Future[Done]") -> Done:
    """Wait for the end; that the work alone was cancelled (the button) is an outcome."""
    try:
        await asyncio.wait({work})
    except asyncio.CancelledError:
        work.cancel()
        await asyncio.wait({work})
        raise
    return Done(ended=Outcome.CANCELLED) if work.cancelled() else work.result()
