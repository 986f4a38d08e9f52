"""The few places where pygls falls short, each override with the fault it mends.

Handlers are registered as with pygls (``@server.feature``), with one difference: a
*plain* function may return an awaitable. What it does before it returns runs at
dispatch, before the next message is looked at; the awaitable then runs as a task whose
end is the answer. Methods that LSP does not know get their ``params`` as plain JSON.
"""

import asyncio
import contextvars
import inspect
import json
import logging
from collections.abc import Callable, Generator
from concurrent.futures import Future
from functools import partial
from typing import Any

from cattrs import Converter
from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInternalError,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcParseError,
    JsonRpcRequestCancelled,
    JsonRpcServerNotInitialized,
)
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from lsp_server.failures import log_failure, log_if_failed
from lsp_server.faults import answerable, client_error
from lsp_server.parameters import complaint, exact_converter, structured

logger = logging.getLogger(__name__)

# pygls logs whole messages, user code among them, at INFO; DEBUG has them from here.
logging.getLogger("pygls").setLevel(logging.WARNING)

MessageId = str | int

WORK_DONE_TOKEN: contextvars.ContextVar[str | int | None] = contextvars.ContextVar(
    "work_done_token", default=None
)
"""The token by which the client wants to be shown how far the command is that runs."""


class Server(LanguageServer):
    """pygls' server with our protocol: feature, command, notify and the rest."""

    protocol: "Protocol"

    def __init__(self, name: str, version: str, **options: Any) -> None:
        options.setdefault("converter_factory", exact_converter)
        super().__init__(name, version, protocol_cls=Protocol, **options)


class Protocol(LanguageServerProtocol):
    """Exactly one answer for each request, from the first byte to the last.

    ``end`` (an ``exit``, a vanished editor, a signal) sets ``ended``; the transport
    waits for it and calls ``close``. Only the event loop may call in here.
    """

    def __init__(self, server: Server, converter: Converter) -> None:
        super().__init__(server, converter)
        self.initialized = asyncio.Event()
        self.ended = asyncio.Event()
        self.exit_code = 0
        # pygls keeps the client's requests and ours in one table, so that an answer or
        # a cancellation of one could hit the other; `_request_futures` is ours alone.
        self._running: dict[MessageId, asyncio.Future[Any]] = {}
        self._tasks: set[asyncio.Future[Any]] = set()

    @property
    def json(self) -> Converter:
        """Between JSON and LSP's types."""
        return self._converter

    def receive(self, body: bytes) -> None:
        """Handle one message; never raises.

        pygls leaves what is not JSON without an answer, and takes every nested object
        with a "jsonrpc" key for a message.
        """
        logger.debug("received %s", body)
        try:
            message = _decode(body.decode())
        except (ValueError, RecursionError) as error:
            logger.warning("dropped a message that is not JSON")
            logger.debug("why it is not JSON", exc_info=error)
            self._send_error(None, JsonRpcParseError())
            return
        self.handle_message(message)

    def end(self, exit_code: int | None = None) -> None:
        """Ask the transport to stop; the first call decides the exit code.

        Without one it is the protocol's: 0 after ``shutdown``, else 1.
        """
        if not self.ended.is_set():
            by_protocol = 0 if self._shutdown else 1
            self.exit_code = by_protocol if exit_code is None else exit_code
            self.ended.set()

    async def close(self, patience_s: float) -> None:
        """Answer what still runs and cancel it; give it so long to tidy up."""
        self._cancel_running()
        for future in list(self._request_futures.values()):
            future.cancel()
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            _, stuck = await asyncio.wait(tasks, timeout=patience_s)
            if stuck:
                logger.error("%d tasks ignored their cancellation", len(stuck))

    # What comes in

    def handle_message(self, message: Any) -> None:
        """Tell requests, notifications and answers apart.

        pygls drops what fits none of them, and everything after ``shutdown``.
        """
        if not isinstance(message, dict):
            self._refuse(None, JsonRpcInvalidRequest("a message is a JSON object"))
            return
        method, msg_id = message.get("method"), message.get("id")
        if method is None and ("result" in message or "error" in message):
            self._handle_reply(message)
        elif "id" in message and not _is_id(msg_id):
            error = JsonRpcInvalidRequest("an id is a string or an integer")
            self._refuse(None, error)
        elif message.get("jsonrpc") != self.VERSION or not isinstance(method, str):
            error = JsonRpcInvalidRequest('a message has "jsonrpc": "2.0" and a method')
            self._refuse(msg_id, error)
        else:
            # The handler's context variables are its own.
            context = contextvars.copy_context()
            if msg_id is None:
                context.run(self._handle_notification, method, message.get("params"))
            else:
                context.run(self._handle_request, msg_id, method, message.get("params"))

    def _handle_request(self, msg_id: MessageId, method_name: str, params: Any) -> None:
        """Check, run the synchronous part, leave the rest to a task.

        pygls does not refuse what comes too early or too late, and sends tracebacks.
        """
        self._ctx_msg_id.set(msg_id)
        try:
            self._check_request(msg_id, method_name)
            handler = self._get_handler(method_name)
            result = _call(handler, structured(self._converter, method_name, params))
        except Exception as error:  # noqa: BLE001 - a request is answered, come what may
            self._refuse(msg_id, answerable(method_name, error))
            return
        if not inspect.isawaitable(result):
            self._send_result(msg_id, result)
            return
        task = self._running[msg_id] = self.own(result)
        task.add_done_callback(partial(self._answer, msg_id, method_name))

    def _handle_notification(self, method_name: str, params: Any) -> None:
        """Run what is known and in its time; drop and log the rest.

        pygls shows each failure to the user, and ends with ``sys.exit`` inside a handler.
        """
        if method_name == types.EXIT:
            self.end()
            return
        if not self.initialized.is_set() or self._shutdown or _is_request(method_name):
            logger.warning("dropped the notification %.80r", method_name)
            return
        if method_name == types.CANCEL_REQUEST:
            self._handle_cancel_notification(
                params.get("id") if isinstance(params, dict) else None
            )
            return
        try:
            handler = self._get_handler(method_name)
            result = _call(handler, structured(self._converter, method_name, params))
        except JsonRpcMethodNotFound:
            logger.debug("ignored the notification %.80r", method_name)
        except JsonRpcException as error:
            logger.warning("dropped %s: %s", method_name, error.message)
        except Exception as error:  # noqa: BLE001 - a notification fails alone
            log_failure(method_name, error)
        else:
            if inspect.isawaitable(result):
                task = self.own(result)
                task.add_done_callback(partial(log_if_failed, method_name))

    def _handle_cancel_notification(self, msg_id: Any) -> None:
        """Answer at once; the task may take its time to end.

        pygls answers only when the task has ended, which may wait for a shielded
        generation.
        """
        task = self._running.pop(msg_id, None) if _is_id(msg_id) else None
        if task is not None:
            self._send_error(msg_id, JsonRpcRequestCancelled())
            task.cancel()

    def _handle_reply(self, message: dict[str, Any]) -> None:
        """Hand the client's answer to whoever asked.

        In pygls a result of the wrong shape is lost and its waiter waits for ever, and
        an answer that comes after its waiter gave up is an InvalidStateError.
        """
        msg_id: Any = message.get("id") if _is_id(message.get("id")) else None
        future = self._request_futures.pop(msg_id, None)
        kind = self._result_types.pop(msg_id, None)
        if future is None or future.done():
            logger.debug("ignored an answer that nobody waits for: %r", msg_id)
            return
        if message.get("error") is not None:
            error = client_error(message["error"])
            logger.warning("the client answered with error %s", error.code)
            future.set_exception(error)
            return
        result = message.get("result")
        try:
            if kind is not None:
                reply = {"jsonrpc": self.VERSION, "id": msg_id, "result": result}
                result = self._converter.structure(reply, kind).result
        except Exception as problem:  # noqa: BLE001 - cattrs raises whatever it meets
            logger.warning("the client's answer does not have the shape of one")
            future.set_exception(JsonRpcInternalError(complaint(problem, "answer")))
        else:
            future.set_result(result)

    def _check_request(self, msg_id: MessageId, method: str) -> None:
        if self._shutdown:
            raise JsonRpcInvalidRequest("the server is shutting down")
        if method == types.INITIALIZE:
            if self.initialized.is_set():
                raise JsonRpcInvalidRequest("the server is initialized already")
        elif not self.initialized.is_set():
            raise JsonRpcServerNotInitialized("the server is not initialized yet")
        if msg_id in self._running:
            raise JsonRpcInvalidRequest("a request with this id is still running")
        if method in types.METHOD_TO_TYPES and not _is_request(method):
            raise JsonRpcInvalidRequest("a notification with an id")

    def _get_handler(self, feature_name: str) -> Callable[..., Any]:
        handler = self.fm.builtin_features.get(feature_name)
        handler = handler or self.fm.features.get(feature_name)
        if handler is None:
            raise JsonRpcMethodNotFound.of(feature_name[:80])
        found: Callable[..., Any] = handler
        return found

    # What runs

    def own(self, awaitable: Any) -> asyncio.Future[Any]:
        """Run it as a task that ends with the connection, at the latest."""
        task: asyncio.Future[Any] = asyncio.ensure_future(awaitable)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _answer(
        self, msg_id: MessageId, method: str, task: asyncio.Future[Any]
    ) -> None:
        if self._running.get(msg_id) is not task:  # answered when it was cancelled
            log_if_failed(method, task)
            return
        del self._running[msg_id]
        if task.cancelled():
            self._send_error(msg_id, JsonRpcRequestCancelled())
        elif (error := task.exception()) is not None:
            self._refuse(msg_id, answerable(method, error))
        else:
            self._send_result(msg_id, task.result())

    def _cancel_running(self) -> None:
        for msg_id in list(self._running):
            self._handle_cancel_notification(msg_id)

    # What goes out

    def _send_result(self, msg_id: MessageId, result: Any) -> None:
        """Send a result; one that is not JSON becomes an InternalError.

        pygls logs that fault and leaves the request without an answer.
        """
        try:
            self._send_data({"jsonrpc": "2.0", "id": msg_id, "result": result})
        except (TypeError, ValueError, AttributeError, RecursionError) as problem:
            self._send_error(msg_id, answerable("the answer", problem))

    def _refuse(self, msg_id: MessageId | None, error: JsonRpcException) -> None:
        logger.info("answered %r with error %s", msg_id, error.code)
        self._send_error(msg_id, error)

    def _send_error(self, msg_id: MessageId | None, error: JsonRpcException) -> None:
        body = {"code": error.code, "message": error.message}
        if error.data is not None:
            body["data"] = error.data
        self._send_data({"jsonrpc": "2.0", "id": msg_id, "error": body})

    def _send_data(self, data: Any) -> None:
        """Write a message in one piece.

        pygls logs the body at INFO, writes NaN (which is not JSON), and reports an
        unwritable message to the user instead of to the caller.
        """
        text = json.dumps(data, default=self._serialize_message, allow_nan=False)
        logger.debug("sent %s", text)
        if self.writer is not None:  # json.dumps writes ASCII: characters are bytes
            self.writer.write(f"Content-Length: {len(text)}\r\n\r\n{text}".encode())

    def send_request(
        self,
        method: str,
        params: Any | None = None,
        callback: Callable[[Any], None] | None = None,
        msg_id: MessageId | None = None,
    ) -> Future[Any]:
        """Ask the client; ``callback`` gets a result, not a refusal.

        pygls lets a refusal raise inside the callback's wrapper.
        """
        future: Future[Any] = super().send_request(method, params, None, msg_id)
        if callback is not None:
            future.add_done_callback(partial(_deliver, callback))
        return future

    # pygls' own handlers

    def _register_builtin_features(self) -> None:
        """Without text and notebook sync, and without ``exit``.

        pygls' Workspace counts U+2028 and others as line ends and takes 10 ms for each
        change of 50,000 lines; its ``exit`` raises SystemExit in the event loop.
        """
        super()._register_builtin_features()  # type: ignore[no-untyped-call]  # pygls
        for method in _NOT_PYGLS:
            del self.fm.builtin_features[method]

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(
        self, params: types.InitializeParams
    ) -> Generator[Any, Any, types.InitializeResult]:
        """Remember that it succeeded: pygls has no state before ``initialize``.

        Announce progress of commands, and no options of code actions to a client that
        knows none: pygls does neither.
        """
        result = yield from super().lsp_initialize(params)
        self.initialized.set()
        told = result.capabilities
        if told.execute_command_provider is not None:
            told.execute_command_provider.work_done_progress = True
        text = params.capabilities.text_document
        action = text.code_action if text else None
        if told.code_action_provider and not (
            action and action.code_action_literal_support
        ):
            told.code_action_provider = True
        return result

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    def lsp_workspace__execute_command(
        self, params: types.ExecuteCommandParams
    ) -> Generator[Any, Any, Any]:
        """Keep the client's progress token: pygls hands on the arguments only."""
        WORK_DONE_TOKEN.set(params.work_done_token)
        return (yield from super().lsp_workspace__execute_command(params))

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Generator[Any, Any, None]:
        """Refuse what follows from now on; pygls does so after the user's handler."""
        self._shutdown = True
        self._cancel_running()
        yield from super().lsp_shutdown(*args)


_NOT_PYGLS = (
    types.EXIT,
    types.TEXT_DOCUMENT_DID_OPEN,
    types.TEXT_DOCUMENT_DID_CHANGE,
    types.TEXT_DOCUMENT_DID_CLOSE,
    types.NOTEBOOK_DOCUMENT_DID_OPEN,
    types.NOTEBOOK_DOCUMENT_DID_CHANGE,
    types.NOTEBOOK_DOCUMENT_DID_CLOSE,
)


def _call(handler: Callable[..., Any], *args: Any) -> Any:
    """Return the result of a handler, or an awaitable of it.

    pygls' own handlers are generators that yield the user's handler; pygls starts what
    is ``async`` one turn of the loop later, when a socket's next message has been seen.
    """
    result = handler(*args)
    return _drive(result, None) if inspect.isgenerator(result) else result


def _drive(steps: Generator[Any, Any, Any], value: Any) -> Any:
    try:
        while True:
            handler, args, options = steps.send(value)
            value = handler(*args, **(options or {}))
            if inspect.isawaitable(value):
                return _drive_later(steps, value)
    except StopIteration as stop:
        return stop.value


async def _drive_later(steps: Generator[Any, Any, Any], awaitable: Any) -> Any:
    result = _drive(steps, await awaitable)
    return await result if inspect.isawaitable(result) else result


def _is_id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _is_request(method: str) -> bool:
    return types.METHOD_TO_TYPES.get(method, (None, None))[1] is not None


def _not_json(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_decode = json.JSONDecoder(parse_constant=_not_json).decode


def _deliver(callback: Callable[[Any], None], future: Future[Any]) -> None:
    if not future.cancelled() and future.exception() is None:
        callback(future.result())
