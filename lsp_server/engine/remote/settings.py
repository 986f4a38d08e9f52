"""Where a remote engine is, and what of that is refused before anything is sent."""

import ipaddress
import secrets
import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from lsp_server.engine.base import EngineError

SESSION_HEADER = "X-Session-ID"
"""What vLLM's router hashes first in its policy ``consistent_hash``, and vLLM itself reads
as the session's id; production-stack takes any header that its ``--session-key`` names."""

_SESSION = secrets.token_hex(8)
"""Of this process, for whoever names none: a router then hashes the prompt instead, and
vLLM's writes what it hashes, the user's code, into its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSettings:
    """One endpoint of a server that speaks OpenAI's protocol as vLLM does.

    ``endpoint`` ends with ``/v1``. ``model`` is the name it is served under; None takes
    the only one. ``window_tokens`` is a bound, and needed where the server tells none.
    ``ca`` is a file of certificates: only those are trusted. ``session`` is equal for the
    requests of one workspace, and sent for routers that know which replica cached them.
    ``heals``: answers may be made to begin with a text, if the server can.
    """

    endpoint: str
    model: str | None = None
    window_tokens: int | None = None
    api_key: str | None = field(default=None, repr=False)
    ca: str | None = None
    session: str = ""
    heals: bool = True

    def __post_init__(self) -> None:
        if self.api_key is not None:
            object.__setattr__(self, "api_key", self.api_key.strip() or None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An endpoint taken apart: ``v1`` is it, ``root`` what stands before ``/v1``."""

    v1: str
    root: str
    host: str
    secure: bool
    loopback: bool

    @property
    def proxy(self) -> str | None:
        """The proxy that the environment names for this host; never for loopback."""
        if self.loopback or proxy_bypass(self.host):
            return None
        return getproxies().get("https" if self.secure else "http")


def address(settings: RemoteSettings) -> Address:
    """Return where to ask; raises EngineError, and nothing was sent anywhere by then."""
    endpoint = settings.endpoint.strip().rstrip("/")
    try:
        parts = urlsplit(endpoint)
        host, _ = parts.hostname, parts.port
    except ValueError as error:  # its words may hold a password
        raise EngineError(
            "The endpoint is no address: write http://HOST:PORT/v1 or https://HOST/v1."
        ) from error
    if parts.username is not None or parts.password is not None:
        raise EngineError(
            "The endpoint has a name or a password in it. Put the key into "
            "CODELLAMA_API_KEY or the keyring instead."
        )
    if parts.scheme not in {"http", "https"} or not host:
        raise EngineError(
            f"The endpoint {endpoint} is no address: write http://HOST:PORT/v1 or "
            "https://HOST/v1."
        )
    if parts.query or parts.fragment or not parts.path.endswith("/v1"):
        raise EngineError(
            f"The endpoint {endpoint} must end with /v1: http://HOST:PORT/v1."
        )
    found = Address(
        v1=endpoint,
        root=endpoint.removesuffix("/v1"),
        host=host,
        secure=parts.scheme == "https",
        loopback=_is_loopback(host),
    )
    _check_key(settings.api_key, found)
    return found


def headers(settings: RemoteSettings) -> dict[str, str]:
    """Return what is sent with each request."""
    sent = {
        "Accept-Encoding": "identity",  # what packs a stream holds its pieces back
        "Content-Type": "application/json",
        "User-Agent": "codellama-lsp",
        SESSION_HEADER: settings.session or _SESSION,
    }
    if settings.api_key is not None:
        sent["Authorization"] = f"Bearer {settings.api_key}"
    return sent


def trust(where: Address, settings: RemoteSettings) -> ssl.SSLContext | None:
    """Return whose certificates are accepted; None where there is no encryption."""
    if not where.secure:
        return None
    try:
        return ssl.create_default_context(cafile=settings.ca)
    except OSError as error:  # ssl's own errors, too
        raise EngineError(
            f"The certificates in {settings.ca} cannot be read: "
            f"{error.strerror or error.args[-1]}. The setting ca_file names a PEM file."
        ) from error


def _check_key(key: str | None, where: Address) -> None:
    if key is None:
        return
    if not where.secure and not where.loopback:
        raise EngineError(
            f"{where.v1} is not encrypted, so the API key would travel in clear and is "
            "not sent. Write https://, or reach the server through an SSH tunnel."
        )
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise EngineError(
            "The API key has characters that no key has. Copy it again: it is one word."
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
