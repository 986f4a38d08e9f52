"""A source file of any length, and somebody who types in it: the same for the same seed."""

import random
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.client import Edit, Place


@dataclass(frozen=True, slots=True)
class Keystroke:
    """One edit and where it leaves the cursor.

    ``moved``: the cursor was elsewhere before, in a part of the file that may not have
    been looked at so far.
    """

    edit: Edit
    cursor: Place
    moved: bool


@dataclass(frozen=True, slots=True)
class Visit:
    """One line of code typed somewhere, and what takes it away again."""

    keystrokes: tuple[Keystroke, ...]
    undo: Edit


def python_source(lines: int, seed: int) -> tuple[str, ...]:
    """Return the first ``lines`` lines, without their ends, of modules of this Python.

    Which modules, the seed decides. ASCII only: a column is a column in every encoding.
    """
    modules = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    random.Random(f"{seed} modules").shuffle(modules)
    taken: list[str] = []
    for module in modules:
        text = module.read_text(encoding="utf-8", errors="replace")
        if text.isascii():
            taken += text.splitlines()
        if len(taken) >= lines:
            return tuple(taken[:lines])
    raise ValueError(f"the standard library has only {len(taken)} lines")


def visits(lines: Sequence[str], seed: int) -> Iterator[Visit]:
    """Visit places all over the file without end; what is typed is code of the file.

    Half of it goes onto a new line (the line end and the indentation are one keystroke),
    half of it into a line that stands there.
    """
    chance = random.Random(f"{seed} visits")
    codes = [line.strip() for line in lines if line.strip()]
    while True:
        line, code = chance.randrange(len(lines)), chance.choice(codes)
        indent = len(lines[line]) - len(lines[line].lstrip())
        if chance.random() < 0.5:  # noqa: PLR2004 - half of it
            start = (line, len(lines[line]))
            first = "\n" + lines[line][:indent]
            typed_from = (line + 1, indent)
            keystrokes = [Keystroke(Edit(start, start, first), typed_from, moved=True)]
        else:
            start = typed_from = (line, chance.randint(indent, len(lines[line])))
            keystrokes = []
        for column, character in enumerate(code, typed_from[1]):
            at = (typed_from[0], column)
            keystrokes.append(
                Keystroke(
                    Edit(at, at, character), (at[0], column + 1), moved=not keystrokes
                )
            )
        yield Visit(tuple(keystrokes), Edit(start, keystrokes[-1].cursor, ""))
