"""A hub on loopback: what its client asks of the real one when a model is downloaded.

Small files are kept in git, big ones in large-file storage on another host, as on the hub
itself: there a request is redirected, and the address it asked first tells the checksum.
"""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import unquote, urlsplit

COMMIT = "6c284d1468fe6c413cf56183e69b194dcfa27fe6"
SENT_AT_ONCE = 1 << 16
_POLL_S = 0.01


@dataclass(slots=True, kw_only=True)
class Asked:
    """One request: the file's name for downloads, and how many bytes were answered.

    It is noted, and bytes are counted, before they go out: whoever has the whole answer
    finds all of it here.
    """

    method: str
    path: str
    start: int = 0
    sent: int = 0
    authorization: str | None = None
    agent: str = ""


@dataclass(slots=True, kw_only=True)
class FakeHub:
    """``stored`` is what the server sends, where that is not what it lists.

    ``holds_after`` bytes of a file it sends nothing more until ``go_on`` is set.
    ``gated`` files are given to those with this token only.
    """

    files: dict[str, bytes]
    name: str = "codellama/CodeLlama-7b-hf"
    commit: str = COMMIT
    revisions: tuple[str, ...] = ("main",)
    stored: dict[str, bytes] = field(default_factory=dict)
    gated: str | None = None
    holds_after: dict[str, int] = field(default_factory=dict)
    go_on: threading.Event = field(default_factory=threading.Event)
    knows_ranges: bool = True
    asked: list[Asked] = field(default_factory=list)
    endpoint: str = ""

    def sent(self, path: str) -> int:
        """Return the bytes of a file that were sent in all."""
        return sum(
            each.sent
            for each in self.asked
            if each.method == "GET" and each.path.endswith(path)
        )

    def downloads(self) -> list[str]:
        """Return the names of the files that were sent, in order."""
        return [
            each.path.rpartition("/")[2]
            for each in self.asked
            if each.method == "GET" and each.sent
        ]

    def listing(self) -> dict[str, object]:
        siblings = [_sibling(path, content) for path, content in self.files.items()]
        return {"id": self.name, "sha": self.commit, "siblings": siblings}


def is_large(path: str) -> bool:
    return path.endswith((".safetensors", ".bin", ".model"))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def git_sha1(content: bytes) -> str:
    blob = b"blob %d\0%s" % (len(content), content)
    return hashlib.sha1(blob, usedforsecurity=False).hexdigest()


@contextmanager
def serving(hub: FakeHub) -> Iterator[FakeHub]:
    """Serve it on a port of its own until the block ends."""
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = _Server(("127.0.0.1", 0), handler)
    hub.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_S,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _sibling(path: str, content: bytes) -> dict[str, object]:
    entry: dict[str, object] = {
        "rfilename": path,
        "size": len(content),
        "blobId": git_sha1(content),
    }
    if is_large(path):
        large = {"sha256": sha256(content), "size": len(content), "pointerSize": 134}
        entry["lfs"] = large
    return entry


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that leave: some are meant to."""


class _Handler(BaseHTTPRequestHandler):
    hub: ClassVar[FakeHub]
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: a test's output is its own."""

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        api, files = f"/api/models/{self.hub.name}", f"/{self.hub.name}/resolve/"
        if path == api or path.startswith(f"{api}/revision/"):
            self._list(path.removeprefix(api).removeprefix("/revision/") or "main")
        elif path.startswith(files):
            self._resolve(path.removeprefix(files).partition("/")[2])
        elif path.startswith("/storage/"):
            self._send(path.removeprefix("/storage/"), {})
        elif path.startswith("/api/models/"):
            # The hub does not tell strangers which models are private.
            self._refuse(401, "RepoNotFound")
        else:
            self._refuse(404, "EntryNotFound")

    def _list(self, revision: str) -> None:
        agent = self.headers["User-Agent"]
        self.hub.asked.append(Asked(method=self.command, path=self.path, agent=agent))
        if revision not in {*self.hub.revisions, self.hub.commit}:
            self._refuse(404, "RevisionNotFound")
            return
        body = json.dumps(self.hub.listing()).encode()
        self._head(200, {"Content-Length": str(len(body))})
        self.wfile.write(body)

    def _resolve(self, path: str) -> None:
        if path not in self.hub.files:
            self._refuse(404, "EntryNotFound")
            return
        token = self.headers["Authorization"]
        if self.hub.gated is not None and token != f"Bearer {self.hub.gated}":
            self._refuse(401 if token is None else 403, "GatedRepo")
            return
        content = self.hub.files[path]
        told = {"X-Repo-Commit": self.hub.commit, "ETag": f'"{git_sha1(content)}"'}
        if not is_large(path):
            self._send(path, told)
            return
        port = urlsplit(self.hub.endpoint).port
        told |= {
            "X-Linked-Etag": f'"{sha256(content)}"',
            "X-Linked-Size": str(len(content)),
            "X-Xet-Hash": "0" * 64,
            "X-Xet-Refresh-Route": f"{self.hub.endpoint}/xet",
            "Location": f"http://localhost:{port}/storage/{path}",
            "Content-Length": "0",
        }
        self.hub.asked.append(Asked(method=self.command, path=path))
        self._head(302, told)

    def _send(self, path: str, told: Mapping[str, str]) -> None:
        content = self.hub.stored.get(path, self.hub.files[path])
        range_ = self.headers["Range"] if self.hub.knows_ranges else None
        start = int(range_.removeprefix("bytes=").rstrip("-")) if range_ else 0
        rest = content[start:]
        headers = {**told, "Content-Length": str(len(rest))}
        if range_:
            whole = len(content)
            headers["Content-Range"] = f"bytes {start}-{whole - 1}/{whole}"
        asked = Asked(
            method=self.command,
            path=path,
            start=start,
            authorization=self.headers["Authorization"],
        )
        self.hub.asked.append(asked)
        self._head(206 if range_ else 200, headers)
        if self.command == "GET":
            self._write(rest, asked)

    def _write(self, content: bytes, asked: Asked) -> None:
        holds_after = self.hub.holds_after.get(asked.path)
        try:
            for begin in range(0, len(content), SENT_AT_ONCE):
                if holds_after is not None and begin >= holds_after:
                    self.hub.go_on.wait()
                block = content[begin : begin + SENT_AT_ONCE]
                asked.sent += len(block)
                self.wfile.write(block)
        except OSError:  # the client left
            self.close_connection = True

    def _refuse(self, status: int, code: str) -> None:
        self.hub.asked.append(Asked(method=self.command, path=self.path))
        self._head(status, {"X-Error-Code": code, "Content-Length": "0"})

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
