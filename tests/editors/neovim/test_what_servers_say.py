"""The plugin's answers to a server: a fake one, that says what the real one seldom does."""

from pathlib import Path

import pytest

from tests.editors.neovim.conftest import RECORD, Open
from tests.editors.neovim.process import Neovim

pytestmark = pytest.mark.editors

FAKE = (Path(__file__).parent / "fake_server.lua").read_text(encoding="utf-8")


@pytest.fixture
def file(workspace: Path) -> Path:
    path = workspace / "a.py"
    path.write_text("\n", encoding="utf-8")
    return path


async def answer(editor: Neovim, code: str) -> None:
    """Let the server answer by this body of a function of ``params``."""
    await editor.until_lua("return #vim.lsp.get_clients({bufnr = 0}) == 1")
    await editor.lua(f"_G.answer = function(params) {code} end")


async def test_several_suggestions_take_turns(open_neovim: Open, file: Path) -> None:
    async with open_neovim({}, file, init=FAKE) as editor:
        await answer(
            editor,
            """
            if params.context.triggerKind == 1 then return items("one", "two", "three") end
            return items("one")
            """,
        )
        await editor.keys("i ")
        await editor.shows("one")
        await editor.keys("<M-]>")
        await editor.shows("one (1/3)")
        await editor.keys("<M-]>")
        assert await editor.ghost() == "two (2/3)"
        await editor.keys("<M-[><M-[>")
        assert await editor.ghost() == "three (3/3)"
        await editor.keys("<Tab>")
        assert await editor.text() == " three"
        assert await editor.lua("return _G.executed") == ["three"]


async def test_taken_by_word_it_is_told_when_all_of_it_is_in(
    open_neovim: Open, file: Path
) -> None:
    async with open_neovim({}, file, init=FAKE) as editor:
        await answer(editor, "if #_G.asked == 1 then return items('one two') end")
        await editor.keys("i")
        await editor.shows("one two")
        await editor.keys("<M-Right>")
        assert await editor.lua("return _G.executed") == []
        assert await editor.ghost() == " two"
        await editor.keys("<M-Right>")
        assert await editor.lua("return _G.executed") == ["one two"]


async def test_no_answer_leaves_what_still_fits_and_nothing_takes_it_away(
    open_neovim: Open, file: Path
) -> None:
    async with open_neovim({}, file, init=FAKE) as editor:
        await answer(editor, "if #_G.asked == 1 then return items('one') end")
        await editor.keys("i")
        await editor.shows("one")
        await editor.keys("o")
        assert await editor.lua("return #_G.asked") == 2
        assert await editor.ghost() == "ne"
        await answer(editor, "return items()")
        await editor.keys("n")
        await editor.shows("")


async def test_an_answer_to_an_older_text_is_not_shown(
    open_neovim: Open, file: Path
) -> None:
    async with open_neovim({}, file, init=FAKE) as editor:
        await answer(editor, "")
        await editor.lua(RECORD)
        await editor.keys("i")
        await answer(
            editor,
            """
            if #_G.asked > 2 then return items("new") end
            -- Before this answer is looked at, the text is another one.
            vim.api.nvim_buf_set_lines(0, 0, 1, true, { "changed" })
            return items("old")
            """,
        )
        await editor.keys("x")
        await editor.keys("<End>y")
        await editor.shows("new")
        assert set(await editor.lua("return _G.drawn")) == {"new"}


async def test_in_one_key_it_is_asked_for_once(open_neovim: Open, file: Path) -> None:
    async with open_neovim({}, file, init=FAKE) as editor:
        await answer(editor, "return items('text')")
        await editor.keys("i")
        await editor.shows("text")
        await editor.keys("a")
        await editor.keys("b")
        assert await editor.lua("return #_G.asked") == 3


async def test_the_server_asks_for_words(open_neovim: Open, file: Path) -> None:
    async with open_neovim({}, file, init=FAKE) as editor:
        await answer(editor, "")
        for keys, words in (("with a loop<CR>", "with a loop"), ("<Esc>", None)):
            await editor.lua(
                """
                _G.said = nil
                coroutine.wrap(function()
                  local said = _G.dispatchers.server_request("codellama/input", {
                    title = "Rewrite how?", placeholder = "in your own words",
                  })
                  _G.said = { words = said, none = said == vim.NIL }
                end)()
                """
            )
            await editor.until_lua("return vim.fn.mode() == 'c'")
            assert any("Rewrite how?" in line for line in editor.screen.lines())
            await editor.keys(keys)
            said = await editor.until_lua("return _G.said")
            assert said == ({"words": words, "none": False} if words else ANY_NONE)


ANY_NONE = {"words": None, "none": True}
