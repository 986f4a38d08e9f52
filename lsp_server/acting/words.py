"""What the user wants to have done, in their own words: asked for where the editor asks."""

import asyncio

from pygls.exceptions import JsonRpcException

from lsp_server import wire
from lsp_server.actions.refused import ActionRefused
from lsp_server.protocol import Server


async def words_for(server: Server, title: str, able: wire.Can) -> str:
    """Ask the user; raises ActionRefused where they do not say, CancelledError for no answer."""
    answer = None
    if able.asks:
        asked = {"title": title, "placeholder": "What is to be done?"}
        try:
            answer = await server.protocol.send_request_async(wire.INPUT, asked)
        except JsonRpcException as error:
            raise ActionRefused(f"Your editor did not ask: {error.message}") from error
        if answer is None:
            raise asyncio.CancelledError
    if not isinstance(answer, str) or not answer.strip():
        raise ActionRefused("Say in words what is to be done.")
    return answer.strip()
