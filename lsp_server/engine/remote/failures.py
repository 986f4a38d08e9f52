"""What goes wrong with an endpoint, in words for the user."""

import os
import re
import socket
from http import HTTPStatus

import msgspec

from lsp_server.engine.base import EngineDown, EngineError, RequestRefused
from lsp_server.engine.remote.settings import Address, RemoteSettings

_LONGEST = 300
"""Characters of a server's own words: some repeat the whole request."""


class _Message(msgspec.Struct):
    message: str = ""


class _Body(msgspec.Struct):
    """OpenAI's form, the one of FastAPI, and a bare text, as different servers answer."""

    error: _Message | str | None = None
    detail: str | None = None
    message: str | None = None


def said(body: bytes, settings: RemoteSettings) -> str:
    """Return a server's own words, cut and in one line, the key never among them."""
    try:
        parsed = msgspec.json.decode(body, type=_Body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    error = parsed.error
    words = error.message if isinstance(error, _Message) else error
    words = words or parsed.detail or parsed.message or ""
    if settings.api_key is not None:
        words = words.replace(settings.api_key, "***")
    return tidy(words)


def tidy(words: str) -> str:
    """Return foreign words in one line, and not too many."""
    words = re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", words).strip()
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def refusal(
    status: int,
    body: bytes,
    where: Address,
    settings: RemoteSettings,
    location: str = "",
) -> EngineError:
    """Return the error that an HTTP status is; ``location`` is where a 3xx points to."""
    words = said(body, settings)
    because = f" ({words})" if words else ""
    name = f"{where.v1} ({status})"
    if status in {401, 403}:
        return _denied(name, because, settings)
    if status in {404, 405}:
        return EngineError(
            f"{name} has nothing at this address{because}. The endpoint of vllm serve is "
            "http://HOST:PORT/v1, and its model must be one that generates text."
        )
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return EngineError(f"The proxy before {name} asks who you are{because}.")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        to = tidy(location)
        return EngineError(f"{name} points to {to}: write that address, ending in /v1.")
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return RequestRefused(words or f"{name} refused the request.")
    return EngineDown(f"{name} cannot serve at the moment{because}.")


def _denied(name: str, because: str, settings: RemoteSettings) -> EngineError:
    if settings.api_key is None:
        return EngineError(
            f"{name} asks for an API key{because}. Put it into the environment as "
            "CODELLAMA_API_KEY, or into the keyring."
        )
    return EngineError(
        f"{name} does not accept the API key{because}. Check CODELLAMA_API_KEY, or "
        "what is in the keyring."
    )


def failure(error: Exception, where: Address) -> EngineError:
    """Return the error that a failure of aiohttp's is, or of the network below it.

    EngineDown is what may pass by itself; any other EngineError needs the user.
    """
    import aiohttp  # noqa: PLC0415 - it is loaded by now

    match error:
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            return untrusted(error, where)
        case aiohttp.ClientHttpProxyError():
            return EngineError(
                f"The proxy before {where.v1} does not let it through: {error.status} "
                f"{tidy(error.message)}."
            )
        case aiohttp.ClientResponseError() | aiohttp.http.HttpProcessingError():
            return no_server(where, "with something that is not HTTP")
        case aiohttp.ClientError() | OSError():  # TimeoutError is one
            return down(where, _why(error, where))
        case _:
            raise error


def _why(error: Exception, where: Address) -> str:
    import aiohttp  # noqa: PLC0415

    match error:
        case TimeoutError():  # several of aiohttp's, too
            return "does not answer."
        case aiohttp.ClientConnectorDNSError():
            return f"cannot be reached: no host is named {where.host}."
        case aiohttp.ClientConnectorError(os_error=os_error):
            return f"cannot be reached{reason(os_error)}. Is vllm serve running there?"
        case _:
            return broken(where)


def reason(error: OSError) -> str:
    """Return why it cannot be reached, behind a colon: the system's words, not asyncio's.

    "" where the system gave no reason.
    """
    if isinstance(error, socket.gaierror):
        return ": no host has that name"
    return f": {os.strerror(error.errno)}" if error.errno is not None else ""


def broken(where: Address) -> str:
    """Return what is said of a connection that the other side ended."""
    hint = "" if where.secure else " If it speaks TLS, write https://."
    return f"broke the connection.{hint}"


def untrusted(error: Exception, where: Address) -> EngineError:
    """Return the error for a TLS connection that did not come about."""
    words = tidy(f"{error}")
    if "WRONG_VERSION_NUMBER" in words or "RECORD_LAYER_FAILURE" in words:
        return EngineError(
            f"{where.v1} does not speak TLS. If it is on this machine or in a network that "
            "you trust, write http:// instead of https://."
        )
    certificate = getattr(error, "certificate_error", error)  # aiohttp's has it within
    why = tidy(getattr(certificate, "verify_message", "")) or words
    return EngineError(
        f"The certificate of {where.v1} is not trusted: {why}. Name the file of your "
        "certificate authority in the setting ca_file."
    )


def no_server(where: Address, found: str) -> EngineError:
    """Return the error for an answer that is not of an OpenAI-compatible server."""
    return EngineError(
        f"{where.v1} answers, but not as vllm serve does: {found}. Is it the right "
        "address, or is a proxy or a log-in page in between?"
    )


def down(where: Address, why: str) -> EngineDown:
    """Return the error for an endpoint that cannot be reached, or not any more."""
    return EngineDown(f"{where.v1} {why}")
