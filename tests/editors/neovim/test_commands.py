"""What `:CodeLlama` and its neighbours say, all in one Neovim."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.editors.neovim.conftest import opener
from tests.editors.neovim.process import Neovim
from tests.editors.scripts import scripted

pytestmark = [pytest.mark.editors, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session(
    nvim: Path, server: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Neovim]:
    folder = tmp_path_factory.mktemp("commands")
    file = folder / "a.py"
    file.write_text("\n", encoding="utf-8")
    async with opener(nvim, server, folder)(scripted(folder), file) as editor:
        await editor.ready()
        yield editor


@pytest_asyncio.fixture(loop_scope="module")
async def editor(session: Neovim) -> Neovim:
    """Return the same Neovim, with the file alone before it."""
    await session.keys("<Esc>:silent! tabonly! | only! | buffer a.py<CR>")
    return session


@pytest.mark.parametrize(
    ("name", "expected"), [("stats", "last 30 days"), ("doctor", "codellama-lsp")]
)
async def test_what_a_command_prints_comes_into_a_window(
    editor: Neovim, name: str, expected: str
) -> None:
    await editor.says(f"CodeLlama {name}")
    await editor.until_lua("return vim.b.codellama_done")
    assert expected in await editor.text()
    await editor.keys("q")
    assert (await editor.call("nvim_buf_get_name", 0)).endswith("/a.py")


async def test_the_log_is_opened(editor: Neovim) -> None:
    await editor.says("CodeLlama log")
    assert (await editor.call("nvim_buf_get_name", 0)).endswith("lsp.log")


async def test_without_a_model_of_this_machine_free_says_so(editor: Neovim) -> None:
    await editor.says("CodeLlama free")
    await editor.until_lua(
        "return table.concat(_G.said):find('No model of ours is on this machine')"
    )


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("CodeLlama p", ["pause", "prompt"]),
        ("CodeLlama pause l", ["language"]),
        ("CodeLlama pause file ", []),
        ("CodeLlama stats ", []),
    ],
)
async def test_words_are_completed(
    editor: Neovim, typed: str, expected: list[str]
) -> None:
    arguments = [typed, "cmdline"]
    found = await editor.call("nvim_call_function", "getcompletion", arguments)
    assert found == expected


async def test_wrong_words_are_told(editor: Neovim) -> None:
    assert 'no "nonsense"' in await editor.says("CodeLlama nonsense")
    assert "pause what?" in await editor.says("CodeLlama pause lunch")


async def test_health_says_what_is_there(editor: Neovim) -> None:
    await editor.keys(":checkhealth codellama<CR>")
    await editor.until_lua("return vim.bo.filetype == 'checkhealth'")
    report = await editor.text()
    assert "engine: ready" in report
    assert "drawn by this plugin" in report
    assert "ERROR" not in report
    assert "WARNING" not in report


@pytest.mark.parametrize(
    "tag",
    [
        "codellama",
        ":CodeLlama",
        "codellama.status()",
        "g:codellama",
        "hl-CodeLlamaGhost",
    ],
)
async def test_the_help_has_it(editor: Neovim, tag: str) -> None:
    await editor.call("nvim_command", "helptags ALL")
    await editor.call("nvim_command", f"help {tag}")
    assert (await editor.call("nvim_buf_get_name", 0)).endswith("codellama.txt")
