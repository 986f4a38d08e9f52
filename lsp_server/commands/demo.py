"""``codellama-lsp demo``: the rest of two lines of real files, as the model would write it.

The files are Python's own, in Python and Bash, so that they are on every machine. The
rest of the line is hidden from the model, and printed beside what it wrote.
"""

import asyncio
import sys
import textwrap
import venv
from dataclasses import replace
from pathlib import Path

from lsp_server.commands.complete import complete_at
from lsp_server.engine.base import EngineError
from lsp_server.settings import Settings, UserSettings
from retrieval.source import Cursor, Document, split_lines, without_end

_PLACES = (
    (Path(textwrap.__file__), "    def wrap(self, text):", "        if self."),
    (
        Path(venv.__file__).parent / "scripts" / "common" / "activate",
        "deactivate nondestructive",
        "    _OLD_VIRTUAL_PS1=",
    ),
)
"""File, a line to look for, and the beginning of a line after it: the cursor's."""


def demo(user: UserSettings, settings: Settings) -> int:
    """Complete at both places; 0 if the engine answered."""
    # Whole lines of Bash are beyond a model that was trained on Python.
    settings = replace(settings, inline=replace(settings.inline, max_lines=1))
    print(
        "Two lines of files that every Python brings, cut at the cursor. The demo model\n"
        "may have seen these files in training.\n",
        file=sys.stderr,
    )
    cursors = []
    for path, anchor, start in _PLACES:
        cursor, hidden = cut_line(path, anchor, start)
        print(f"{path.name} has there: {start}{hidden}", file=sys.stderr)
        cursors.append(cursor)
    print(file=sys.stderr)
    try:
        return asyncio.run(complete_at(cursors, user, settings, as_json=False))
    except EngineError as error:
        print(f"codellama-lsp: {error}", file=sys.stderr)
        return 1


def cut_line(path: Path, anchor: str, start: str) -> tuple[Cursor, str]:
    """Return the cursor after ``start``, the rest of its line taken away, and that rest.

    The line is the first that begins with ``start`` below the line ``anchor``.
    """
    lines = split_lines(path.read_text(encoding="utf-8"))
    first = next(n for n, line in enumerate(lines) if without_end(line) == anchor)
    number = next(
        n for n, line in enumerate(lines) if n > first and line.startswith(start)
    )
    hidden = without_end(lines[number])[len(start) :]
    document = Document(
        uri=path.as_uri(),
        language=path.suffix.removeprefix(".") or "shellscript",
        version=None,
        lines=(*lines[:number], f"{start}\n", *lines[number + 1 :]),
    )
    return Cursor(document, number, len(start)), hidden
