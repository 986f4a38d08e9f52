"""Ghost text in VS Code: it appears, it is typed along, it is taken; the saved file decides."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.editors.scripts import scripted
from tests.editors.vscode.code_server import Installation, served
from tests.editors.vscode.drawn import BIG, Drawn, drawn, write
from tests.editors.vscode.waiting import until
from tests.editors.vscode.workbench import Workbench, window

pytestmark = pytest.mark.editors

BLOCK = """def largest(numbers):
    found = None‸
    for number in numbers:
        if found is None or number > found:
            found = number‸
    return found
"""

FILES = {
    "wake.py": "def awake(a):\n    ‸return a‸\n",
    "whole.py": "def area(width, height):\n    ‸return width * height‸\n",
    "along.py": "def perimeter(width, height):\n    ‸return 2 * (width + height)‸\n",
    "words.py": "def volume(width, height, depth):\n    ‸return width * height * depth‸\n",
    "lines.py": BLOCK,
    "all_lines.py": BLOCK.replace("largest", "greatest"),
    "crlf.py": BLOCK.replace("largest", "highest").replace("\n", "\r\n"),
    "characters.py": '# Größe: "日本語🦙"\ngröße = "日本🦙"; länge = ‸len(größe)  # 長さ🦙‸\n',
    "first.py": "def answer(question):\n    ‸return one_of_many(question)‸\n",
    "other.py": "def answer(question):\n    ‸raise ValueError(question)‸\n",
    "menu.rb": "total_of_all_books = 3\n‸print(total_of_all_books + 1)‸\n",
    **{
        f"quick{pause_ms}.py": f"def quick{pause_ms}(a):\n    ‸return a * {pause_ms}‸\n"
        for pause_ms in (0, 20, 50, 100)
    },
}


@pytest.fixture(scope="module")
def workbench(
    installation: Installation,
    extensions: Path,
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Workbench]:
    """A window whose engine knows the whole files, and takes a tenth of a second to begin."""
    folder, workspace = (
        tmp_path_factory.mktemp("served"),
        tmp_path_factory.mktemp("work"),
    )
    write(workspace, FILES)
    (workspace / "big.py").write_text(BIG.before + BIG.after)
    truths = [drawn(text).whole.replace("\r\n", "\n") for text in FILES.values()]
    environment = scripted(folder, truths=[*truths, BIG.whole], first_piece_ms=100)
    with (
        served(
            installation,
            extensions,
            folder,
            environment=environment,
            settings={"[ruby]": {"editor.wordBasedSuggestions": "currentDocument"}},
        ) as at,
        window(chromium, at, workspace) as opened,
    ):
        opened.wake("wake.py", drawn(FILES["wake.py"]).place)
        yield opened


def begin(workbench: Workbench, name: str) -> Drawn:
    file = drawn(FILES[name])
    workbench.open(name, file.place)
    return file


def typed(workbench: Workbench, name: str, keys: int) -> Drawn:
    """Type so much of what is missing, and wait until the rest is offered."""
    file = begin(workbench, name)
    workbench.type(file.missing[:keys])
    workbench.shows(file.missing[keys:])
    return file


def check_saved(workbench: Workbench, name: str, file: Drawn) -> None:
    assert workbench.saved(name) == file.whole.encode()


def test_it_appears_while_typing_and_is_taken_whole(workbench: Workbench) -> None:
    file = typed(workbench, "whole.py", 2)
    workbench.press("Tab")
    check_saved(workbench, "whole.py", file)


def test_it_stays_while_it_is_typed_along(workbench: Workbench) -> None:
    file = typed(workbench, "along.py", 1)
    for at, key in enumerate(file.missing[1:8], start=2):
        workbench.type(key)
        workbench.shows(file.missing[at:])
    workbench.press("Tab")
    check_saved(workbench, "along.py", file)


def test_it_is_taken_word_by_word(workbench: Workbench) -> None:
    file = typed(workbench, "words.py", 1)
    rest = file.missing[1:]
    for _ in range(3):
        workbench.press("Control+ArrowRight")
        left = until(partial(workbench.taken, rest), "a word less")
        assert rest.endswith(left)
        rest = left
    assert file.missing.removesuffix(rest) in workbench.saved("words.py").decode()
    workbench.press("Tab")
    check_saved(workbench, "words.py", file)


def offered_block(workbench: Workbench, name: str) -> Drawn:
    """Begin a line: the editor indents it, and the rest of the block is offered."""
    file = begin(workbench, name)
    workbench.press("Enter")
    workbench.shows(file.missing.replace("\r\n", "\n").removeprefix("\n    "))
    return file


def test_a_block_is_taken_line_by_line(workbench: Workbench) -> None:
    file = offered_block(workbench, "lines.py")
    for _ in range(2):
        before = workbench.ghost()
        workbench.press("Alt+ArrowRight")
        until(partial(workbench.taken, before), "a line less")
    workbench.press("Alt+ArrowRight")
    workbench.shows("")
    check_saved(workbench, "lines.py", file)


@pytest.mark.parametrize("name", ["all_lines.py", "crlf.py"])
def test_a_block_is_taken_whole(workbench: Workbench, name: str) -> None:
    file = offered_block(workbench, name)
    workbench.press("Tab")
    check_saved(workbench, name, file)


def test_positions_hold_behind_characters_of_any_width(workbench: Workbench) -> None:
    file = typed(workbench, "characters.py", 2)
    workbench.press("Tab")
    check_saved(workbench, "characters.py", file)


def test_the_newer_keystroke_wins(workbench: Workbench) -> None:
    """``re`` is on its way while ``a`` takes its place: the engine needs 100 ms to begin."""
    file = begin(workbench, "other.py")
    workbench.type("re")
    workbench.press("Backspace")
    workbench.type(file.missing[1:3])
    workbench.shows(file.missing[3:])
    workbench.press("Tab")
    check_saved(workbench, "other.py", file)


def test_what_the_open_menu_gives_and_what_it_leaves_are_taken_once(
    workbench: Workbench,
) -> None:
    """Tab takes the menu's word first; the ghost text goes on behind it."""
    file = begin(workbench, "menu.rb")
    workbench.type("print(tot")  # and the editor closes the bracket
    workbench.shows("al_of_all_books + 1")
    workbench.press("Control+Space")
    menu = workbench.page.locator(".suggest-widget.visible .monaco-list-row.focused")
    menu.filter(has_text="total_of_all_books").wait_for()
    workbench.press("Tab")
    menu.wait_for(state="hidden")
    workbench.shows(" + 1")
    workbench.press("Tab")
    check_saved(workbench, "menu.rb", file)


@pytest.mark.parametrize("pause_ms", [0, 20, 50, 100])
def test_taking_it_right_after_a_key_that_agrees_doubles_nothing(
    workbench: Workbench, pause_ms: int
) -> None:
    name = f"quick{pause_ms}.py"
    file = typed(workbench, name, 2)
    workbench.type(file.missing[2])
    workbench.page.wait_for_timeout(pause_ms)
    workbench.press("Tab")
    check_saved(workbench, name, file)


def test_200_keystrokes_into_10_000_lines_arrive_as_typed(workbench: Workbench) -> None:
    workbench.open("big.py", BIG.place)
    workbench.type(BIG.missing, pause_ms=25)
    check_saved(workbench, "big.py", BIG)
