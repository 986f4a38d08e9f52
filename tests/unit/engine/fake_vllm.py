"""A server that answers as ``vllm serve`` does, and notes who asked for what."""

import asyncio
import contextlib
import json
import re
import ssl
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

CARD = {"id": "demo", "root": "/models/demo", "parent": None, "max_model_len": 2048}

_MOMENT_SECONDS = 0.02
"""Between the last event and the end of the answer: uvicorn sends them apart, too."""

Answer = Callable[[], web.Response]


@dataclass
class Seen:
    """One request; ``connection`` is a number for each TCP connection."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    connection: int


@dataclass
class FakeVllm:
    """``instead`` are answers, for the next requests of a path, in place of the usual.

    ``says`` is streamed in these parts, with ``finish`` at the end; "…" waits until the
    client has left, "✂" breaks the connection off, and "⏹" ends the answer as if it were whole. ``hangs_up`` on so many of the next
    completions without an answer.
    """

    says: Sequence[str] = ("one", " two", " three")
    finish: str = "length"
    cards: Sequence[dict[str, Any]] = (CARD,)
    key: str | None = None
    priority: bool = True
    processor: bool = True
    regex: bool = True
    details: bool = True
    usage: bool = True
    tokenizes: bool = True
    longest: int = 2048
    hangs_up: int = 0
    instead: dict[str, list[Answer]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    connections: dict[int, int] = field(default_factory=dict)
    kept: list[object] = field(default_factory=list)
    endpoint: str = ""
    runner: web.AppRunner | None = None

    def streams(self) -> list[Seen]:
        return [one for one in self.of("/v1/completions") if one.body.get("stream")]

    def of(self, path: str) -> list[Seen]:
        return [one for one in self.seen if one.path == path]

    async def asked(self, path: str, times: int = 1) -> None:
        """Return once the path was asked for so many times."""
        while len(self.of(path)) < times:
            self.arrived.clear()
            await self.arrived.wait()

    async def stop(self) -> None:
        if self.runner is not None:
            await self.runner.cleanup()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        number = self._number(request)
        text = await request.text()
        body = json.loads(text) if text else {}
        self.seen.append(Seen(request.path, dict(request.headers), body, number))
        self.arrived.set()
        if self.instead.get(request.path):
            return self.instead[request.path].pop(0)()
        if request.path.startswith("/v1") and self.key is not None:
            given = request.headers.get("Authorization")
            if given != f"Bearer {self.key}":
                return failed(401, {"error": "Unauthorized"})
        if request.path == "/v1/completions":
            return await self._completion(request, body)
        return self._plain(request.path, body)

    def _plain(self, path: str, body: dict[str, Any]) -> web.Response:
        if path == "/health":
            return web.Response()
        if path == "/v1/models":
            return web.json_response({"object": "list", "data": [*self.cards]})
        if path == "/tokenize" and self.tokenizes:
            letters = [*body["prompt"]]
            ids = [ord(letter) for letter in letters]
            return web.json_response({"tokens": ids, "token_strs": letters})
        return failed(404, {"detail": "Not Found"})

    def _number(self, request: web.Request) -> int:
        self.kept.append(request.transport)  # so that no other gets its id
        return self.connections.setdefault(
            id(request.transport), len(self.connections) + 1
        )

    async def _completion(
        self, request: web.Request, body: dict[str, Any]
    ) -> web.StreamResponse:
        if self.hangs_up:
            self.hangs_up -= 1
            return _broken_off(request)
        if "priority" in body and not self.priority:
            return refused("Got an unexpected field: priority")
        begin = str(body.get("vllm_xargs", {}).get("begin", "")) * self.processor
        regex = body.get("structured_outputs", {}).get("regex")
        if regex is not None:
            if not self.regex:
                return refused("No structured outputs here")
            begin = re.sub(r"\\(.)", r"\1", regex.removesuffix(r"[\s\S]*"))
        if len(body["prompt"]) > self.longest:
            return refused(f"maximum context length is {self.longest} tokens")
        if not body.get("stream"):
            return web.json_response(
                {"choices": [{"text": f"{begin}one"}], "usage": self._usage(body, 6)}
            )
        return await self._stream(request, body, [begin, *self.says])

    async def _stream(
        self, request: web.Request, body: dict[str, Any], says: Sequence[str]
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        said = [part for part in says if part]
        for number, part in enumerate(said, 1):
            if part == "…":
                await self._until_left()
            if part == "⏹":
                return response
            if part == "✂":
                return _broken_off(request)
            choice = {"text": part, "finish_reason": None}
            if number == len(said):
                choice["finish_reason"] = self.finish
            event: dict[str, Any] = {"choices": [choice]}
            if self.usage:
                event["usage"] = {
                    "prompt_tokens": len(body["prompt"]),
                    "completion_tokens": 2 * number,
                }
            await response.write(b": alive\n\ndata: " + json.dumps(event).encode())
            await response.write(b"\n\n")
        if self.usage:
            last = {"choices": [], "usage": self._usage(body, 2 * len(said))}
            await response.write(f"data: {json.dumps(last)}\n\n".encode())
        await response.write(b"data: [DONE]\n\n")
        await asyncio.sleep(_MOMENT_SECONDS)
        await response.write_eof()
        return response

    async def _until_left(self) -> None:
        try:
            await asyncio.Event().wait()  # cancelled when the client is gone
        finally:
            self.left.set()

    def _usage(self, body: dict[str, Any], tokens: int) -> dict[str, Any]:
        return {
            "prompt_tokens": len(body["prompt"]),
            "completion_tokens": tokens,
            "prompt_tokens_details": {"cached_tokens": 32} if self.details else None,
        }


def _broken_off(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def failed(status: int, body: dict[str, Any], **headers: str) -> web.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.json_response(body, status=status, headers=named)


def refused(message: str) -> web.Response:
    return failed(400, {"error": {"message": message, "code": 400}})


def page() -> web.Response:
    return web.Response(text="<html>Log in</html>", content_type="text/html")


@contextlib.asynccontextmanager
async def running(
    fake: FakeVllm, tls: ssl.SSLContext | None = None, port: int = 0
) -> AsyncGenerator[FakeVllm]:
    """Serve on a port of loopback, any where it is 0; ``fake.endpoint`` says where."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", fake.answer)
    fake.runner = web.AppRunner(
        application, shutdown_timeout=0.1, handler_cancellation=True
    )
    await fake.runner.setup()
    site = web.TCPSite(fake.runner, "127.0.0.1", port, ssl_context=tls)
    await site.start()
    _, port = fake.runner.addresses[0][:2]
    fake.endpoint = f"http{'s' if tls else ''}://127.0.0.1:{port}/v1"
    try:
        yield fake
    finally:
        await fake.stop()
