"""``codellama-lsp demo``: completions in files that the demo model has not seen, at places drawn by a seed.

The files, in Python and Java, are of packages that were held out of its training. The
rest of a line is hidden from the model, and printed below what it wrote.
"""

import asyncio
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lsp_server.commands.complete import complete_at, picture
from lsp_server.engine.base import EngineError
from lsp_server.engine.models import DEMO_FOLDER
from lsp_server.record import Offer
from lsp_server.session import Session
from lsp_server.settings import Settings, UserSettings
from retrieval.source import Cursor, Document, split_lines, without_end

HELD_OUT = DEMO_FOLDER / "held_out.json"
_PLACES = 3
"""In each language."""
_HIDDEN_CHARS_MIN = 4
_COMMENTS = ("#", "//", "/*", "*", '"""')
_GHOST, _TRUTH, _PLAIN = "\x1b[2m", "\x1b[36m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Hole:
    """A place where the rest of a line is missing, and that rest."""

    cursor: Cursor
    hidden: str


def demo(user: UserSettings, settings: Settings, seed: int) -> int:
    """Complete at places drawn by ``seed``; 0 if the engine answered."""
    holes = list(drawn(HELD_OUT, seed))
    print(
        f"{_PLACES} places in Python and in Java, drawn by seed {seed} (--seed N draws "
        "others), in files\nof packages that were held out of the demo model's training. "
        "The rest of a line is\nhidden from it, and printed below what it wrote.\n",
        file=sys.stderr,
    )
    hidden = iter([hole.hidden for hole in holes])

    def show(cursor: Cursor, offer: Offer | None, _: Session) -> None:
        color = sys.stdout.isatty()
        print(picture(cursor, offer, (_GHOST, _PLAIN) if color else ("«", "»")))
        truth = next(hidden)
        print(f"the file has: {_TRUTH}{truth}{_PLAIN}\n" if color else f"the file has: {truth}\n")  # fmt: skip

    try:
        return asyncio.run(complete_at([h.cursor for h in holes], user, settings, show))
    except EngineError as error:
        print(f"codellama-lsp: {error}", file=sys.stderr)
        return 1


def drawn(path: Path, seed: int) -> Iterator[Hole]:
    """Yield some holes in each language of the files in ``path``."""
    rng = random.Random(seed)  # noqa: S311 - the same places for the same seed
    files = json.loads(path.read_text(encoding="utf-8"))["files"]
    for language in dict.fromkeys(file["language"] for file in files):
        of_language = [file for file in files if file["language"] == language]
        for _ in range(_PLACES):
            yield _hole(rng.choice(of_language), rng)


def _hole(file: dict[str, str], rng: random.Random) -> Hole:
    """Cut a line of code at one of its characters, not too near to its end."""
    lines = split_lines(file["text"])
    while True:
        number = rng.randrange(len(lines))
        line = without_end(lines[number])
        code = line.strip()
        first, last = len(line) - len(line.lstrip()), len(line.rstrip()) - _HIDDEN_CHARS_MIN  # fmt: skip
        if first < last and not code.startswith(_COMMENTS):
            break
    column = rng.randrange(first, last)
    document = Document(
        uri=f"file:///{file['package']}/{file['path']}",
        language=file["language"],
        version=None,
        lines=(*lines[:number], f"{line[:column]}\n", *lines[number + 1 :]),
    )
    return Hole(Cursor(document, number, column), line[column:])
