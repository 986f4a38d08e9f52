"""The shipped fake: an engine that says what a script says, when the script says it.

For tests and benches, ours and yours. It needs no model to run, is deterministic, and
writes down what was asked of it.
"""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import msgspec

from lsp_server.engine.base import (
    EngineDown,
    EngineError,
    Finish,
    GenerationRequest,
    Loaded,
    ModelUnusable,
    Piece,
    Report,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedAnswer:
    """The text for prompts that contain ``contains`` (special pieces included).

    It is what comes after the text that a request wants the answer to begin with.
    """

    text: str
    contains: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What the engine says: the first answer whose ``contains`` fits the prompt.

    Milliseconds before the first piece and between pieces; ``fail_start`` makes the
    start fail with that message, ``fail_after`` makes every stream fail after so many
    pieces, and the engine ends by itself after ``lost_after`` answers. ``stray_output`` is printed to fd 1, as a careless engine might.
    ``note_prompts`` writes the prompts into the journal, too: they are the user's code.
    """

    answers: Sequence[ScriptedAnswer] = field(default_factory=list)
    piece_characters: Annotated[int, msgspec.Meta(ge=1)] = 4
    start_ms: float = 0
    first_piece_ms: float = 0
    piece_ms: float = 0
    window_tokens: Annotated[int, msgspec.Meta(ge=256)] = 16_384
    fail_start: str = ""
    fail_after: int | None = None
    lost_after: int | None = None
    stray_output: str = ""
    note_prompts: bool = False


def read_script(path: Path) -> Script:
    """Read a script from a JSON file; raises :class:`ModelUnusable` if it is none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Script)
    except (OSError, msgspec.DecodeError) as error:
        raise ModelUnusable(
            f"{path} is no script for the scripted engine: {error}"
        ) from error


class ScriptedEngine:
    """Speaks the seam like any engine.

    ``decode`` turns prompt ids into text, special pieces included; it is called only if
    an answer asks what the prompt contains. ``journal`` is a file that gets one JSON
    line for each event ("asked", "aborted", "finished") with a monotonic ``ns``.
    """

    def __init__(
        self,
        script: Script,
        decode: Callable[[Sequence[int]], str],
        journal: Path | None = None,
    ) -> None:
        self._script = script
        self._decode = decode
        try:
            self._journal = journal.open("a", encoding="utf-8") if journal else None
        except OSError as error:
            raise EngineError(f"The journal cannot be written: {error}") from error
        self._asked = 0
        self._lost = asyncio.Event()

    async def start(self, report: Report) -> Loaded:
        report("reading the script")
        await _pause(self._script.start_ms)
        if self._script.fail_start:
            raise EngineDown(self._script.fail_start)
        if self._script.stray_output:
            print(self._script.stray_output, flush=True)  # noqa: T201 - a fault on purpose
        return Loaded(
            model="scripted",
            window_tokens=self._script.window_tokens,
            device="none",
        )

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Piece]:
        self._asked += 1
        number, finished = self._asked, False
        self._note(
            "asked",
            number,
            prompt_ids=len(request.prompt_ids),
            max_tokens=request.max_tokens,
            temperature=request.temperature,
            **self._prompt(request),
        )
        try:
            await _pause(self._script.first_piece_ms)
            parts = self._parts(request)
            for index, part in enumerate(parts):
                if self._script.fail_after == index:
                    raise EngineDown("The script says: the engine fails here.")
                if index:
                    await _pause(self._script.piece_ms)
                last = index == len(parts) - 1
                if last:
                    finished = True
                    self._note("finished", number)
                yield Piece(
                    text=part,
                    prompt_tokens=len(request.prompt_ids),
                    cached_tokens=0,
                    finish=Finish.STOP if last else None,
                )
        finally:
            if not finished:
                self._note("aborted", number)
            if number == self._script.lost_after:
                self._lost.set()

    async def lost(self) -> EngineError:
        await self._lost.wait()
        return EngineDown("The script says: the engine ends here.")

    async def close(self) -> None:
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def _parts(self, request: GenerationRequest) -> list[str]:
        size = self._script.piece_characters
        text = self._text(request)
        return [text[at : at + size] for at in range(0, len(text), size)] or [""]

    def _text(self, request: GenerationRequest) -> str:
        prompt = ""
        for answer in self._script.answers:
            if answer.contains and not prompt:
                prompt = self._decode(request.prompt_ids)
            if answer.contains in prompt:
                return answer.text
        return ""

    def _prompt(self, request: GenerationRequest) -> dict[str, str]:
        if not self._script.note_prompts:
            return {}
        return {"prompt": self._decode(request.prompt_ids)}

    def _note(self, event: str, number: int, **facts: Any) -> None:
        if self._journal is not None:
            line = {"event": event, "request": number, "ns": time.monotonic_ns()}
            self._journal.write(json.dumps(line | facts) + "\n")
            self._journal.flush()


async def _pause(milliseconds: float) -> None:
    if milliseconds:
        await asyncio.sleep(milliseconds / 1000)
