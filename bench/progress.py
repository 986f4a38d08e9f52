"""How far a bench is, on stderr: a bar on a terminal, else a line for each tenth."""

import sys

_WIDTH = 40


class Progress:
    """``step`` is called ``total`` times."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._done = 0

    def step(self) -> None:
        self._done += 1
        tenth = self._done * 10 // self._total > (self._done - 1) * 10 // self._total
        if sys.stderr.isatty():
            bar = "#" * (self._done * _WIDTH // self._total)
            end = "\n" if self._done == self._total else ""
            line = f"\r{self._what} [{bar:{_WIDTH}}] {self._done}/{self._total}"
            print(line, end=end, file=sys.stderr, flush=True)
        elif tenth:
            print(f"{self._what} {self._done}/{self._total}", file=sys.stderr)
