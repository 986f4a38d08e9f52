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
