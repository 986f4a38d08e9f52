"""How far the loading of a model is: read from what vLLM prints meanwhile."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

from lsp_server.engine.host.residency import Stages

_LOOK_S = 0.5
_STEPS = (
    # What is printed, what it means, and between which shares of the whole it lies.
    (re.compile(r"Loading safetensors.*?(\d+)% Comp"), "loading the weights", 0.2, 0.8),
    (re.compile(r"Capturing CUDA graphs.*?(\d+)%"), "preparing the GPU", 0.85, 1.0),
)


@contextlib.asynccontextmanager
async def told(log: Path, report: Stages) -> AsyncIterator[None]:
    """Report the percents that appear in ``log`` from now on."""
    watching = asyncio.create_task(_watch(log, report))
    try:
        yield
    finally:
        watching.cancel()


async def _watch(log: Path, report: Stages) -> None:
    start = len(await asyncio.to_thread(_printed, log))
    told: tuple[str, float] | None = None
    while True:
        await asyncio.sleep(_LOOK_S)
        printed = await asyncio.to_thread(_printed, log)
        now = progress(printed[start:].decode(errors="replace"))
        if now is not None and now != told:
            told = now
            report(*now)


def _printed(log: Path) -> bytes:
    try:
        return log.read_bytes()
    except OSError:
        return b""  # there is no log: no percents then


def progress(printed: str) -> tuple[str, float] | None:
    """Return what the newest percent is of, and which share of the whole is done."""
    for pattern, text, first, last in reversed(_STEPS):
        if percents := pattern.findall(printed):
            return text, first + (last - first) * int(percents[-1]) / 100
    return None
