"""A tokenizer's questions to an endpoint: plain HTTP that blocks, for a thread."""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from http import HTTPStatus
from urllib.parse import urlsplit

import msgspec

from lsp_server.engine.base import EngineDown, EngineError
from lsp_server.engine.remote.answer import Answer
from lsp_server.engine.remote.failures import (
    broken,
    down,
    no_server,
    reason,
    untrusted,
)
from lsp_server.engine.remote.models import Served, served
from lsp_server.engine.remote.settings import (
    RemoteSettings,
    address,
    headers,
    trust,
)

_SECONDS = 10.0
"""For a whole answer, from the connection to its last byte."""
_MOST_BYTES = 2**25
"""Of an answer. The ids and pieces of 200,000 characters take 4 MB at most."""


class _Tokens(msgspec.Struct):
    tokens: list[int]
    token_strs: list[str] | None = None


class Asking:
    """One connection that is kept open, and one question at a time on it.

    Its methods block, may be called from any thread, and raise EngineError. Nobody waits
    for longer than ``seconds``, nor after :meth:`close`: a thread of its own, which holds
    up no exit, has the network, where a look-up of a name cannot be broken off.
    """

    def __init__(self, settings: RemoteSettings, seconds: float = _SECONDS) -> None:
        self._settings = settings
        self._where = address(settings)
        self._seconds = seconds
        self._lock = threading.Lock()
        self._connection: http.client.HTTPConnection | None = None
        self._model = ""
        self._guard = threading.Lock()
        self._closed = False
        self._running: Future[Answer] | None = None

    def served(self) -> Served:
        """Return the model that the settings mean."""
        answer = self._answer("GET", f"{self._where.v1}/models", None)
        body = answer.json(self._where, self._settings)
        found = served(body, self._where, self._settings)
        self._model = found.name
        return found

    def tokens(self, text: str) -> list[tuple[int, str]]:
        """Return ids and pieces of ``text``, no special one added."""
        body = msgspec.json.encode(
            {
                "model": self._model or self.served().name,
                "prompt": text,
                "add_special_tokens": False,
                "return_token_strs": True,
            }
        )
        answer = self._answer("POST", f"{self._where.root}/tokenize", body)
        if answer.status == HTTPStatus.NOT_FOUND:
            raise EngineError(
                f"{self._where.root} has no /tokenize. Download the model's tokenizer.json "
                "and config.json, and name their folder as the model."
            )
        try:
            found = msgspec.json.decode(
                answer.json(self._where, self._settings), type=_Tokens
            )
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise no_server(self._where, "with something else than tokens") from error
        if found.token_strs is None or len(found.token_strs) != len(found.tokens):
            raise no_server(self._where, "it does not tell the pieces of tokens")
        return [*zip(found.tokens, found.token_strs, strict=True)]

    def close(self) -> None:
        """End the question that runs, and refuse all others; waits for nothing."""
        with self._guard:
            self._closed = True
            running = self._running
        if running is not None:
            with contextlib.suppress(InvalidStateError):
                running.set_exception(_closed())
        self._drop()

    def _answer(self, method: str, url: str, body: bytes | None) -> Answer:
        """Ask; again, once, where an old connection turns out to be closed."""
        with self._lock:
            answer = Future[Answer]()
            with self._guard:
                if self._closed:
                    raise _closed()
                self._running = answer
            threading.Thread(
                target=_settle,
                args=(answer, lambda: self._asked(answer, method, url, body)),
                name="asking",
                daemon=True,
            ).start()
            try:
                return answer.result(self._seconds)
            except BaseException as error:
                with contextlib.suppress(InvalidStateError):
                    answer.set_exception(_closed())  # whoever comes late is to go
                self._drop()
                if isinstance(error, EngineError) or not isinstance(error, Exception):
                    raise
                raise self._failure(error) from error

    def _failure(self, error: Exception) -> EngineError:
        match error:
            case ssl.SSLError():
                return untrusted(error, self._where)
            case TimeoutError():
                return down(self._where, "does not answer.")
            case ConnectionError() if not isinstance(error, ConnectionRefusedError):
                return down(self._where, broken(self._where))
            case OSError():
                return down(self._where, f"cannot be reached{reason(error)}.")
            case http.client.HTTPException():
                return no_server(self._where, "with something that is not HTTP")
            case _:
                raise error

    def _asked(
        self, answer: Future[Answer], method: str, url: str, body: bytes | None
    ) -> Answer:
        if self._connection is not None and self._connection.sock is not None:
            try:
                return self._exchange(self._connection, method, url, body)
            except (ConnectionError, http.client.BadStatusLine):
                self._drop()
        connection = self._connection = self._opened()
        connection.auto_open = 0  # one that was dropped stays closed
        connection.connect()
        if answer.done():  # nobody waits any more
            connection.close()
            raise _closed()
        return self._exchange(connection, method, url, body)

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        url: str,
        body: bytes | None,
    ) -> Answer:
        # A proxy for http is told the whole address; the others only the path.
        whole = self._where.proxy is not None and not self._where.secure
        target = url if whole else urlsplit(url).path
        connection.request(method, target, body, headers(self._settings))
        with contextlib.closing(connection.getresponse()) as response:
            kind = response.headers.get_content_type()
            location = response.headers.get("Location", "")
            content = response.read(_MOST_BYTES)
            if not response.isclosed() and response.read(1):
                raise no_server(self._where, "without an end")
        return Answer(response.status, kind, content, location)

    def _opened(self) -> http.client.HTTPConnection:
        server = urlsplit(self._where.v1)
        to = urlsplit(self._where.proxy) if self._where.proxy is not None else server
        host, port = to.hostname or "", to.port
        tls = trust(self._where, self._settings)
        if tls is None:
            return http.client.HTTPConnection(host, port, timeout=self._seconds)
        connection = http.client.HTTPSConnection(
            host, port, timeout=self._seconds, context=tls
        )
        if to is not server:
            connection.set_tunnel(server.hostname or "", server.port)
        return connection

    def _drop(self) -> None:
        """Close the connection; whoever reads from it is woken, and finds its end."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        sock: socket.socket | None = connection.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                # Not TLS's own shutdown, which would wait for the other side.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        connection.close()


class Questions:
    """What a session asks all endpoints: it ends together."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._asking: list[Asking] = []
        self._closed = False

    def to(self, settings: RemoteSettings) -> Asking:
        """Return a connection to an endpoint; raises EngineError for what is none."""
        asking = Asking(settings)
        with self._guard:
            self._asking.append(asking)
            closed = self._closed
        if closed:
            asking.close()
        return asking

    def close(self) -> None:
        """End what is asked, and refuse what would be; waits for nothing."""
        with self._guard:
            self._closed = True
            asking = self._asking[:]
        for one in asking:
            one.close()


def _settle(answer: Future[Answer], ask: Callable[[], Answer]) -> None:
    """Make ``answer`` what ``ask`` returns or raises, unless nobody waits any more."""
    with contextlib.suppress(InvalidStateError):
        try:
            found = ask()
        except Exception as error:  # noqa: BLE001 - raised again, for who waits
            answer.set_exception(error)
        else:
            answer.set_result(found)


def _closed() -> EngineDown:
    return EngineDown("The engine was closed.")
