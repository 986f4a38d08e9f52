"""Once with the real engine: vLLM and the demo model, two windows, and how it looks."""

from pathlib import Path

import pytest

from tests.editors.neovim.below import hosts
from tests.editors.neovim.conftest import Open
from tests.editors.neovim.picture import draw
from tests.editors.neovim.process import Neovim
from tests.editors.neovim.seen import on_screen, suggestion

pytestmark = [pytest.mark.editors, pytest.mark.vllm]

SOURCE = '''"""A stack of numbers."""


class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

'''
LOOK = """
vim.opt.background = "{background}"
vim.opt.number = true
vim.opt.laststatus = 2
vim.opt.statusline = " %t %m%=%{{v:lua.require'codellama'.status()}}  %l:%c "
vim.opt.showmode = false
vim.opt.shortmess:append("FI")
vim.opt.fillchars = {{ eob = " " }}
"""


@pytest.fixture
def file(workspace: Path) -> Path:
    path = workspace / "stack.py"
    path.write_text(SOURCE, encoding="utf-8")
    return path


async def suggested(editor: Neovim, typed: str) -> str:
    """Type at the end of the file, and return what the model says there."""
    await editor.ready()
    await editor.keys(f"Go{typed}")
    return await suggestion(editor)


async def test_the_demo_model_completes_in_two_windows_with_one_engine(
    open_neovim: Open,
    file: Path,
    pictures: Path | None,
    tmp_path: Path,
    short_folder: Path,
) -> None:
    environment = {
        "CODELLAMA_MODEL": "demo",
        "CODELLAMA_LINGER_MINUTES": "0",
        "XDG_RUNTIME_DIR": str(short_folder),
    }
    dark, light = (LOOK.format(background=name) for name in ("dark", "light"))
    async with open_neovim(environment, file, init=dark, name="one") as first:
        ghost = await suggested(first, "    def pop(self):")
        await on_screen(first, ghost.strip().splitlines()[0], "Code Llama: ready")
        if pictures is not None:
            draw(first.screen, pictures / "neovim-dark.png")
        await first.keys("<Tab>")
        assert (await first.text()).endswith("def pop(self):" + ghost)
        async with open_neovim(environment, file, init=light, name="two") as second:
            shown = await suggested(second, "    def pop(self):")
            assert shown == ghost
            await on_screen(second, ghost.strip().splitlines()[0], "Code Llama: ready")
            if pictures is not None:
                draw(second.screen, pictures / "neovim-light.png")
            assert len(hosts(first) | hosts(second)) == 1
            draw(second.screen, tmp_path / "screen.png")
            assert (tmp_path / "screen.png").stat().st_size < 60_000
