"""An engine host whose models are loaded in no time: ``quick_host.py START``.

All but vLLM is real. A request's first id is the number of pieces that are said, 10 ms
apart; 0 asks for a piece that never comes. A model in a folder named "broken" is not
loaded; one named "dies" ends at its first request.
"""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator

import msgspec

from lsp_server.engine.base import (
    Finish,
    GenerationRequest,
    Loaded,
    ModelUnusable,
    Piece,
)
from lsp_server.engine.host.process import seated, serve
from lsp_server.engine.host.residency import Stages
from lsp_server.engine.settings import HostStart, ModelSettings


class QuickEngine:
    """Says numbers; writes down in ``log`` what is done to it."""

    def __init__(self, settings: ModelSettings, log: list[str]) -> None:
        self.loaded = Loaded(
            model=settings.name, window_tokens=512, device=f"process {os.getpid()}"
        )
        self.dead = False
        self.mute = False
        self._dies = settings.folder.endswith("dies")
        self._log = log
        self._go = asyncio.Event()
        self._go.set()
        self._note("loaded")

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Piece]:
        if self._dies:
            self.dead = True
            raise RuntimeError("the core died")
        count = request.prompt_ids[0]
        for number in range(count or sys.maxsize):
            await self._go.wait()
            if count == 0:
                await asyncio.Event().wait()
            last = number == count - 1
            yield Piece(text=f"{number} ", finish=Finish.STOP if last else None)
            await asyncio.sleep(0.01)

    async def pause(self) -> None:
        self._note("paused")
        self._go.clear()

    async def resume(self) -> None:
        self._note("resumed")
        self._go.set()

    async def sleep(self) -> None:
        self._note("sleeps")

    async def wake(self) -> None:
        self._note("wakes")

    async def answers(self) -> None:
        self._note("answers")
        if self.mute:
            await asyncio.Event().wait()

    async def close(self) -> None:
        self._note("closed")
        self.dead = True

    def _note(self, what: str) -> None:
        self._log.append(f"{self.loaded.model} {what}")


def construct(settings: ModelSettings, report: Stages) -> QuickEngine:
    report("thinking of numbers", 0.5)
    if settings.folder.endswith("broken"):
        raise ModelUnusable("the folder is broken")
    return QuickEngine(settings, [])


def main() -> None:
    start = msgspec.json.decode(sys.argv[1], type=HostStart)
    announce = os.dup(1)
    os.dup2(2, 1)
    if start.shared and not seated(start, announce):
        return
    asyncio.run(serve(start, announce, construct, lambda: False))


if __name__ == "__main__":
    main()
