"""How a download gets on: a bar at a terminal, plain lines elsewhere."""

import shutil
import time
from collections import deque
from collections.abc import Callable
from typing import TextIO

from lsp_server.commands.cache import size

_EVERY_S = 0.2
_SPEED_OVER_S = 10.0
_SPEED_AFTER_S = 1.0
"""Small files come first, and tell how far the hub is, not how fast."""

_BAR = 20
_STEPS = 10
"""Plain lines in all, beside the one for each file."""

_MINUTE_S = 60
_HOUR_S = 3600


class DownloadProgress:
    """Prints how much of ``total`` bytes is there, how fast it comes, and what is left.

    The first report is where it begins: what an earlier download left came at no speed.
    """

    def __init__(
        self, out: TextIO, total: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._out = out
        self._total = total
        self._clock = clock
        self._is_terminal = out.isatty()
        self._reports: deque[tuple[float, int]] = deque()
        self._shown_at = -_EVERY_S
        self._file = ""
        self._step = 0
        self._is_line_open = False

    def __call__(self, file: str, done: int) -> None:
        """Take a report: the file that comes, and the bytes of all that are there."""
        now = self._clock()
        self._reports.append((now, done))
        while now - self._reports[0][0] > _SPEED_OVER_S:
            self._reports.popleft()
        if self._is_terminal:
            self._draw(file, done, now)
        else:
            self._tell(file, done)

    def end(self) -> None:
        """End the bar's line, so that what is printed next stands below it."""
        if self._is_line_open:
            self._out.write("\n")
            self._out.flush()
            self._is_line_open = False

    def _draw(self, file: str, done: int, now: float) -> None:
        if now - self._shown_at < _EVERY_S and done < self._total:
            return
        self._shown_at = now
        columns = shutil.get_terminal_size().columns
        filled = int(_BAR * self._share(done))
        bar = "#" * filled + "." * (_BAR - filled)
        line = f"[{bar}] {self._says(done)}  {file}"
        self._out.write(f"\r{line[: columns - 1]:<{columns - 1}}")
        self._out.flush()
        self._is_line_open = True

    def _tell(self, file: str, done: int) -> None:
        step = int(_STEPS * self._share(done))
        if (file, step) == (self._file, self._step):
            return
        self._file, self._step = file, step
        self._out.write(f"{self._says(done)}  {file}\n")
        self._out.flush()

    def _share(self, done: int) -> float:
        return min(1.0, done / self._total) if self._total else 1.0

    def _says(self, done: int) -> str:
        says = f"{self._share(done):4.0%}  {size(done)} of {size(self._total)}"
        speed = self._speed()
        if speed <= 0:
            return says
        left = max(0, self._total - done) / speed
        return f"{says}  {size(speed)}/s  {duration(left)} left"

    def _speed(self) -> float:
        """Return the bytes a second of late, 0 while nothing is known."""
        (began, first), (now, done) = self._reports[0], self._reports[-1]
        seconds = now - began
        return (done - first) / seconds if seconds >= _SPEED_AFTER_S else 0.0


def duration(seconds: float) -> str:
    """Return a time as people say it, to the second under an hour."""
    whole = round(seconds)
    if whole < _MINUTE_S:
        return f"{whole} s"
    if whole < _HOUR_S:
        return f"{whole // _MINUTE_S} min {whole % _MINUTE_S} s"
    return f"{whole // _HOUR_S} h {whole % _HOUR_S // _MINUTE_S} min"
