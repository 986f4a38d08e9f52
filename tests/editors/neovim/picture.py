"""A screen as a small PNG file: for the README, and for looking at."""

from pathlib import Path

import matplotlib as mpl
from PIL import Image, ImageDraw, ImageFont

from tests.editors.neovim.screen import Screen, Style

_SIZE = 15
_MARGIN = 8
_COLOURS = 64


def draw(screen: Screen, path: Path) -> None:
    """Write what the screen shows; the fonts are those that matplotlib brings."""
    fonts = _fonts()
    advance = round(fonts[False].getlength("m"))
    ascent, descent = fonts[False].getmetrics()
    height = ascent + descent + 2
    rows, columns = len(screen.cells), len(screen.cells[0])
    size = (columns * advance + 2 * _MARGIN, rows * height + 2 * _MARGIN)
    image = Image.new("RGB", size, _rgb(screen.background))
    pencil = ImageDraw.Draw(image)
    for row, cells in enumerate(screen.cells):
        for column, cell in enumerate(cells):
            style = screen.styles.get(cell.style, Style())
            front, back = _colours(screen, style)
            x, y = _MARGIN + column * advance, _MARGIN + row * height
            if back != screen.background:
                right = x + advance - 1
                pencil.rectangle((x, y, right, y + height - 1), fill=_rgb(back))
            if cell.text.strip():
                pencil.text(
                    (x, y + 1), cell.text, fill=_rgb(front), font=fonts[style.bold]
                )
    row, column = screen.cursor
    x, y = _MARGIN + column * advance, _MARGIN + row * height
    pencil.rectangle((x, y, x + 1, y + height - 1), fill=_rgb(screen.foreground))
    few = image.quantize(_COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def _fonts() -> dict[bool, ImageFont.FreeTypeFont]:
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    names = {False: "DejaVuSansMono.ttf", True: "DejaVuSansMono-Bold.ttf"}
    return {
        bold: ImageFont.truetype(folder / name, _SIZE) for bold, name in names.items()
    }


def _colours(screen: Screen, style: Style) -> tuple[int, int]:
    front = screen.foreground if style.foreground is None else style.foreground
    back = screen.background if style.background is None else style.background
    return (back, front) if style.reverse else (front, back)


def _rgb(colour: int) -> tuple[int, int, int]:
    return colour >> 16 & 0xFF, colour >> 8 & 0xFF, colour & 0xFF
