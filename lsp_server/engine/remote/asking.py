"""A tokenizer's questions to an endpoint: plain HTTP that blocks, for a thread."""

import http.client
import ssl
import threading
from http import HTTPStatus
from urllib.parse import urlsplit

import msgspec

from lsp_server.engine.base import EngineError
from lsp_server.engine.remote.answer import Answer
from lsp_server.engine.remote.failures import down, no_server, untrusted
from lsp_server.engine.remote.models import Served, served
from lsp_server.engine.remote.settings import (
    RemoteSettings,
    address,
    headers,
    trust,
)

_SECONDS = 10.0


class _Tokens(msgspec.Struct):
    tokens: list[int]
    token_strs: list[str] | None = None


class Asking:
    """One connection that is kept open, and one question at a time on it.

    Its methods block, may be called from any thread, and raise EngineError.
    """

    def __init__(self, settings: RemoteSettings, seconds: float = _SECONDS) -> None:
        self._settings = settings
        self._where = address(settings)
        self._seconds = seconds
        self._lock = threading.Lock()
        self._connection: http.client.HTTPConnection | None = None
        self._model = ""

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
        """Close the connection; the next question opens another."""
        with self._lock:
            self._drop()

    def _answer(self, method: str, url: str, body: bytes | None) -> Answer:
        """Ask; again, once, where an old connection turns out to be closed."""
        with self._lock:
            try:
                if self._connection is not None:
                    try:
                        return self._exchange(self._connection, method, url, body)
                    except (ConnectionError, http.client.BadStatusLine):
                        self._drop()
                self._connection = self._opened()
                return self._exchange(self._connection, method, url, body)
            except ssl.SSLError as error:
                self._drop()
                raise untrusted(error, self._where) from error
            except TimeoutError as error:
                self._drop()
                raise down(self._where, "does not answer.") from error
            except OSError as error:
                self._drop()
                why = error.strerror or "no reason given"
                raise down(self._where, f"cannot be reached: {why}.") from error
            except http.client.HTTPException as error:
                self._drop()
                raise no_server(
                    self._where, "with something that is not HTTP"
                ) from error

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
        response = connection.getresponse()
        kind = response.headers.get_content_type()
        location = response.headers.get("Location", "")
        return Answer(response.status, kind, response.read(), location)

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
        if self._connection is not None:
            self._connection.close()
            self._connection = None
