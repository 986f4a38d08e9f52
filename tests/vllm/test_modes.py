"""The same completions from an engine that windows share, from a private one, and from ``vllm serve``."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from lsp_server.engine.models import DEMO_FOLDER
from tests.e2e.client import CAPABLE, Editor, launched
from tests.processes import all_gone, command, descendants
from tests.vllm.serving import HEALS, RECOMMENDED, free_port, serving

pytestmark = pytest.mark.vllm

ANEW = "linger_minutes = 0\ninline.reuse = false\ninline.ahead = false\n"
LIKE_DEMO = "inline.layout = 'spm'\ninline.prefix_tokens = 1536\ncontext.tokens = 512\n"
"""The demo model's defaults, which another name does not get."""
SHOWS_STATUS = CAPABLE | {"experimental": {"codellama/status": True}}
HOST = "lsp_server.engine.host.process"
DRAWN = (
    "import os\n\n\ndef read(path):\n    with open(path) as file:\n        return ‸\n",
    "def size(path):\n    return os.path.‸\n\n\ndef name(path):\n    return path\n",
    "class Größe:\n    def __init__(self, wert):\n        self.wert = ‸\n",
    "for i in range(‸):\n    print(i)\n",
)


@asynccontextmanager
async def window(
    folder: Path, config: str = ANEW, *arguments: str
) -> AsyncIterator[Editor]:
    folder.mkdir(exist_ok=True)
    options = ("--engine", "vllm", *arguments)
    async with launched(folder, {}, *options, config=config) as editor:
        await editor.begin(SHOWS_STATUS)
        await editor.ready()
        yield editor


async def completions(editor: Editor) -> list[str | None]:
    return [await editor.shown(editor.open(drawn)) for drawn in DRAWN]


def hosts() -> set[int]:
    """Return the engine hosts of this test that run, whoever started them."""
    ours = os.environ["XDG_RUNTIME_DIR"]
    return {pid for pid in _all() if HOST in (it := command(pid)) and ours in it}


def states(editor: Editor) -> list[str]:
    return [status["state"] for status in editor.heard("codellama/status")]


async def test_all_ways_say_the_same(tmp_path: Path) -> None:
    said = {}
    async with window(tmp_path / "shared") as editor:
        said["shared"] = await completions(editor)
        assert await editor.leave() == 0
    async with window(tmp_path / "private", ANEW, "--standalone") as editor:
        said["private"] = await completions(editor)
        assert await editor.leave() == 0
    name = ("--served-model-name", "other")
    log = tmp_path / "serve.log"
    async with serving(*RECOMMENDED, *HEALS, *name, log=log) as server:
        there = f'{ANEW}endpoint = "{server.endpoint}"\n'
        for way, config in (
            ("remote", f'{there}model = "{DEMO_FOLDER}"\n{LIKE_DEMO}'),
            ("remote, its tokenizer, too", f"{there}{LIKE_DEMO}"),
        ):
            async with window(tmp_path / way, config) as editor:
                said[way] = await completions(editor)
                assert await editor.leave() == 0
    assert any(said["shared"])
    assert {tuple(texts) for texts in said.values()} == {tuple(said["shared"])}


async def test_two_windows_share_an_engine_and_leave_nothing(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(window(tmp_path / "1"))
        text = await first.shown(first.open(DRAWN[0]))
        (host,) = hosts()
        family = {host, *descendants(host)}
        second = await stack.enter_async_context(window(tmp_path / "2"))
        assert hosts() == {host}
        assert await second.shown(second.open(DRAWN[0])) == text
        assert await first.leave() == 0
        assert await second.shown(second.open(DRAWN[1])) is not None
        assert await second.leave() == 0
    assert await all_gone(family) == set()


async def test_memory_that_is_given_back_stays_so_until_somebody_asks(
    tmp_path: Path,
) -> None:
    async with window(tmp_path / "1") as editor:
        uri = editor.open(DRAWN[0])
        text = await editor.shown(uri)
        (host,) = hosts()
        cores = descendants(host)
        assert await editor.command("codellama.freeGpu") is True
        await editor.until(lambda: states(editor)[-1] == "sleeping")
        assert await all_gone({pid for pid in cores if _computes(pid)}) == set()
        assert await editor.shown(uri) is None
        await editor.settle()
        assert states(editor)[-1] == "sleeping"
        assert await editor.shown(uri, editor.complete(uri, triggerKind=1)) is None
        await editor.until(lambda: states(editor)[-1] == "ready")
        assert await editor.shown(uri) == text
        assert await editor.leave() == 0


async def test_an_endpoint_that_goes_away_comes_back_by_itself(tmp_path: Path) -> None:
    port = free_port()
    config = f'{ANEW}endpoint = "http://127.0.0.1:{port}/v1"\n'
    log = tmp_path / "serve.log"
    async with AsyncExitStack() as stack:
        async with serving(*RECOMMENDED, log=log, port=port) as server:
            editor = await stack.enter_async_context(window(tmp_path / "1", config))
            uri = editor.open(DRAWN[0])
            text = await editor.shown(uri)
            os.killpg(server.process.pid, signal.SIGKILL)
            await editor.until(lambda: states(editor)[-1] == "down")
            assert await editor.shown(uri) is None
        told = editor.shown_messages()
        assert len([one for one in told if "No completions" in one]) == 1
        async with serving(*RECOMMENDED, log=log, port=port):
            await editor.until(lambda: states(editor)[-1] == "ready")
            assert await editor.shown(uri) == text
            assert await editor.leave() == 0
        assert editor.shown_messages() == told


def _all() -> list[int]:
    return [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit()]


def _computes(pid: int) -> bool:
    return "resource_tracker" not in command(pid)
