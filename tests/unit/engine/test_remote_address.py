"""Where a remote engine is, and who may be trusted with the key and the code."""

import asyncio
import ssl
import subprocess
from pathlib import Path

import pytest

from lsp_server.engine.base import EngineError
from lsp_server.engine.remote.asking import Asking
from lsp_server.engine.remote.engine import RemoteEngine
from lsp_server.engine.remote.settings import RemoteSettings, address
from tests.unit.engine.fake_vllm import FakeVllm, running


@pytest.mark.parametrize(
    ("endpoint", "root", "host", "loopback"),
    [
        ("http://gpu-box:8000/v1", "http://gpu-box:8000", "gpu-box", False),
        (
            " https://llm.example/team/v1/ ",
            "https://llm.example/team",
            "llm.example",
            False,
        ),
        ("http://localhost:1/v1", "http://localhost:1", "localhost", True),
        ("http://127.3.2.1/v1", "http://127.3.2.1", "127.3.2.1", True),
        ("http://[::1]:8000/v1", "http://[::1]:8000", "::1", True),
        (
            "http://localhost.example/v1",
            "http://localhost.example",
            "localhost.example",
            False,
        ),
    ],
)
def test_addresses_are_taken_apart(
    endpoint: str, root: str, host: str, *, loopback: bool
) -> None:
    found = address(RemoteSettings(endpoint=endpoint))
    assert (found.root, found.host, found.loopback) == (root, host, loopback)
    assert found.v1 == f"{root}/v1"


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ("gpu-box:8000/v1", "is no address"),
        ("ftp://gpu-box/v1", "is no address"),
        ("http:///v1", "is no address"),
        ("http://[::1/v1", "is no address"),
        ("http://gpu-box:port/v1", "is no address"),
        ("http://me:sesame/x@gpu-box/v1", "is no address"),
        ("http://gpu-box:8000", "must end with /v1"),
        ("http://gpu-box:8000/v1/completions", "must end with /v1"),
        ("http://gpu-box:8000/v1?key=1", "must end with /v1"),
        ("https://me:sesame@gpu-box/v1", "a name or a password"),
    ],
)
def test_what_is_no_endpoint_is_refused(endpoint: str, words: str) -> None:
    with pytest.raises(EngineError, match=words) as raised:
        address(RemoteSettings(endpoint=endpoint))
    assert "sesame" not in str(raised.value)


@pytest.mark.parametrize(
    ("endpoint", "key", "words"),
    [
        ("http://gpu-box:8000/v1", "sesame", "would travel in clear"),
        ("http://10.0.0.1/v1", "sesame", "would travel in clear"),
        ("https://gpu-box/v1", "sesame\r\nHost: x", "characters that no key has"),
        ("https://gpu-box/v1", "sésame", "characters that no key has"),
        ("https://gpu-box/v1", "open sesame", "characters that no key has"),
    ],
)
def test_a_key_goes_only_where_it_is_safe(endpoint: str, key: str, words: str) -> None:
    with pytest.raises(EngineError, match=words) as raised:
        address(RemoteSettings(endpoint=endpoint, api_key=key))
    assert "same" not in str(raised.value)


@pytest.mark.parametrize(
    ("endpoint", "key"),
    [
        ("http://127.0.0.1:8000/v1", "sesame"),
        ("https://gpu-box/v1", " sesame\n"),
        ("http://gpu-box/v1", " \n"),
        ("http://gpu-box/v1", None),
    ],
)
def test_other_keys_are_fine(endpoint: str, key: str | None) -> None:
    assert address(RemoteSettings(endpoint=endpoint, api_key=key)).v1 in endpoint


def test_proxies_are_those_of_the_environment_and_never_for_loopback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def proxy(endpoint: str) -> str | None:
        return address(RemoteSettings(endpoint=endpoint)).proxy

    for name in ("http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    assert proxy("https://gpu-box/v1") is None
    monkeypatch.setenv("https_proxy", "http://proxy:3128")
    monkeypatch.setenv("http_proxy", "http://proxy:3129")
    monkeypatch.setenv("no_proxy", "near.example")
    assert proxy("https://gpu-box/v1") == "http://proxy:3128"
    assert proxy("http://gpu-box/v1") == "http://proxy:3129"
    assert proxy("https://near.example/v1") is None
    assert proxy("http://127.0.0.1:8000/v1") is None
    assert proxy("http://localhost/v1") is None


async def test_requests_go_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(FakeVllm()) as proxy:
        monkeypatch.setenv("http_proxy", proxy.endpoint.removesuffix("/v1"))
        monkeypatch.delenv("no_proxy", raising=False)
        settings = RemoteSettings(endpoint="http://gpu-box.invalid:8000/v1")
        engine = RemoteEngine(settings)
        await engine.start(lambda _: None)
        await engine.close()
        asking = Asking(settings)
        assert (await asyncio.to_thread(asking.served)).name == "demo"
        asking.close()
        assert {one.headers["Host"] for one in proxy.seen} == {"gpu-box.invalid:8000"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a certificate of 127.0.0.1, and its key, that nobody else trusts."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"),
            *("-days", "2", "-subj", "/CN=gpu-box"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", folder / "key.pem", "-out", folder / "certificate.pem"),
        ],
        check=True,
        capture_output=True,
    )
    return folder / "certificate.pem"


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    return context


async def start(settings: RemoteSettings) -> None:
    engine = RemoteEngine(settings)
    try:
        await engine.start(lambda _: None)
    finally:
        await engine.close()


async def ask(settings: RemoteSettings) -> None:
    asking = Asking(settings)
    try:
        await asyncio.to_thread(asking.served)
    finally:
        asking.close()


BOTH = pytest.mark.parametrize("reach", [start, ask])


@BOTH
async def test_a_certificate_is_trusted_by_its_file(
    reach: object, certificate: Path, tls: ssl.SSLContext
) -> None:
    assert callable(reach)
    async with running(FakeVllm(key="sesame"), tls) as server:
        await reach(
            RemoteSettings(
                endpoint=server.endpoint, ca=str(certificate), api_key="sesame"
            )
        )
        assert server.seen[0].headers["Authorization"] == "Bearer sesame"
        with pytest.raises(
            EngineError, match="is not trusted: self-signed certificate"
        ):
            await reach(RemoteSettings(endpoint=server.endpoint, api_key="sesame"))


@BOTH
async def test_a_certificate_of_another_host_is_not_trusted(
    reach: object, certificate: Path, tls: ssl.SSLContext
) -> None:
    assert callable(reach)
    async with running(FakeVllm(), tls) as server:
        other = server.endpoint.replace("127.0.0.1", "localhost")
        with pytest.raises(
            EngineError, match=r"is not trusted: .*localhost.*setting ca_file"
        ):
            await reach(RemoteSettings(endpoint=other, ca=str(certificate)))


@BOTH
async def test_a_server_without_tls_is_said_to_be_one(reach: object) -> None:
    assert callable(reach)
    async with running(FakeVllm()) as server:
        endpoint = server.endpoint.replace("http://", "https://")
        with pytest.raises(EngineError, match="does not speak TLS"):
            await reach(RemoteSettings(endpoint=endpoint))


@BOTH
async def test_a_server_with_tls_is_guessed_at(
    reach: object, tls: ssl.SSLContext
) -> None:
    assert callable(reach)
    async with running(FakeVllm(), tls) as server:
        endpoint = server.endpoint.replace("https://", "http://")
        with pytest.raises(EngineError, match="If it speaks TLS, write https://"):
            await reach(RemoteSettings(endpoint=endpoint))


@BOTH
async def test_nobody_there_is_said_in_plain_words(reach: object) -> None:
    assert callable(reach)
    async with running(FakeVllm()) as server:
        endpoint = server.endpoint
    with pytest.raises(EngineError, match=r"cannot be reached: Connection refused\."):
        await reach(RemoteSettings(endpoint=endpoint))


@BOTH
@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_a_file_without_certificates_is_said_to_be_one(
    reach: object, tmp_path: Path, content: str | None
) -> None:
    assert callable(reach)
    ca = tmp_path / "ca.pem"
    if content is not None:
        ca.write_text(content)
    with pytest.raises(
        EngineError, match=r"ca\.pem cannot be read: .* ca_file names a PEM file"
    ):
        await reach(RemoteSettings(endpoint="https://127.0.0.1:9/v1", ca=str(ca)))
