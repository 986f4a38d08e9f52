"""The demo model in VS Code: vLLM is started once, and what is shown is what is then saved."""

import contextlib
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.editors.vscode.code_server import Installation, Served, served, servers
from tests.editors.vscode.drawn import BIG, drawn, write
from tests.editors.vscode.waiting import soon, until
from tests.editors.vscode.workbench import Workbench, window
from tests.processes import command

pytestmark = [pytest.mark.editors, pytest.mark.vllm]

_LOADED_S = 300.0
"""vLLM begins on two busy cores."""

_SAID_S = 2.0
"""After so long the model has nothing to say at a place, and the next key is typed."""

STACK = '''class Stack:
    """A last-in first-out list."""

    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):'''

LINE = f"{STACK}\n        ‸return self.items‸\n"
BLOCK = f"{STACK}\n        if self.item‸s:‸\n"

FILES = {
    "whole.py": LINE,
    "along.py": LINE,
    "quick.py": LINE,
    "words.py": LINE,
    "disagrees.py": LINE,
    "second.py": LINE,
    "freed.py": LINE,
    "server_killed.py": LINE,
    "host_killed.py": LINE,
    "lines.py": BLOCK,
    "crlf.py": BLOCK.replace("\n", "\r\n"),
    "characters.py": f'{STACK}\n        größe = "日本🦙"; ‸return self.items‸\n',
    "user.py": "from whole import Stack\n\nprint(Stack())‸‸\n",
}
BROKEN = """export function broken(count: number): number {
  return "one" + count;
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What the file has before and after the cursor, and the ghost text between."""

    before: str
    ghost: str
    after: str

    def check(self, workbench: Workbench, name: str, taken: str | None = None) -> None:
        """See that the saved file has what was taken of it, all by default."""
        text = self.ghost if taken is None else taken
        assert workbench.saved(name).decode() == f"{self.before}{text}{self.after}"


@pytest.fixture(scope="module")
def runtime() -> Iterator[Path]:
    """Where this module's engine host is met; it would stay for minutes after its windows."""
    with tempfile.TemporaryDirectory(prefix="run-") as folder:
        yield Path(folder)
        for host in hosts(Path(folder)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(host, signal.SIGTERM)


@pytest.fixture(scope="module")
def code_server(
    installation: Installation,
    extensions: Path,
    runtime: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    environment = {
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_STATE_HOME": str(folder / "state"),
    }
    with served(installation, extensions, folder, environment=environment) as at:
        yield at


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work")
    write(folder, FILES)
    (folder / "broken.ts").write_text(BROKEN)
    (folder / "big.py").write_text(BIG.before + BIG.after)
    return folder


@pytest.fixture(scope="module")
def workbench(
    code_server: Served, chromium: Browser, workspace: Path
) -> Iterator[Workbench]:
    with window(chromium, code_server, workspace) as opened:
        yield opened


def hosts(runtime: Path) -> set[int]:
    """Return the engine hosts that are met there."""
    found = {
        int(entry.name): command(int(entry.name))
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit()
    }
    return {
        pid
        for pid, line in found.items()
        if "lsp_server.engine.host" in line and f"{runtime}/" in line
    }


def offered(
    workbench: Workbench, name: str, wanted: Callable[[str], object] = bool
) -> Offered:
    """Type what is missing, key by key, until ghost text comes that is wanted."""
    file = drawn(FILES[name])
    newline = "\r\n" if "\r\n" in file.before else "\n"
    workbench.says("ready", _LOADED_S)
    workbench.open(name, file.place)
    typed = ""
    for key in file.missing:
        workbench.type(key)
        typed += key
        ghost = soon(partial(settled, workbench), 0.1, _SAID_S)
        if ghost and wanted(ghost):
            return Offered(
                before=file.before + typed,
                ghost=ghost.replace("\n", newline),
                after=file.after,
            )
    raise AssertionError(f"the model has nothing to say in {name}")


def settled(workbench: Workbench) -> str:
    """Return the ghost text if there is one, and the same for a tenth of a second."""
    ghost = workbench.ghost()
    if not ghost:
        return ""
    workbench.page.wait_for_timeout(100)
    return ghost if workbench.ghost() == ghost else ""


def a_word(ghost: str) -> bool:
    """Whether it begins with keys that the editor adds nothing to."""
    return len(ghost) > 3 and ghost[:3].isalpha()


def words(ghost: str) -> bool:
    return len(ghost.partition("\n")[0].replace(".", " ").split()) > 1


def lines(ghost: str) -> bool:
    return "\n" in ghost


def test_the_status_bar_tells_how_the_model_comes(workbench: Workbench) -> None:
    # While vLLM loads, the compiler of the last test begins, too.
    workbench.open("broken.ts")
    workbench.says("loading")
    workbench.says("ready", _LOADED_S)
    assert "demo" in workbench.status()


def test_it_appears_while_typing_and_is_taken_whole(workbench: Workbench) -> None:
    offer = offered(workbench, "whole.py")
    workbench.press("Tab")
    offer.check(workbench, "whole.py")
    workbench.dismiss("demo: its weights are under Apache-2.0.")


def test_it_stays_while_it_is_typed_along(workbench: Workbench) -> None:
    offer = offered(workbench, "along.py", a_word)
    for at, key in enumerate(offer.ghost[:3], start=1):
        workbench.type(key)
        workbench.shows(offer.ghost[at:])
    workbench.press("Tab")
    offer.check(workbench, "along.py")


def test_taking_it_right_after_a_key_that_agrees_doubles_nothing(
    workbench: Workbench,
) -> None:
    offer = offered(workbench, "quick.py", a_word)
    workbench.type(offer.ghost[0])
    workbench.page.wait_for_timeout(50)
    workbench.press("Tab")
    offer.check(workbench, "quick.py")


def test_it_is_taken_word_by_word(workbench: Workbench) -> None:
    offer = offered(workbench, "words.py", words)
    workbench.press("Control+ArrowRight")
    left = until(partial(workbench.taken, offer.ghost), "a word less")
    assert offer.ghost.endswith(left)
    offer.check(workbench, "words.py", offer.ghost.removesuffix(left))
    workbench.shows(left)
    workbench.press("Tab")
    offer.check(workbench, "words.py")


@pytest.mark.parametrize("name", ["lines.py", "crlf.py"])
def test_a_block_is_taken_line_by_line(workbench: Workbench, name: str) -> None:
    offer = offered(workbench, name, lines)
    first, *others = offer.ghost.splitlines()
    take_a_line(workbench)
    now = workbench.saved(name).decode().removesuffix(offer.after)
    assert now.rstrip() == f"{offer.before}{first}"
    for _ in others:
        take_a_line(workbench)
    offer.check(workbench, name)


def take_a_line(workbench: Workbench) -> None:
    before = workbench.ghost()
    workbench.press("Alt+ArrowRight")
    until(lambda: workbench.ghost() != before, "a line less")


def test_a_keystroke_that_disagrees_wins(workbench: Workbench) -> None:
    offer = offered(workbench, "disagrees.py", a_word)
    other = "x" if offer.ghost[0] != "x" else "y"
    workbench.type(other)
    until(lambda: not offer.ghost.endswith(workbench.ghost() or " "), "its end")
    offer.check(workbench, "disagrees.py", other)
    workbench.press("Backspace")
    workbench.type(offer.ghost[0])
    workbench.shows(offer.ghost[1:])
    workbench.press("Tab")
    offer.check(workbench, "disagrees.py")


def test_positions_hold_behind_characters_of_any_width(workbench: Workbench) -> None:
    offer = offered(workbench, "characters.py")
    workbench.press("Tab")
    offer.check(workbench, "characters.py")


def test_200_keystrokes_into_10_000_lines_arrive_as_typed(workbench: Workbench) -> None:
    workbench.open("big.py", BIG.place)
    workbench.type(BIG.missing, pause_ms=25)
    assert workbench.saved("big.py") == BIG.whole.encode()


def test_a_hover_says_what_a_name_of_another_file_is(workbench: Workbench) -> None:
    workbench.open("user.py", ":3:8")
    workbench.explains("A last-in first-out list.")


def test_a_fix_is_never_put_in_unasked(workbench: Workbench) -> None:
    """The demo model knows no instructions: what it answers is refused, or wants a yes."""
    workbench.open("broken.ts", ":2:5")
    workbench.page.locator(".squiggly-error").first.wait_for()
    workbench.act("Fix: ")
    preview = workbench.page.locator(".bulk-edit-panel")
    refusal = workbench.notification("Fix: ")
    preview.or_(refusal).first.wait_for(timeout=_LOADED_S * 1000)
    if preview.count():
        preview.get_by_role("button", name="Discard", exact=True).click()
        preview.wait_for(state="hidden")
    assert workbench.saved("broken.ts") == BROKEN.encode()


def test_a_second_window_shares_the_engine(
    workbench: Workbench,
    code_server: Served,
    chromium: Browser,
    workspace: Path,
    runtime: Path,
) -> None:
    workbench.says("ready", _LOADED_S)
    before = hosts(runtime)
    assert len(before) == 1
    with window(chromium, code_server, workspace) as second:
        offer = offered(second, "second.py")
        second.press("Tab")
        offer.check(second, "second.py")
    assert hosts(runtime) == before


def test_a_model_that_has_left_the_memory_is_woken_by_who_asks(
    workbench: Workbench, runtime: Path
) -> None:
    workbench.says("ready", _LOADED_S)
    before = hosts(runtime)
    workbench.menu("Free the GPU")
    workbench.says("sleeping")
    workbench.open("freed.py", drawn(FILES["freed.py"]).place)
    workbench.press("Alt+Backslash")
    offer = offered(workbench, "freed.py")
    workbench.press("Tab")
    offer.check(workbench, "freed.py")
    assert hosts(runtime) == before


def test_a_killed_server_comes_back_to_the_same_engine(
    workbench: Workbench, code_server: Served, runtime: Path
) -> None:
    workbench.says("ready", _LOADED_S)
    before = hosts(runtime)
    old = servers(code_server)
    for pid in old:
        os.kill(pid, signal.SIGKILL)
    until(lambda: servers(code_server) - old, "a new server")
    offer = offered(workbench, "server_killed.py")
    workbench.press("Tab")
    offer.check(workbench, "server_killed.py")
    assert hosts(runtime) == before


def test_a_killed_engine_comes_back_by_itself(
    workbench: Workbench, runtime: Path
) -> None:
    workbench.says("ready", _LOADED_S)
    old = hosts(runtime)
    assert old
    for pid in old:
        os.kill(pid, signal.SIGKILL)
    until(lambda: hosts(runtime) - old, "a new engine")
    offer = offered(workbench, "host_killed.py")
    workbench.press("Tab")
    offer.check(workbench, "host_killed.py")
