"""A server whose session is over only when the module's tests are."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.client import CAPABLE, PLAIN, Editor, launched


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Editor]:
    """Follow the module's ``SCRIPT``, ``CONFIG`` and ``CAPABILITIES``; ``editor`` is the same for one test."""
    folder = tmp_path_factory.mktemp("server")
    config = getattr(request.module, "CONFIG", PLAIN)
    async with launched(folder, request.module.SCRIPT, config=config) as editor:
        await editor.begin(getattr(request.module, "CAPABILITIES", CAPABLE))
        await editor.ready()
        yield editor
        assert await editor.leave() == 0


@pytest.fixture
def editor(server: Editor) -> Editor:
    server.forget_journal()
    server.replies.clear()
    return server
