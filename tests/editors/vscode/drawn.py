"""Files drawn with what is to be written: ``f(‸x‸)`` lacks the ``x``, and the cursor is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.marked import MARK


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What stands before the cursor, what is missing there, and what comes after."""

    before: str
    missing: str
    after: str

    @property
    def whole(self) -> str:
        return f"{self.before}{self.missing}{self.after}"

    @property
    def place(self) -> str:
        """Return the cursor as VS Code takes it behind a file's name, in UTF-16."""
        lines = self.before.split("\n")
        column = len(lines[-1].encode("utf-16-le")) // 2
        return f":{len(lines)}:{column + 1}"


def drawn(text: str) -> Drawn:
    before, missing, after = text.split(MARK)
    return Drawn(before=before, missing=missing, after=after)


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write what is there at the beginning: line ends as they are drawn."""
    for name, text in files.items():
        file = drawn(text)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((file.before + file.after).encode())


_ASSIGNMENT = "value_{0} = value_{1} + value_{2}"
_LINES = [_ASSIGNMENT.format(at, at // 2, at // 3) for at in range(10_000)]
_KEYS = "\n".join(
    f"total_{name} = first_{name} + second_{name} - third_{name}"
    for name in ("north", "east", "south", "west")
)[:200]
BIG = Drawn(
    before="\n".join(_LINES[:5000]) + "\n",
    missing=_KEYS,
    after="\n" + "\n".join(_LINES[5000:]) + "\n",
)
"""10,000 lines, and 200 keystrokes that are to go into their middle."""
