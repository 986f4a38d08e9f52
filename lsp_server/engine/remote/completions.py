"""One completion over HTTP: the request's JSON, and its events made pieces."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import msgspec

from lsp_server.engine.base import (
    EngineDown,
    Finish,
    GenerationRequest,
    Piece,
    RequestRefused,
)
from lsp_server.engine.beginning import after
from lsp_server.engine.remote.failures import tidy
from lsp_server.engine.remote.probe import Abilities, Beginning, begun

_DONE = b"[DONE]"
_SERVER_ERRORS = 500
_END_SECONDS = 0.5
_LONGEST_LINE = 2**20
"""Bytes of an event; those of vLLM have some hundreds."""


class _Choice(msgspec.Struct):
    text: str = ""
    finish_reason: str | None = None


class _Cached(msgspec.Struct):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: _Cached | None = None


class _Failed(msgspec.Struct):
    message: str = ""
    code: int | str | None = None


class _Event(msgspec.Struct):
    choices: list[_Choice] = []
    usage: _Usage | None = None
    error: _Failed | None = None


_event = msgspec.json.Decoder(_Event)


def request_body(model: str, request: GenerationRequest, can: Abilities) -> bytes:
    """Return the JSON of a POST to /completions.

    Raises RequestRefused where the answer cannot be made to begin as asked. What a
    server takes from the model's own generation_config.json otherwise is set to nothing,
    so that the answer is the embedded engine's.
    """
    body: dict[str, Any] = {
        "model": model,
        "prompt": request.prompt_ids,
        "max_tokens": request.max_tokens,
        "stop_token_ids": request.stop_ids,
        "temperature": request.temperature,
        "top_p": 1,
        "top_k": 0,
        "min_p": 0,
        "repetition_penalty": 1,
        "stream": True,
        "stream_options": {"include_usage": True, "continuous_usage_stats": True},
    }
    if request.seed is not None:
        body["seed"] = request.seed
    if request.priority and can.priority:
        body["priority"] = request.priority
    if request.begin:
        if can.beginning is Beginning.NO:
            raise RequestRefused("The server cannot begin an answer with a given text.")
        body |= begun(request.begin, can.beginning)
    return msgspec.json.encode(body)


async def pieces(
    parts: AsyncIterator[bytes], request: GenerationRequest, where: str
) -> AsyncGenerator[Piece]:
    """Yield the pieces of a streamed answer; raises EngineDown where it breaks off.

    The text that the answer is made to begin with is no piece, nor a part of one. How
    much was cached comes last, after the finish, so only the last piece tells it.
    """
    said, text, tokens, told = not request.begin, "", 0, 0
    finish: Finish | None = None
    last = _Usage(prompt_tokens=len(request.prompt_ids))
    async with aclosing(_events(parts)) as events:
        async for event in events:
            if event.error is not None:
                raise _failed(event.error, where)
            usage = event.usage
            if usage is not None:
                last = usage
            for choice in event.choices[:1]:
                text += choice.text
                count = usage.completion_tokens if usage is not None else told + 1
                tokens, told = tokens + count - told, count
                finish = _finish(choice.finish_reason, where)
            if not event.choices:
                continue
            if not said:
                rest = after(request.begin, text, ended=finish is Finish.STOP)
                if not rest and finish is None:
                    continue
                said, text = True, rest or ""
            if finish is None and (text or tokens):
                yield Piece(text=text, tokens=tokens, prompt_tokens=last.prompt_tokens)
                text, tokens = "", 0
    if finish is None:
        raise EngineDown(f"{where} broke the answer off.")
    await _to_the_end(parts)
    details = last.prompt_tokens_details
    yield Piece(
        text=text,
        tokens=tokens,
        prompt_tokens=last.prompt_tokens,
        cached_tokens=details.cached_tokens if details is not None else None,
        finish=finish,
    )


async def _to_the_end(parts: AsyncIterator[bytes]) -> None:
    """Read the end of the HTTP answer, a few bytes: its connection serves again then."""
    with contextlib.suppress(TimeoutError, EngineDown):
        async with asyncio.timeout(_END_SECONDS):
            async for _ in parts:
                pass


def _finish(reason: str | None, where: str) -> Finish | None:
    if reason is None:
        return None
    try:
        return Finish(reason)
    except ValueError:  # "abort": the server is shutting down
        raise EngineDown(f"{where} ended the answer: {tidy(reason)}.") from None


def _failed(error: _Failed, where: str) -> EngineDown | RequestRefused:
    words = tidy(error.message)
    if isinstance(error.code, int) and error.code < _SERVER_ERRORS:
        return RequestRefused(words or f"{where} refused the request.")
    return EngineDown(f"{where} failed: {words or 'no reason given'}.")


async def _events(parts: AsyncIterator[bytes]) -> AsyncGenerator[_Event]:
    """Yield server-sent events; comments keep a connection alive and say nothing."""
    buffer = b""
    async for part in parts:
        *lines, buffer = (buffer + part).split(b"\n")
        if len(buffer) > _LONGEST_LINE:
            raise EngineDown("The server sends an event that does not end.")
        for line in lines:
            if not line.startswith(b"data:"):
                continue
            data = line.removeprefix(b"data:").strip()
            if data == _DONE:
                return
            try:
                yield _event.decode(data)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise EngineDown("The server sent what is no event.") from error
