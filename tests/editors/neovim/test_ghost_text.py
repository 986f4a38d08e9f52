"""Ghost text in Neovim, with the scripted engine."""

import json
import random
from pathlib import Path

import pytest

from tests.editors.neovim.conftest import RECORD, Open, RunServer
from tests.editors.neovim.process import Neovim
from tests.editors.scripts import scripted

pytestmark = pytest.mark.editors

SUM = [{"text": "a + b\n", "contains": "return "}]
BLOCK = [{"text": "\n    total = 0\n    return total\n", "contains": "def sum(all):"}]


def source(workspace: Path, text: str, name: str = "sum.py") -> Path:
    path = workspace / name
    path.write_bytes(text.encode())
    return path


async def at_the_end(editor: Neovim, text: str) -> None:
    """Type at the end of the last line, once the engine is there."""
    await editor.ready()
    await editor.keys("GA")
    await editor.type(text)


async def test_text_appears_while_typing_and_is_accepted_whole(
    open_neovim: Open, workspace: Path, tmp_path: Path
) -> None:
    file = source(workspace, "def add(a, b):\n\n")
    async with open_neovim(scripted(tmp_path, SUM), file) as editor:
        await at_the_end(editor, "    return ")
        await editor.shows("a + b")
        await editor.keys("<Tab>")
        assert await editor.text() == "def add(a, b):\n    return a + b"
        assert await editor.ghost() == ""


async def test_what_is_accepted_is_told_and_counted(
    open_neovim: Open, workspace: Path, tmp_path: Path, run_server: RunServer
) -> None:
    file = source(workspace, "def add(a, b):\n\n")
    async with open_neovim(scripted(tmp_path, SUM), file) as editor:
        await at_the_end(editor, "    return ")
        await editor.shows("a + b")
        await editor.keys("<Tab>")
        state = editor.folder / "state"
    figures = json.loads(run_server(["stats", "--json"], XDG_STATE_HOME=str(state)))
    assert figures["accepted"] == 1


async def test_it_is_accepted_by_word(
    open_neovim: Open, workspace: Path, tmp_path: Path
) -> None:
    file = source(workspace, "\n")
    async with open_neovim(scripted(tmp_path, BLOCK), file) as editor:
        await at_the_end(editor, "def sum(all):")
        rest = "\n    total = 0\n    return total"
        for word in ("\n    total", " =", " 0", "\n    return", " total"):
            await editor.shows(rest)
            await editor.keys("<M-Right>")
            rest = rest.removeprefix(word)
            assert await editor.ghost() == rest
        assert await editor.text() == "def sum(all):\n    total = 0\n    return total"


async def test_it_is_accepted_by_line(
    open_neovim: Open, workspace: Path, tmp_path: Path
) -> None:
    file = source(workspace, "\n")
    async with open_neovim(scripted(tmp_path, BLOCK), file) as editor:
        await at_the_end(editor, "def sum(all):")
        await editor.shows("\n    total = 0\n    return total")
        await editor.keys("<M-C-Right>")
        assert await editor.text() == "def sum(all):\n    total = 0"
        assert await editor.ghost() == "\n    return total"
        await editor.keys("<M-C-Right>")
        assert await editor.text() == "def sum(all):\n    total = 0\n    return total"


async def test_it_stays_on_the_screen_while_it_is_typed(
    open_neovim: Open, workspace: Path, tmp_path: Path
) -> None:
    file = source(workspace, "def add(a, b):\n\n")
    async with open_neovim(scripted(tmp_path, SUM), file) as editor:
        await at_the_end(editor, "    return ")
        await editor.shows("a + b")
        await editor.lua(RECORD)
        for typed in range(1, len("a + b")):
            await editor.type("a + b"[typed - 1])
            assert await editor.ghost() == "a + b"[typed:]
        drawn = await editor.lua("return _G.drawn")
        assert [*dict.fromkeys(drawn)] == [" + b", "+ b", " b", "b"]


async def test_a_newer_key_wins(
    open_neovim: Open, workspace: Path, tmp_path: Path
) -> None:
    answers = [
        {"text": "old()\n", "contains": "x = o"},
        {"text": "ew()\n", "contains": "x = n"},
        {"text": "old()\n"},
    ]
    file = source(workspace, "\n")
    slow = scripted(tmp_path, answers, first_piece_ms=300)
    async with open_neovim(slow, file) as editor:
        await editor.lua(RECORD)
        await at_the_end(editor, "x = o")
        await editor.keys("<BS>n")
        await editor.shows("ew()")
        assert await editor.lua("return _G.drawn") == ["ew()"]


async def test_what_was_said_behind_another_word_is_not_shown(
    open_neovim: Open, workspace: Path, tmp_path: Path
) -> None:
    answers = [{"text": "ip(all)\n", "contains": "return z"}, {"text": ""}]
    file = source(workspace, "def add(a, b):\n\n")
    async with open_neovim(scripted(tmp_path, answers), file) as editor:
        await at_the_end(editor, "    return z")
        await editor.shows("ip(all)")
        await editor.keys("<BS>q")  # at once, so that it is one change
        assert await editor.ghost() == ""
        await editor.keys("<Tab>")
        assert (await editor.text()).rstrip() == "def add(a, b):\n    return q"


async def test_right_after_a_typed_key_nothing_goes_in_twice(
    open_neovim: Open, workspace: Path, tmp_path: Path
) -> None:
    file = source(workspace, "def add(a, b):\n\n")
    async with open_neovim(scripted(tmp_path, SUM), file) as editor:
        await at_the_end(editor, "    return ")
        await editor.shows("a + b")
        await editor.keys("a<Tab>")
        assert await editor.text() == "def add(a, b):\n    return a + b"


async def test_after_a_key_that_disagrees_tab_is_a_tab(
    open_neovim: Open, workspace: Path, tmp_path: Path
) -> None:
    file = source(workspace, "def add(a, b):\n\n")
    answers = [{"text": "", "contains": "return z"}, *SUM]
    async with open_neovim(scripted(tmp_path, answers), file) as editor:
        await at_the_end(editor, "    return ")
        await editor.shows("a + b")
        await editor.keys("z<Tab>")
        assert await editor.text() == "def add(a, b):\n    return z    "
        assert await editor.ghost() == ""


async def test_without_a_suggestion_a_key_does_what_it_was_mapped_to(
    open_neovim: Open, workspace: Path, tmp_path: Path
) -> None:
    file = source(workspace, "\n")
    init = """
    vim.keymap.set("i", "<Tab>", function() return "expr" end, {expr = true})
    vim.keymap.set("i", "<M-Right>", "plain")
    vim.keymap.set("i", "<M-C-Right>", function() vim.g.called = 1 end)
    """
    async with open_neovim(scripted(tmp_path), file, init=init) as editor:
        await at_the_end(editor, "")
        await editor.keys("<Tab> <M-Right><M-C-Right>")
        assert await editor.text() == "expr plain"
        assert await editor.lua("return vim.g.called") == 1


async def test_undo_takes_back_what_was_accepted_and_no_more(
    open_neovim: Open, workspace: Path, tmp_path: Path
) -> None:
    file = source(workspace, "def add(a, b):\n\n")
    async with open_neovim(scripted(tmp_path, SUM), file) as editor:
        await at_the_end(editor, "    return ")
        await editor.shows("a + b")
        await editor.keys("<Tab><Esc>u")
        assert await editor.text() == "def add(a, b):\n    return "


async def test_it_is_gone_outside_insert_mode_and_asked_for_on_the_way_back(
    open_neovim: Open, workspace: Path, tmp_path: Path
) -> None:
    file = source(workspace, "def add(a, b):\n\n")
    async with open_neovim(scripted(tmp_path, SUM), file) as editor:
        await at_the_end(editor, "    return ")
        await editor.shows("a + b")
        await editor.keys("<Esc>")
        assert await editor.ghost() == ""
        await editor.keys("A")
        await editor.shows("a + b")
        await editor.keys("<C-]>")
        assert await editor.ghost() == ""
        await editor.keys("<M-Bslash>")
        await editor.shows("a + b")


async def test_it_stands_beside_an_open_menu(
    open_neovim: Open, workspace: Path, tmp_path: Path
) -> None:
    answers = [
        {"text": "_all()\n", "contains": "total = add"},
        {"text": "()\n", "contains": "total = addition"},
    ]
    file = source(workspace, "addition = adder = 1\n\n")
    async with open_neovim(scripted(tmp_path, answers[::-1]), file) as editor:
        await at_the_end(editor, "total = add")
        await editor.shows("_all()")
        await editor.keys("<C-n>")
        assert await editor.call("nvim_eval", "pumvisible()")
        await editor.shows("()")
        await editor.keys("<Tab>")
        assert not await editor.call("nvim_eval", "pumvisible()")
        assert await editor.text() == "addition = adder = 1\ntotal = addition()"


async def test_what_a_menu_only_proposes_is_not_in_the_text(
    open_neovim: Open, workspace: Path, tmp_path: Path
) -> None:
    answers = [{"text": "_all()\n", "contains": "total = add"}]
    file = source(workspace, "addition = adder = 1\n\n")
    init = "vim.opt.completeopt = { 'menuone', 'noinsert' }\n"
    async with open_neovim(scripted(tmp_path, answers), file, init=init) as editor:
        await at_the_end(editor, "total = add")
        await editor.keys("<C-n>")
        assert await editor.call("nvim_eval", "pumvisible()")
        await editor.shows("_all()")
        await editor.keys("<Tab>")
        assert not await editor.call("nvim_eval", "pumvisible()")
        assert await editor.text() == "addition = adder = 1\ntotal = add_all()"


async def test_text_beyond_ascii(
    open_neovim: Open, workspace: Path, tmp_path: Path
) -> None:
    answers = [{"text": "größe + länge😀 + 1\n", "contains": "return "}]
    file = source(workspace, "# 日本語 😀\n\n")
    async with open_neovim(scripted(tmp_path, answers), file) as editor:
        await at_the_end(editor, "é = '日本😀'; return ")
        await editor.shows("größe + länge😀 + 1")
        await editor.type("grö")
        assert await editor.ghost() == "ße + länge😀 + 1"
        await editor.keys("<M-Right>")
        assert await editor.ghost() == " + länge😀 + 1"
        await editor.keys("<Tab>")
        await editor.keys("<Esc>:w<CR>")
        saved = file.read_text(encoding="utf-8")
    assert saved == "# 日本語 😀\né = '日本😀'; return größe + länge😀 + 1\n"


async def test_a_file_with_cr_lf_keeps_them(
    open_neovim: Open, workspace: Path, tmp_path: Path
) -> None:
    file = source(workspace, "import os\r\n\r\n")
    async with open_neovim(scripted(tmp_path, BLOCK), file) as editor:
        await at_the_end(editor, "def sum(all):")
        await editor.shows("\n    total = 0\n    return total")
        await editor.keys("<Tab><Esc>:w<CR>")
        saved = file.read_bytes()
    assert saved == (
        b"import os\r\ndef sum(all):\r\n    total = 0\r\n    return total\r\n"
    )


async def test_tabs_are_as_wide_as_in_the_file(
    open_neovim: Open, workspace: Path, tmp_path: Path
) -> None:
    answers = [{"text": "\n\ttotal\t:= 0\n", "contains": "func sum() {"}]
    file = source(workspace, "package sums\n\n", "sum.go")
    init = "vim.opt.tabstop = 4\n"
    async with open_neovim(scripted(tmp_path, answers), file, init=init) as editor:
        await at_the_end(editor, "func sum() {")
        await editor.shows("\n    total   := 0")
        await editor.keys("<Tab>")
        assert await editor.text() == "package sums\nfunc sum() {\n\ttotal\t:= 0"


async def test_two_hundred_keys_in_ten_thousand_lines(
    open_neovim: Open, workspace: Path, tmp_path: Path
) -> None:
    lines = [f"value_{number} = {number}  # ½ 😀" for number in range(10_000)]
    file = source(workspace, "".join(f"{line}\n" for line in lines))
    answers = [{"text": "value_1 + value_2\n"}]
    chance = random.Random(8)
    text = "".join(chance.choice("abc =+()[]é😀'\"\t") for _ in range(200))
    init = "vim.opt.autoindent = false\nvim.opt.indentexpr = ''\n"
    fast = scripted(tmp_path, answers, first_piece_ms=5)
    async with open_neovim(fast, file, init=init) as editor:
        await editor.ready()
        await editor.keys(":filetype indent off<CR>:setlocal noexpandtab<CR>5000Go")
        for character in text:
            await editor.keys("<C-v><Tab>" if character == "\t" else character)
        await editor.shows("value_1 + value_2")
        await editor.keys("<Tab><Esc>:w<CR>")
        saved = file.read_text(encoding="utf-8").split("\n")
    assert saved[5000] == text + "value_1 + value_2"
    assert saved[:5000] + saved[5001:-1] == lines
