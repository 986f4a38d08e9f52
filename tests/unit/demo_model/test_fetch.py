"""The corpus's archives: found in the index, checked, kept."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tools.demo_model.fetch import CorpusError, Source, fetch, sources

ARCHIVE = b"archive" * 1000
SOURCE = Source(
    origin="pypi",
    name="Some_Package",
    version="1.0",
    file="some_package-1.0.tar.gz",
    sha256=hashlib.sha256(ARCHIVE).hexdigest(),
    licence="MIT",
    languages=("python",),
)


class Index(ThreadingHTTPServer):
    """A package index with one project; ``asked`` are the paths that were asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[str] = []
        self.archive = ARCHIVE


class Answer(BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        page = {"files": [{"filename": SOURCE.file, "url": "../../files/one.tar.gz"}]}
        body = {
            "/simple/some-package/": json.dumps(page).encode(),
            "/files/one.tar.gz": self.server.archive,
        }.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    with Index() as server:
        address = f"http://127.0.0.1:{server.server_port}/simple/"
        monkeypatch.setenv("PIP_INDEX_URL", address)
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def brought(source: Source, folder: Path) -> list[str]:
    reported: list[str] = []
    fetch([source], folder, reported.append)
    return reported


def test_an_archive_is_fetched_once(index: Index, tmp_path: Path) -> None:
    assert brought(SOURCE, tmp_path) == ["Some_Package"]
    assert (tmp_path / SOURCE.stored).read_bytes() == ARCHIVE
    assert index.asked == ["/simple/some-package/", "/files/one.tar.gz"]
    assert brought(SOURCE, tmp_path) == ["Some_Package"]
    assert len(index.asked) == 2


@pytest.mark.usefixtures("index")
def test_a_broken_archive_is_fetched_again(tmp_path: Path) -> None:
    (tmp_path / SOURCE.stored).write_bytes(b"half")
    brought(SOURCE, tmp_path)
    assert (tmp_path / SOURCE.stored).read_bytes() == ARCHIVE


def test_another_archive_than_the_pinned_is_not_kept(
    index: Index, tmp_path: Path
) -> None:
    index.archive = b"something else"
    with pytest.raises(CorpusError, match=r"Some_Package 1.0: .*not [0-9a-f]{64} as"):
        brought(SOURCE, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("index")
def test_what_the_index_does_not_have_is_told(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"has no other\.tar\.gz"):
        brought(replace(SOURCE, file="other.tar.gz"), tmp_path)
    with pytest.raises(CorpusError, match="404"):
        brought(replace(SOURCE, name="unknown"), tmp_path)


@pytest.mark.usefixtures("index")
def test_all_failures_are_told_and_the_rest_is_kept(tmp_path: Path) -> None:
    bad = [replace(SOURCE, name=f"bad{n}", sha256="0" * 64) for n in range(2)]
    with pytest.raises(CorpusError) as raised:
        fetch([bad[0], SOURCE, bad[1]], tmp_path, lambda _: None)
    told = str(raised.value)
    assert "2 packages" in told
    assert "bad0" in told
    assert "bad1" in told
    assert "again" in told
    assert [path.name for path in tmp_path.iterdir()] == [SOURCE.stored]


def test_no_network_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple/")
    with pytest.raises(CorpusError, match=r"Some_Package 1\.0: .*refused"):
        brought(SOURCE, tmp_path)


def test_the_manifest_pins_permissive_packages() -> None:
    known = sources()
    assert len({source.stored for source in known}) == len(known)
    for source in known:
        assert source.origin in {"pypi", "npm", "debian"}
        assert len(source.sha256) == 64
        assert source.licence in {
            "MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "PSF-2.0", "ISC", "0BSD",
        }  # fmt: skip
        assert set(source.languages) <= {
            "python", "c++", "java", "php", "typescript", "javascript", "c#", "bash",
        }  # fmt: skip
