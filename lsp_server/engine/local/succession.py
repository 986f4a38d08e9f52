"""Who leaves before a host starts: two models that are not needed are one too many."""

import asyncio
import contextlib
from pathlib import Path

from lsp_server.engine import frames
from lsp_server.engine.build import BUILD
from lsp_server.engine.local.meeting import Met, knock, next_frame
from lsp_server.engine.local.processes import kill_group, until_ended

_DRAIN_S = 30.0
_UNUSED_S = 5.0
_OTHER_MODELS = "Other models take its place."


async def replace(met: Met) -> None:
    """Have an older build leave, and all it holds with it."""
    met.writer.write(frames.frame(frames.Drain()))
    with contextlib.suppress(TimeoutError, ValueError):
        async with asyncio.timeout(_DRAIN_S):
            while await next_frame(met.reader) is not None:
                pass
    met.writer.close()
    if met.pid is not None and not await until_ended(met.pid, _DRAIN_S):
        kill_group(met.pid)


async def make_way(folder: Path, own: Path) -> None:
    """Have hosts of other models leave that no window uses; one that is used stays."""
    for path in await asyncio.to_thread(_sockets, folder):
        met = await knock(path, _UNUSED_S) if path != own else None
        if met is None:
            continue
        if met.hello.build.protocol == BUILD.protocol:
            drain = frames.Drain(_OTHER_MODELS, if_unused=True)
            met.writer.write(frames.frame(drain))
            with contextlib.suppress(TimeoutError, ValueError):
                async with asyncio.timeout(_DRAIN_S):
                    said = await next_frame(met.reader)
                    while said is not None and not isinstance(said, frames.Pong):
                        said = await next_frame(met.reader)
                    if said is None and met.pid is not None:
                        await until_ended(met.pid, _DRAIN_S)
        met.writer.close()


def _sockets(folder: Path) -> list[Path]:
    return [*folder.glob("*.sock")]
