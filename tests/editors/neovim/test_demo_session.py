"""A day's work in Neovim with nothing scripted: vLLM and the demo model.

Nobody knows what the model says: what is shown is held against what then stands in the text.
All windows share one engine, as a user's do. The two tests that kill something are the last.
"""

import asyncio
import os
import random
import re
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.editors.neovim import faulty
from tests.editors.neovim.below import hosts, kill_server
from tests.editors.neovim.conftest import Open, opener
from tests.editors.neovim.process import Neovim
from tests.editors.neovim.seen import STATES, answered, floating, on_screen, suggestion

pytestmark = [
    pytest.mark.editors,
    pytest.mark.vllm,
    pytest.mark.asyncio(loop_scope="module"),
]

SOURCE = '''"""A stack of numbers."""


class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

'''
BLOCK = "    def pop(self):"
"""Behind it come lines."""

VALUE = "    def pop(self):\n        return "
"""Behind it comes the rest of a line."""

INIT = """
vim.cmd("filetype indent off")
vim.opt.autoindent = false
vim.opt.laststatus = 2
vim.opt.statusline = "%f [%{v:lua.require'codellama'.status()}]"
"""
"""What is typed is all that stands there."""

Window = Callable[..., AbstractAsyncContextManager[Neovim]]


@pytest.fixture(scope="module")
def one_engine() -> Iterator[dict[str, str]]:
    """Variables of windows that share an engine, which no other test's windows find."""
    with tempfile.TemporaryDirectory(prefix="run-") as sockets:
        yield {
            "CODELLAMA_MODEL": "demo",
            "CODELLAMA_LINGER_MINUTES": "0",
            "XDG_RUNTIME_DIR": sockets,
        }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def first(
    nvim: Path,
    server: Path,
    one_engine: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Neovim]:
    """Return a window in which nobody types: while it is open, the engine stays."""
    folder = tmp_path_factory.mktemp("first")
    file = folder / "first.py"
    file.write_text(SOURCE, encoding="utf-8")
    async with opener(nvim, server, folder)(one_engine, file) as editor:
        await editor.ready()
        yield editor


@pytest.fixture
def window(
    first: Neovim, open_neovim: Open, one_engine: dict[str, str], file: Path
) -> Window:
    """Return what opens a second window, on ``file`` with this text."""
    assert first.process.returncode is None

    @asynccontextmanager
    async def opened(text: str = SOURCE) -> AsyncIterator[Neovim]:
        file.write_bytes(text.encode())
        async with open_neovim(one_engine, file, init=INIT) as editor:
            await editor.ready()
            yield editor

    return opened


@pytest.fixture
def file(workspace: Path) -> Path:
    return workspace / "stack.py"


async def suggested(editor: Neovim, typed: str) -> str:
    """Type below the last line, and return what the model says there."""
    await editor.keys("Go")
    await editor.type(typed)
    return await suggestion(editor)


def first_line(text: str) -> str:
    return text.partition("\n")[0]


async def test_text_appears_while_typing_and_is_accepted_whole(window: Window) -> None:
    async with window() as editor:
        await editor.keys("Go")
        for key in BLOCK:
            await editor.type(key)
        ghost = await suggestion(editor)
        await on_screen(editor, *(line.strip() for line in ghost.split("\n")))
        assert await editor.text() == SOURCE + BLOCK
        await editor.keys("<Tab>")
        assert await editor.text() == SOURCE + BLOCK + ghost


async def test_it_stays_on_the_screen_while_it_is_typed(window: Window) -> None:
    async with window() as editor:
        ghost = await suggested(editor, VALUE)
        whole = VALUE.rpartition("\n")[2] + first_line(ghost)
        await on_screen(editor, whole)
        editor.screen.frames.clear()
        keys = first_line(ghost)[:-1]
        assert keys, "too short to be typed along"
        for typed, key in enumerate(keys, start=1):
            await editor.type(key)
            assert await editor.ghost() == ghost[typed:]
            await answered(editor)
        drawn = editor.screen.frames
        assert len(drawn) >= len(keys)
        assert {before + rest for before, rest in drawn} == {whole}


async def test_it_is_accepted_by_word(window: Window) -> None:
    async with window() as editor:
        rest = await suggested(editor, BLOCK)
        text = SOURCE + BLOCK
        while rest:
            word = re.match(r"\s*(\w+|[^\w\s]+)?", rest)
            assert word
            await editor.keys("<M-Right>")
            text += word[0]
            assert await editor.text() == text
            rest = rest.removeprefix(word[0])
            assert not rest or await editor.ghost() == rest


async def test_it_is_accepted_by_line(window: Window) -> None:
    async with window() as editor:
        ghost = await suggested(editor, BLOCK)
        assert ghost.startswith("\n")
        text = SOURCE + BLOCK
        lines = ghost.removeprefix("\n").split("\n")
        for number, line in enumerate(lines, start=1):
            await editor.keys("<M-C-Right>")
            text += "\n" + line
            assert await editor.text() == text
            rest = "".join(f"\n{line}" for line in lines[number:])
            assert not rest or await editor.ghost() == rest


async def test_a_newer_key_that_disagrees_wins(window: Window) -> None:
    async with window() as editor:
        shown = await suggested(editor, VALUE)
        disagrees, begun, newest = [key for key in "zqxy" if key != shown[0]][:3]
        await editor.type(disagrees)
        await answered(editor)
        other = await editor.ghost()
        await editor.keys(f"<BS>{begun}")  # and what it asks for has not come
        await editor.keys(f"<BS>{newest}")
        await answered(editor)
        last = await editor.ghost()
        line = VALUE.rpartition("\n")[2]
        await on_screen(editor, line + newest + first_line(last))
        drawn = {
            key: {rest for before, rest in editor.screen.frames if before == line + key}
            for key in (disagrees, newest)
        }
        assert drawn[disagrees]
        assert drawn[newest]
        assert drawn[disagrees] <= {"", first_line(other)} - {first_line(shown)}
        assert drawn[newest] <= {"", first_line(last)} - {first_line(shown)}


async def test_right_after_a_typed_key_nothing_goes_in_twice(window: Window) -> None:
    async with window() as editor:
        ghost = await suggested(editor, VALUE)
        await editor.type(ghost[0])
        await asyncio.sleep(0.05)  # as long as a quick hand takes to the next key
        await editor.keys("<Tab>")
        assert await editor.text() == SOURCE + VALUE + ghost


async def test_hover_tells_what_a_name_is(window: Window) -> None:
    async with window(faulty.SOURCE) as editor:
        await editor.keys("5G/add<CR>K")
        await floating(editor, "def add(first, second)")


async def test_a_fix_is_asked_about_or_refused_and_never_just_made(
    window: Window,
) -> None:
    asked, refused = "generated by demo", 'Fix: name "secnd" is not defined: '
    async with window(faulty.SOURCE) as editor:
        await editor.keys(":set cmdheight=9<CR>")  # where a long message can be read
        tick = await editor.lua("return vim.b.changedtick")
        await faulty.ask_for_a_fix(editor)

        async def ended() -> str:
            shown = "\n".join(editor.screen.lines())
            return next((words for words in (asked, refused) if words in shown), "")

        if await editor.until(ended, "how it ended") == asked:
            await editor.keys("n")
        assert await editor.text() == faulty.SOURCE.removesuffix("\n")
        assert await editor.lua("return vim.b.changedtick") == tick


async def test_the_statusline_shows_that_the_engine_is_ready(window: Window) -> None:
    async with window() as editor:
        await on_screen(editor, "[Code Llama: ready]")


async def test_text_beyond_ascii(window: Window, file: Path) -> None:
    beyond = SOURCE.replace("numbers", "größter Länge: 日本語 😀")
    typed = "    def größe(self):\n        é = '日本😀'; return "
    async with window(beyond) as editor:
        ghost = await suggested(editor, typed)
        await editor.keys("<Tab><Esc>:w<CR>")
        assert await editor.text() == beyond + typed + ghost
    assert file.read_bytes().decode() == f"{beyond}{typed}{ghost}\n"


async def test_a_file_with_cr_lf_keeps_them(window: Window, file: Path) -> None:
    async with window(SOURCE.replace("\n", "\r\n")) as editor:
        ghost = await suggested(editor, BLOCK)
        assert "\n" in ghost
        await editor.keys("<Tab><Esc>:w<CR>")
    saved = f"{SOURCE}{BLOCK}{ghost}\n".replace("\n", "\r\n")
    assert file.read_bytes().decode() == saved


async def test_two_hundred_keys_in_ten_thousand_lines(
    window: Window, file: Path
) -> None:
    lines = [f"value_{number} = {number}  # ½ 😀\n" for number in range(10_000)]
    chance = random.Random(8)
    pieces = ["self.", "items", "größe", " = ", "(", ")", "é😀", "'", "\n", "\nreturn "]
    text = "".join(chance.choice(pieces) for _ in range(200))[:187] + "\nreturn self."
    assert len(text) == 200
    async with window("".join(lines)) as editor:
        await editor.keys("5000Go")
        editor.screen.frames.clear()
        for number, key in enumerate(text):
            await editor.type(key)
            if number % 10 == 0:  # whoever types looks up now and then
                await answered(editor)
        assert any(rest for _, rest in editor.screen.frames), "nothing was suggested"
        ghost = await suggestion(editor)
        await editor.keys("<Tab><Esc>:w<CR>")
    before, after = ("".join(part) for part in (lines[:5000], lines[5000:]))
    assert file.read_bytes().decode() == f"{before}{text}{ghost}\n{after}"


async def test_a_server_that_is_killed_comes_back_to_the_same_engine(
    window: Window, first: Neovim
) -> None:
    (engine,) = hosts(first)
    async with window() as editor:
        await suggested(editor, BLOCK)
        await kill_server(editor)
        assert await editor.ghost() == ""
        await editor.ready()
        await editor.keys("<CR>")
        await editor.type("        return ")
        ghost = await suggestion(editor)
        await editor.keys("<Tab>")
        assert await editor.text() == f"{SOURCE}{BLOCK}\n        return {ghost}"
        assert hosts(editor) == set()
        assert hosts(first) == {engine}


async def test_an_engine_that_is_killed_comes_back(
    window: Window, first: Neovim
) -> None:
    async with window() as editor:
        await suggested(editor, BLOCK)
        await editor.lua(STATES)
        (engine,) = hosts(first)
        os.kill(engine, signal.SIGKILL)
        await editor.until_lua(
            "return vim.list_contains(_G.states, 'Code Llama: down')"
            " and _G.states[#_G.states] == 'Code Llama: ready'"
        )
        await editor.keys("<CR>")
        await editor.type("        return ")
        ghost = await suggestion(editor)
        await editor.keys("<Tab>")
        assert await editor.text() == f"{SOURCE}{BLOCK}\n        return {ghost}"
        (another,) = hosts(first) | hosts(editor)
        assert another != engine
