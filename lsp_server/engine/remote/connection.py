"""HTTP to one endpoint: what is sent, what is sent again, and when it is left."""

import asyncio
import importlib
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from lsp_server.engine.base import EngineDown, EngineError
from lsp_server.engine.remote.answer import OK, Answer
from lsp_server.engine.remote.failures import failure, no_server, refusal
from lsp_server.engine.remote.settings import (
    Address,
    RemoteSettings,
    address,
    headers,
    trust,
)

if TYPE_CHECKING:  # 0.3 s to import: whoever has no endpoint does without
    import aiohttp

logger = logging.getLogger(__name__)

_CONNECT_SECONDS = 4.0
_SILENCE_SECONDS = 120.0
"""Between two parts of an answer: a prompt of 100,000 tokens behind others takes that."""
_PAUSES_SECONDS = (0.05, 0.3)
"""Before a request is sent the second and the third time, which is the last."""
_LONGEST_PAUSE_SECONDS = 2.0
"""What a server may ask for with Retry-After; later nobody waits for the answer."""
_LATER = frozenset({429, 502, 503})
_IDLE_SECONDS = 60.0
"""How long an unused connection is kept here; vllm serve closes it after 5 s."""
_MOST_BYTES = 2**22
"""Of an answer that is read whole: a page of somebody else has no end, perhaps."""


@dataclass(slots=True)
class Used:
    """Whether a request opened its connection: an old one may be closed unnoticed."""

    opened: bool = False


class Connection:
    """A pool of HTTP/1.1 connections to one endpoint, bound to one event loop.

    Its methods raise EngineError, in words for the user, and nothing of aiohttp's.
    """

    def __init__(self, settings: RemoteSettings) -> None:
        self.settings = settings
        self.where: Address = address(settings)
        self._proxy = self.where.proxy
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Prepare; nothing is sent yet."""
        aiohttp = await asyncio.to_thread(importlib.import_module, "aiohttp")
        tls = await asyncio.to_thread(trust, self.where, self.settings)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                ssl=True if tls is None else tls,
                limit=0,
                keepalive_timeout=_IDLE_SECONDS,
            ),
            headers=headers(self.settings),
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=_CONNECT_SECONDS, sock_read=_SILENCE_SECONDS
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            trace_configs=[_traced(aiohttp)],
        )

    async def close(self) -> None:
        """Break off all that runs; may be called twice."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def ask(self, url: str, seconds: float, body: bytes | None = None) -> Answer:
        """Return the whole answer, whatever its status: a POST where there is a body."""
        try:
            async with asyncio.timeout(seconds):
                response = await self._sent(url, body, Used())
                content = await _whole(response)
        except EngineError:
            raise
        except Exception as error:
            raise self._failure(error) from error
        location = response.headers.get("Location", "")
        return Answer(response.status, response.content_type, content, location)

    async def stream(self, url: str, body: bytes, used: Used) -> AsyncGenerator[bytes]:
        """Yield b"" when the answer begins, then its parts as they come.

        It is sent again only where nothing came. Closing the generator before its end
        closes the connection: that is how the server learns that nobody wants the rest.
        """
        response = await self._accepted(url, body, used)
        try:
            yield b""
            async for part in response.content.iter_any():
                yield part
        except Exception as error:
            raise self._failure(error) from error
        finally:
            _leave(response)

    async def _accepted(
        self, url: str, body: bytes, used: Used
    ) -> "aiohttp.ClientResponse":
        for pause in (*_PAUSES_SECONDS, None):
            try:
                response = await self._sent(url, body, used)
            except Exception as error:
                if pause is None or not _may_help(error, used):
                    raise self._failure(error) from error
                wait = pause
            else:
                if response.status == OK:
                    if response.content_type != "text/event-stream":
                        _leave(response)
                        raise no_server(self.where, f"with {response.content_type}")
                    return response
                wait = await self._wait_asked_for(response, pause)
            logger.debug("%s is asked again in %g s", self.where.v1, wait)
            await asyncio.sleep(wait)
        raise AssertionError  # the last round returns or raises

    async def _wait_asked_for(
        self, response: "aiohttp.ClientResponse", pause: float | None
    ) -> float:
        """Return the seconds to wait before asking again; raises EngineError for never."""
        try:
            body = await _whole(response)
        except Exception as error:
            raise self._failure(error) from error
        later = _seconds(response.headers.get("Retry-After"), pause)
        if pause is not None and response.status in _LATER and later is not None:
            return max(later, pause)
        location = response.headers.get("Location", "")
        raise refusal(response.status, body, self.where, self.settings, location)

    async def _sent(
        self, url: str, body: bytes | None, used: Used
    ) -> "aiohttp.ClientResponse":
        if self._session is None:
            raise EngineDown("The engine is not running.")
        used.opened = False
        return await self._session.request(
            "GET" if body is None else "POST",
            url,
            data=body,
            allow_redirects=False,  # the key is for this server, and for no other
            proxy=self._proxy,
            trace_request_ctx=used,
        )

    def _failure(self, error: Exception) -> EngineError:
        if isinstance(error, EngineError):
            return error
        if self._session is None:
            return EngineDown("The engine was closed.")
        return failure(error, self.where)


async def _whole(response: "aiohttp.ClientResponse") -> bytes:
    """Return the content, or the beginning of an endless one."""
    content = b""
    try:
        while len(content) < _MOST_BYTES and not response.content.at_eof():
            content += await response.content.read(_MOST_BYTES)
    finally:
        _leave(response)
    return content


def _leave(response: "aiohttp.ClientResponse") -> None:
    """Give the connection back where all was read, else close it at once."""
    if response.content.at_eof():
        response.release()
    else:
        response.close()


def _may_help(error: Exception, used: Used) -> bool:
    """Whether to send again: refused, or an old connection that the server had closed."""
    import aiohttp  # noqa: PLC0415 - it is loaded by now

    if isinstance(error, aiohttp.ClientConnectorError):
        return isinstance(error.os_error, ConnectionRefusedError)
    old = not used.opened
    return old and isinstance(error, aiohttp.ServerDisconnectedError | ConnectionError)


def _seconds(retry_after: str | None, otherwise: float | None) -> float | None:
    """Return what a Retry-After asks for, None where it is too long, or a date."""
    if retry_after is None:
        return otherwise
    if not retry_after.isdecimal() or int(retry_after) > _LONGEST_PAUSE_SECONDS:
        return None
    return float(retry_after)


def _traced(aiohttp: Any) -> Any:
    """Return what notes in a request's ``Used`` that its connection is a new one."""

    async def opened(_: object, context: SimpleNamespace, __: object) -> None:
        context.trace_request_ctx.opened = True

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(opened)
    return trace
