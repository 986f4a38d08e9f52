"""What is asked for by hand: a fix, a name explained, several suggestions to choose from."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.editors.scripts import scripted
from tests.editors.vscode.code_server import Installation, served
from tests.editors.vscode.waiting import until
from tests.editors.vscode.workbench import Workbench, window

pytestmark = pytest.mark.editors

BROKEN = """export function broken(count: number): number {
  return "one" + count;
}
"""
FIXED = """export function broken(count: number): number {
  return 1 + count;
}
"""
SHOUTED = "def shout(text):\n    return text.upper()\n"

FILES = {
    "broken.ts": BROKEN,
    "shop.py": 'def price_of(title):\n    """Say what a book costs."""\n    return len(title)\n',
    "user.py": "from shop import price_of\n\nprint(price_of('x'))\n",
    "shout.py": "def shout(text):\n    return text\n",
    "many.py": "def one_of_many(shelf):\n    \n",
}


@pytest.fixture(scope="module")
def workbench(
    installation: Installation,
    extensions: Path,
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Workbench]:
    folder, workspace = (
        tmp_path_factory.mktemp("served"),
        tmp_path_factory.mktemp("work"),
    )
    for name, text in FILES.items():
        (workspace / name).write_text(text)
    choices: list[Any] = [
        {"contains": "def one_of_many", "text": f"return shelf[{at}]\n", "once": True}
        for at in range(20)
    ]
    answers = [
        {"contains": "not assignable", "text": f"{FIXED}```\n"},
        {"contains": "in capitals", "text": f"{SHOUTED}```\n"},
        *choices,
    ]
    environment = scripted(folder, answers)
    with (
        served(
            installation,
            extensions,
            folder,
            environment=environment,
            # Nobody but who asks by hand gets an answer that is said once.
            settings={"codellama.inline.ahead": False},
        ) as at,
        window(chromium, at, workspace) as opened,
    ):
        opened.says("ready")
        yield opened


def test_a_fault_that_a_compiler_found_is_fixed(workbench: Workbench) -> None:
    workbench.open("broken.ts", ":2:5")
    workbench.page.locator(".squiggly-error").first.wait_for()
    workbench.act("Fix: ")
    workbench.confirm()
    until(lambda: workbench.saved("broken.ts") == FIXED.encode(), "the fix")


def test_words_of_ones_own_are_asked_for(workbench: Workbench) -> None:
    workbench.open("shout.py", ":2:5")
    workbench.act("Rewrite as I say")
    workbench.answer("in capitals")
    workbench.confirm()
    until(lambda: workbench.saved("shout.py") == SHOUTED.encode(), "the rewriting")


def test_a_hover_says_what_a_name_of_another_file_is(workbench: Workbench) -> None:
    workbench.open("user.py", ":3:8")
    workbench.explains("Say what a book costs.")


def test_one_of_several_suggestions_is_chosen(workbench: Workbench) -> None:
    workbench.open("many.py", ":2:5")
    shown = [workbench.asked()]
    for _ in range(2):
        workbench.press("Alt+]")
        shown.append(until(partial(workbench.another, shown[-1]), "the next one"))
    assert len(set(shown)) == 3
    workbench.press("Alt+]")
    workbench.shows(shown[0])
    workbench.press("Alt+[")
    workbench.shows(shown[2])
    workbench.press("Tab")
    whole = f"def one_of_many(shelf):\n    {shown[2]}\n"
    assert workbench.saved("many.py") == whole.encode()
