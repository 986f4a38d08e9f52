"""``codellama-lsp``: serve one editor over stdio, or TCP for debugging."""

import asyncio
import contextlib
import logging
import signal
import sys
from typing import BinaryIO

from lsp_server.server import CodeLlamaServer
from lsp_server.session import Session
from lsp_server.settings import Problems, Settings, UserSettings
from lsp_server.tiers import Sharing
from lsp_server.transport import serve_stdio, serve_tcp

logger = logging.getLogger(__name__)

_TERMINATED = 128 + signal.SIGTERM
Address = tuple[str, int]


def serve(
    user: UserSettings,
    settings: Settings,
    problems: Problems,
    *,
    stdout: BinaryIO,
    tcp: Address | None,
    log_level: str,
) -> int:
    """Serve until the editor leaves; returns the exit code."""
    logging.basicConfig(
        stream=sys.stderr,
        level=log_level.upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    try:
        return asyncio.run(_serve(user, settings, problems, stdout, tcp))
    except OSError as error:
        if tcp is None:
            raise
        logger.error("Cannot serve on %s:%d: %s", *tcp, error)  # noqa: TRY400 - one line
        return 1


async def _serve(
    user: UserSettings,
    settings: Settings,
    problems: Problems,
    stdout: BinaryIO,
    tcp: Address | None,
) -> int:
    sharing = Sharing.PRIVATE if user.standalone else Sharing.SHARED
    server = CodeLlamaServer(Session(user, settings, sharing), problems)
    with contextlib.suppress(NotImplementedError):  # Windows has no such signal
        # Without it, a terminated server would leave no time for the engine to end.
        asyncio.get_running_loop().add_signal_handler(
            signal.SIGTERM, server.protocol.end, _TERMINATED
        )
    if tcp is not None:
        return await serve_tcp(server, *tcp, server.stop)
    return await serve_stdio(server, sys.stdin.buffer, stdout, server.stop)
