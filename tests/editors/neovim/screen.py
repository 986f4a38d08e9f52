"""What is on Neovim's screen: the events of its UI, as a grid of cells."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

COLUMNS, ROWS = 92, 18
"""Big enough to read, small enough for a README."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a cell is drawn; None is the default colour."""

    foreground: int | None = None
    background: int | None = None
    bold: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A character, "" in the right half of a wide one, and its style's number."""

    text: str = " "
    style: int = 0


@dataclass(slots=True)
class Screen:
    """The grid, its styles and its cursor, as the last ``flush`` left them."""

    foreground: int = 0
    background: int = 0xFFFFFF
    styles: dict[int, Style] = field(default_factory=dict)
    cells: list[list[Cell]] = field(default_factory=list)
    cursor: tuple[int, int] = (0, 0)
    mode: str = "normal"
    frames: list[tuple[str, str]] = field(default_factory=list)
    """The cursor's line at each ``flush``, before the cursor and behind it: also what was
    there for a moment only."""

    def take(self, events: Iterable[Sequence[Any]]) -> None:
        """Follow one ``redraw`` notification; what is not drawn here is passed over."""
        for name, *calls in events:
            for call in calls:
                self._take(name, call)

    def lines(self) -> list[str]:
        """Return the text, without the blanks at the ends of lines."""
        return ["".join(cell.text for cell in row).rstrip() for row in self.cells]

    def _take(self, name: str, call: Sequence[Any]) -> None:
        match name, call:
            case "default_colors_set", [foreground, background, *_]:
                self.foreground, self.background = foreground, background
            case "hl_attr_define", [number, rgb, *_]:
                self.styles[number] = Style(
                    foreground=rgb.get("foreground"),
                    background=rgb.get("background"),
                    bold=rgb.get("bold", False),
                    italic=rgb.get("italic", False),
                    underline=rgb.get("underline", False),
                    reverse=rgb.get("reverse", False),
                )
            case "grid_resize", [_, columns, rows]:
                self.cells = [[Cell()] * columns for _ in range(rows)]
            case "grid_clear", [_]:
                self.cells = [[Cell()] * len(row) for row in self.cells]
            case "grid_cursor_goto", [_, row, column]:
                self.cursor = row, column
            case "grid_line", [_, row, column, cells, *_]:
                self._line(row, column, cells)
            case "grid_scroll", [_, top, bottom, left, right, rows, _]:
                self._scroll((top, bottom), (left, right), rows)
            case "mode_change", [mode, _]:
                self.mode = mode
            case "flush", []:
                self._flush()
            case _:
                pass

    def _line(self, row: int, column: int, cells: Sequence[Sequence[Any]]) -> None:
        style = 0
        for text, *more in cells:
            style = more[0] if more else style
            count = more[1] if len(more) > 1 else 1
            for _ in range(count):
                self.cells[row][column] = Cell(text, style)
                column += 1

    def _flush(self) -> None:
        row, column = self.cursor
        line = [cell.text for cell in self.cells[row]]
        self.frames.append(("".join(line[:column]), "".join(line[column:]).rstrip()))

    def _scroll(self, rows: tuple[int, int], columns: tuple[int, int], by: int) -> None:
        (top, bottom), (left, right) = rows, columns
        moved = (
            range(top, bottom - by) if by > 0 else range(bottom - 1, top - by - 1, -1)
        )
        for row in moved:
            self.cells[row][left:right] = self.cells[row + by][left:right]
