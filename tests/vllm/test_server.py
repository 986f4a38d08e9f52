"""The whole path with nothing scripted: an editor, the server, vLLM and the demo model."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.client import PATIENCE_S, Editor, Message, launched
from tests.processes import all_gone, command, descendants

pytestmark = pytest.mark.vllm

METHODS = "".join(
    f"def get_{n}(self):\n    return self.items[{n}]\n\n\n" for n in range(9)
)
DRAWN = f"import os\n\n\n{METHODS}def size(path):\n    return os.path.‸\n"
LINE = DRAWN.count("\n")
BLOCK_TOKENS = 32
SUFFIX_TOKENS = 128
ANEW = "inline.reuse = false\ninline.ahead = false\n"
"""Each request asks the engine."""

LONG = "".join(
    f"def name_{n}(self):\n    return self.items[{n}]\n\n" for n in range(99)
)
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


async def test_ghost_text_comes_from_the_real_engine_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "connections"
    seen.touch()
    monkeypatch.setenv("CONNECTIONS_SEEN", str(seen))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent / "watched"))
    async with launched(tmp_path, {}, *_REAL, config=ANEW) as editor:
        await editor.begin()
        uri = editor.open(DRAWN)
        assert await editor.offer(uri) is None, "nobody waits for an engine that loads"
        await editor.ready()
        family = _family(editor)

        first = await editor.shown(uri)
        assert first
        assert await editor.shown(uri) == first
        assert _cached_tokens(editor) == [0, _whole_blocks(_prompt_tokens(editor))]

        cancelled = editor.complete(uri)
        editor.cancel(cancelled)
        assert await editor.error_code(cancelled) == -32800
        assert await editor.shown(uri) == first

        assert await editor.leave() == 0
    assert await all_gone(family) == set()
    lines = [line.split() for line in seen.read_text().splitlines()]
    watched = {int(whom) for event, whom in lines if event == "watched"}
    spoken_to = {whom for event, whom in lines if event != "watched"}
    assert family <= watched
    assert spoken_to <= LOOPBACK | {socket.gethostname()}


async def test_a_keystroke_computes_little_of_a_long_prompt(tmp_path: Path) -> None:
    """In SPM a block and what was typed, in PSM the suffix as well; a jump is paid before."""
    config = f"{ANEW}inline.suffix_tokens = {SUFFIX_TOKENS}\n"
    async with launched(tmp_path, {}, *_REAL, config=config) as editor:
        await editor.begin()
        await editor.ready()
        for layout, most in (("spm", 48), ("psm", SUFFIX_TOKENS + 48)):
            settings = {"codellama": {"inline": {"layout": layout}}}
            editor.notify("workspace/didChangeConfiguration", {"settings": settings})
            uri = editor.open(f"{LONG}value = ‸\n\n{LONG}")
            await editor.offer(uri)
            await editor.command("codellama.lastRequests")
            for key in "self.items(":
                editor.type(uri, key)
                await editor.offer(uri)
            figures = await editor.command("codellama.lastRequests")
            computed = [one["prompt_tokens"] - one["cached_tokens"] for one in figures]
            assert len(computed) == len("self.items(")
            assert max(computed) <= most
            assert {one["layout"] for one in figures} == {layout}
        assert await editor.leave() == 0


async def test_a_jump_is_paid_before_anybody_asks(tmp_path: Path) -> None:
    async with launched(tmp_path, {}, *_REAL, config="") as editor:
        await editor.begin()
        await editor.ready()
        uri = editor.open(f"{LONG}value = ‸\n\n{LONG}")
        editor.tell_cursor(uri)

        async def warm() -> list[Message]:
            found: list[Message] = await editor.command("codellama.lastRequests")
            return found

        async with asyncio.timeout(PATIENCE_S):
            while not (figures := await warm()):  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.05)
        assert [one["source"] for one in figures] == ["warm-up"]
        await editor.offer(uri)
        (asked, *_) = await warm()
        assert asked["prompt_tokens"] - asked["cached_tokens"] <= BLOCK_TOKENS
        assert await editor.leave() == 0


async def test_a_vanished_editor_leaves_no_process(tmp_path: Path) -> None:
    async with launched(tmp_path, {}, *_REAL) as editor:
        await editor.begin()
        await editor.ready()
        family = _family(editor)
        editor.hang_up()
        assert await all_gone(family) == set()


async def test_a_killed_server_leaves_no_process(tmp_path: Path) -> None:
    async with launched(tmp_path, {}, *_REAL) as editor:
        await editor.begin()
        await editor.ready()
        family = _family(editor)
        editor.process.kill()
        assert await all_gone(family) == set()


def test_the_command_line_takes_the_same_path(tmp_path: Path) -> None:
    source = tmp_path / "a.py"
    source.write_text(DRAWN.replace("‸", ""))
    place = f"{source}:{LINE}:20"
    done = subprocess.run(
        [sys.executable, "-m", "lsp_server", "complete", place, place, "--json"],
        env=os.environ | {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    first, again = (json.loads(line) for line in done.stdout.splitlines())
    assert first["text"] == again["text"] != ""
    assert first["model"] == "demo"
    assert first["finish_reason"] in {"stop", "length", "decided"}
    assert first["cached_tokens"] == 0
    assert again["cached_tokens"] == _whole_blocks(again["prompt_tokens"])
    assert 0 < first["first_token_ms"] <= first["total_ms"]
    assert source.read_text() == DRAWN.replace("‸", "")


_REAL = ("--engine", "vllm", "--log-level", "debug", "--standalone")


def _family(editor: Editor) -> set[int]:
    """Return the server, its host and all that vLLM started."""
    family = {editor.process.pid, *descendants(editor.process.pid)}
    assert any("lsp_server.engine.host" in command(pid) for pid in family)
    assert any("EngineCore" in command(pid) for pid in family)
    return family


def _whole_blocks(prompt_tokens: int) -> int:
    """Return what vLLM can take from its cache: never a prompt's last token."""
    cached = (prompt_tokens - 1) // BLOCK_TOKENS * BLOCK_TOKENS
    assert cached >= 3 * BLOCK_TOKENS, "too short to tell"
    return cached


def _cached_tokens(editor: Editor) -> list[int]:
    return [int(n) for n in re.findall(r"(\d+) of them cached", editor.stderr())]


def _prompt_tokens(editor: Editor) -> int:
    (first, *_) = re.findall(r"(\d+) prompt tokens", editor.stderr())
    return int(first)
