"""What was sent for the last suggestion, shown and returned."""

import copy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.client import CAPABLE, PLAIN, Editor, answer, launched

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

SCRIPT = {"answers": [answer("def first():\n    ‸\n", "one = '<b>'")]}
SHOW = "codellama.showPrompt"


def shows() -> dict[str, Any]:
    capable = copy.deepcopy(CAPABLE)
    capable["window"]["showDocument"] = {"support": True}
    return capable


@pytest.mark.parametrize(
    ("argument", "begins", "name", "external"),
    [
        ((), "# `/seen.py:2:5`\n", "prompt.md", False),
        (({"format": "markdown"},), "# `/seen.py:2:5`\n", "prompt.md", False),
        (({"format": "html"},), "<!DOCTYPE html>\n", "prompt.html", True),
    ],
)
async def test_the_page_is_shown_where_the_editor_can(
    tmp_path: Path, argument: tuple[Any, ...], begins: str, name: str, *, external: bool
) -> None:
    async with launched(tmp_path, SCRIPT, config=PLAIN) as editor:
        await editor.begin(shows())
        await editor.ready()
        uri = editor.open("def first():\n    ‸\n", uri="file:///seen.py")
        assert await editor.shown(uri) == "one = '<b>'"
        page = await editor.command(SHOW, *argument)
        assert page.startswith(begins)
        (shown,) = editor.heard("window/showDocument")
        file = Path(urlsplit(shown["uri"]).path)
        assert (file.name, shown.get("external", False)) == (name, external)
        assert file.read_text(encoding="utf-8") == page
        assert file.parent.stat().st_mode & 0o077 == 0
        assert await editor.leave() == 0
    assert not file.exists()


async def test_the_page_may_be_only_returned(tmp_path: Path) -> None:
    async with launched(tmp_path, SCRIPT, config=PLAIN) as editor:
        await editor.begin(shows())
        await editor.ready()
        await editor.shown(editor.open("def first():\n    ‸\n"))
        page = await editor.command(SHOW, {"format": "html", "show": False})
        assert "<ins>one = &#x27;&lt;b&gt;&#x27;</ins>" in page
        assert editor.heard("window/showDocument") == []
        assert await editor.leave() == 0


@pytest.mark.parametrize(
    "argument", [{"format": "pdf"}, {"show": 1}, "html", 7, [], {"format": ["html"]}]
)
async def test_another_argument_is_refused(editor: Editor, argument: Any) -> None:
    told = {"command": SHOW, "arguments": [argument]}
    number = editor.request("workspace/executeCommand", told)
    assert await editor.error_code(number) == -32602


async def test_before_the_first_suggestion_there_is_none(tmp_path: Path) -> None:
    async with launched(tmp_path, SCRIPT, config=PLAIN) as editor:
        await editor.begin()
        assert await editor.command(SHOW, {"format": "html"}) is None
        assert editor.shown_messages() == ["There was no suggestion yet."]
        assert await editor.leave() == 0
