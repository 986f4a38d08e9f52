"""What an endpoint can do beyond OpenAI's protocol, found out by asking it."""

import re
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Any

import msgspec

from lsp_server.engine.base import EngineError, RequestRefused
from lsp_server.engine.remote.connection import Connection
from lsp_server.engine.remote.failures import down, no_server
from lsp_server.engine.remote.models import Served

_SECONDS = 15.0
"""For a few tokens. A server that has no time for that is of no use for typing."""
_UNLIKELY = "zq9"
"""What no model begins with by itself."""
_UNLIKELY_TOKENS = 6


class Beginning(Enum):
    """How answers are made to begin with a given text."""

    PROCESSOR = "our logits processor"  # vllm serve --logits-processors
    REGEX = "a structured output"  # its first token takes longer
    NO = "not at all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What requests may ask for. ``cached_tokens``: the server tells how many were."""

    priority: bool
    beginning: Beginning
    cached_tokens: bool


class _Choice(msgspec.Struct):
    text: str = ""


class _Usage(msgspec.Struct):
    prompt_tokens_details: dict[str, Any] | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice]
    usage: _Usage | None = None


async def probe(connection: Connection, served: Served, *, heals: bool) -> Abilities:
    """Ask for a few tokens in each way; one request where the server can do all.

    Raises EngineError where completions cannot be had at all. vLLM 0.32 takes a priority
    and ignores it where its scheduler goes by arrival; its documentation promises an
    error, and other servers give one.
    """
    asked: dict[str, Any] = {"priority": 1}
    if heals:
        asked |= begun(_UNLIKELY, Beginning.PROCESSOR)
    answer = await _asked(connection, served, asked)
    if answer is None and heals:
        asked = {"priority": 1}
        answer = await _asked(connection, served, asked)
    priority = answer is not None
    if answer is None:
        answer = await _asked(connection, served, {}, needed=True)
        assert answer is not None  # noqa: S101 - that is what needed says
    details = (
        answer.usage is not None and answer.usage.prompt_tokens_details is not None
    )
    return Abilities(
        priority=priority,
        beginning=await _beginning(connection, served, answer)
        if heals
        else Beginning.NO,
        cached_tokens=details,
    )


def begun(begin: str, how: Beginning) -> dict[str, Any]:
    """Return what asks for an answer that begins with ``begin``."""
    if how is Beginning.PROCESSOR:
        return {"vllm_xargs": {"begin": begin}}
    return {"structured_outputs": {"regex": rf"{_escaped(begin)}[\s\S]*"}}


def _escaped(text: str) -> str:
    """Return a regular expression, as xgrammar reads it, for ``text`` and nothing else."""
    return re.sub(r"[\\^$.|?*+(){}\[\]/-]", r"\\\g<0>", text)


async def _beginning(
    connection: Connection, served: Served, answer: _Completion
) -> Beginning:
    """Return the best way there is; ``answer`` was asked with the logits processor."""
    if _begins(answer):
        return Beginning.PROCESSOR
    other = await _asked(connection, served, begun(_UNLIKELY, Beginning.REGEX))
    return Beginning.REGEX if other is not None and _begins(other) else Beginning.NO


def _begins(answer: _Completion) -> bool:
    return bool(answer.choices) and answer.choices[0].text.startswith(_UNLIKELY)


async def _asked(
    connection: Connection,
    served: Served,
    parameters: dict[str, Any],
    *,
    needed: bool = False,
) -> _Completion | None:
    """Return the answer, None where it was refused and is not ``needed``."""
    body = {
        "model": served.name,
        "prompt": [1],  # an id of every vocabulary
        "max_tokens": _UNLIKELY_TOKENS,
        "temperature": 0,
        **parameters,
    }
    url = f"{connection.where.v1}/completions"
    answer = await connection.ask(url, _SECONDS, msgspec.json.encode(body))
    try:
        content = answer.json(connection.where, connection.settings)
    except RequestRefused as error:
        if not needed:
            return None
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise down(connection.where, f"has too much to do ({error})") from error
        raise EngineError(
            f"{connection.where.v1} takes no prompts as token ids, which vllm serve does: "
            f"{error}"
        ) from error
    try:
        return msgspec.json.decode(content, type=_Completion)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise no_server(connection.where, "with something else than text") from error
