"""How everybody's context is written, counted and cut."""

from collections.abc import Iterable, Sequence
from itertools import accumulate, takewhile
from pathlib import Path

from bench.retrieval.found import Found
from lsp_server.prompt.infill import load
from lsp_server.prompt.snippets import commented


class Tokens:
    """Counts by the tokenizer in a model's folder, line by line, each line once."""

    def __init__(self, folder: Path) -> None:
        self._encoder = load(folder).encoder

    def count(self, text: str) -> int:
        """Return the tokens of whole lines."""
        return sum(map(self._of, text.split("\n")[:-1]))

    def cost(self, found: Found, sign: str) -> int:
        return self.count(commented(found.path, found.text, sign))

    def last(self, lines: Sequence[str], budget: int) -> Sequence[str]:
        """Return as many of the last lines as fit."""
        sizes = accumulate(self._of(line) for line in reversed(lines))
        fitting = sum(1 for _ in takewhile(lambda size: size <= budget, sizes))
        return lines[len(lines) - fitting :]

    def cut(self, found: Iterable[Found], sign: str, budget: int) -> list[Found]:
        """Return what fits, in its order; of the first that does not, whole lines that do."""
        kept: list[Found] = []
        for one in found:
            cost = self.cost(one, sign)
            if cost > budget:
                part = self._first_lines(one, sign, budget)
                return [*kept, part] if part else kept
            kept.append(one)
            budget -= cost
        return kept

    def _first_lines(self, one: Found, sign: str, budget: int) -> Found | None:
        lines = commented(one.path, one.text, sign).split("\n")[:-1]
        sizes = accumulate(map(self._of, lines))
        fitting = sum(1 for _ in takewhile(lambda size: size <= budget, sizes)) - 1
        if fitting < 1:
            return None
        text = one.text.strip("\n").split("\n")[:fitting]
        return Found(one.path, "\n".join(text), one.why)

    def _of(self, line: str) -> int:
        return len(self._encoder.line(f"{line}\n"))
