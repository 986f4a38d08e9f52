"""A window of VS Code as its user sees it: keys go in, what is shown comes out."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Browser, Error, Locator, Page

from tests.editors.vscode.code_server import Served
from tests.editors.vscode.waiting import PATIENCE_S, soon, until

_STATUS = '[id="codellama-lsp.codellama.codellama"] a'
_PATIENCE_MS = PATIENCE_S * 1000

_ANSWERED_S = 3.0
"""A suggestion that is asked for is there by then, or none comes."""

_GHOST = """() => {
    const first = [...document.querySelectorAll('.ghost-text-decoration')];
    const below = [...document.querySelectorAll('.ghost-text .view-line, .suggest-preview-text .view-line')];
    return [first.map(part => part.textContent).join(''), ...below.map(line => line.textContent)]
        .join('\\n').replaceAll('\\u00a0', ' ');
}"""
"""Where the editor draws it: behind the cursor, and between the lines below."""

_INPUT = """() => [...document.querySelectorAll('.quick-input-widget input[type=text]')]
    .filter(input => input.offsetParent !== null).map(input => input.value)[0] ?? ''
"""
"""What stands in the input at the top, nothing where none is open."""


class Workbench:
    """One window, driven by keys; what it wrote is read from the disk."""

    def __init__(self, page: Page, workspace: Path) -> None:
        self.page = page
        self.workspace = workspace

    # What is there

    def ghost(self) -> str:
        """Return the ghost text that is shown, with all its lines."""
        return str(self.page.evaluate(_GHOST))

    def shows(self, text: str) -> None:
        """Wait until this ghost text is shown, and nothing else."""
        until(lambda: self.ghost() == text, f"the ghost text {text!r}", self.ghost)

    def taken(self, before: str) -> str | None:
        """Return the ghost text once there is less of it than ``before``."""
        now = self.ghost()
        return now if 0 < len(now) < len(before) else None

    def another(self, before: str) -> str | None:
        """Return the ghost text once it is not ``before`` any more."""
        now = self.ghost()
        return now if now != before else None

    def status(self) -> str:
        """Return what the status bar's item says to a screen reader."""
        item = self.page.locator(_STATUS)
        return item.first.get_attribute("aria-label") or "" if item.count() else ""

    def says(self, text: str, patience_s: float = PATIENCE_S) -> None:
        """Wait until the status bar's item says this."""
        until(
            lambda: text in self.status(),
            f"the status {text!r}",
            self.status,
            patience_s=patience_s,
        )

    def saved(self, name: str, save: bool = True) -> bytes:
        """Save the document, and return the bytes of its file."""
        if save:
            self.press("Control+S")
            until(lambda: not self.page.locator(".tab.active.dirty").count(), "a save")
        return (self.workspace / name).read_bytes()

    # What is done

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str, pause_ms: float = 0) -> None:
        self.page.keyboard.type(text, delay=pause_ms)

    def open(self, name: str, place: str = "") -> None:
        """Open a file of the workspace; ``place`` is ``:LINE:COLUMN``, counted from 1."""
        self.quick(f"{name}{place}", "Control+P")
        tab = self.page.locator(f'.tab.active[data-resource-name="{Path(name).name}"]')
        tab.wait_for(timeout=_PATIENCE_MS)
        self.page.locator(
            ".editor-group-container.active .monaco-editor.focused"
        ).wait_for(timeout=_PATIENCE_MS)

    def wake(self, name: str, place: str) -> None:
        """Ask until the first suggestion comes: a new window's editor is not whole at once."""
        self.says("ready")
        self.open(name, place)
        self.asked()
        self.press("Escape")

    def asked(self) -> str:
        """Ask by hand, again and again, until there is a suggestion; return it.

        Where the answer was nothing, because the model was still on its way say, VS Code
        asks anew only after the cursor has moved.
        """

        def ask() -> str | None:
            self.press("ArrowLeft", "ArrowRight", "Alt+Backslash")
            return soon(self.ghost, 0.02, _ANSWERED_S)

        return until(ask, "a suggestion", self.status)

    def run(self, title: str) -> None:
        """Run a command of the palette by its title."""
        self.quick(title, "F1")

    def quick(self, text: str, key: str) -> None:
        """Open the input at the top, type, and take what is offered first."""
        self.press(key)
        wanted = text.partition(":")[0] if key == "Control+P" else text
        typed = (">" if key == "F1" else "") + text
        self._choose(typed, wanted.rpartition("/")[2])

    def pick(self, label: str) -> None:
        """Take an entry of a menu that is open."""
        self._choose(label, label)

    def _choose(self, typed: str, wanted: str) -> None:
        """Type until the wanted one is the first; a click may meet a list that still moves."""
        field = self.page.locator(".quick-input-widget:visible input[type=text]").first
        field.wait_for(timeout=_PATIENCE_MS)
        field.fill(typed)
        first = self.page.locator(".quick-input-list .monaco-list-row").first
        first.wait_for(timeout=_PATIENCE_MS)
        until(
            lambda: wanted in (first.text_content() or ""),
            f"{wanted} among what is offered",
        )
        field.press("Enter")
        # It closes, or begins anew: the next input may be there at once.
        until(lambda: self.page.evaluate(_INPUT) != typed, f"what comes of {typed!r}")

    def menu(self, label: str) -> None:
        """Take an entry of the menu behind the status bar's item."""
        self.page.locator(_STATUS).first.click()
        self.pick(label)

    def reads(self, text: str) -> None:
        """Wait until the editor in front shows this."""
        shown = self.page.locator(".editor-group-container.active .view-lines").first

        def read() -> str:
            return (shown.text_content() or "").replace("\u00a0", " ")

        until(lambda: text in read(), text, read)

    def explains(self, text: str) -> None:
        """Hover over what is at the cursor, until this is said of it."""

        def hover() -> str:
            self.press("Control+K", "Control+I")
            shown = self.page.locator(".monaco-hover:visible")
            return shown.first.text_content() or "" if shown.count() else ""

        until(lambda: text in hover(), f"a hover with {text!r}", hover, every_s=0.5)

    def act(self, title: str) -> None:
        """Choose a code action at the cursor, once it is among them."""
        entry = self.page.locator(
            ".action-widget .action-item, .action-widget .monaco-list-row",
            has_text=title,
        )

        def is_offered() -> bool | None:
            self.press("Escape", "Control+.")
            return soon(entry.first.is_visible, 0.02, _ANSWERED_S)

        until(is_offered, f"the action {title!r}")
        entry.first.click(timeout=_PATIENCE_MS)

    def confirm(self) -> None:
        """Say yes to edits that want one: none is ticked beforehand."""
        preview = self.page.locator(".bulk-edit-panel")
        preview.locator(".edit-checkbox").first.click(timeout=_PATIENCE_MS)
        preview.locator(
            ".edit-checkbox.checked, .edit-checkbox[aria-checked=true]"
        ).first.wait_for()
        preview.get_by_role("button", name="Apply", exact=True).click()

    def answer(self, text: str) -> None:
        """Type into the input box that has come up."""
        field = self.page.locator(".quick-input-widget:visible input[type=text]").first
        field.wait_for(timeout=_PATIENCE_MS)
        field.fill(text)
        field.press("Enter")

    def pages(self) -> list[str]:
        """Return the texts of the pages that are shown as tabs."""
        found = []
        for frame in self.page.frames:
            with contextlib.suppress(Error):  # it goes while it is looked at
                found.append(str(frame.evaluate("() => document.body.innerText")))
        return found

    def notification(self, text: str) -> Locator:
        return self.page.locator(".notification-list-item", has_text=text)

    def dismiss(self, text: str) -> None:
        """Wait until the notification has come, and make it and all others go."""
        self.notification(text).first.wait_for(timeout=_PATIENCE_MS)
        self.run("Notifications: Clear All Notifications")
        self.page.locator(".notifications-toasts.visible").wait_for(
            state="hidden", timeout=_PATIENCE_MS
        )


@contextlib.contextmanager
def window(
    chromium: Browser, at: Served, workspace: Path, *, size: Sequence[int] = (1280, 800)
) -> Iterator[Workbench]:
    """Open a folder in a window of its own."""
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]})
    try:
        page = context.new_page()
        page.goto(f"{at.address}/?folder={workspace}")
        page.locator(".monaco-workbench .part.statusbar").wait_for(timeout=_PATIENCE_MS)
        yield Workbench(page, workspace)
    finally:
        context.close()
