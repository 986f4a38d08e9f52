"""How a document is indented, from the lines near the cursor."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lsp_server.ghost.place import Place
from lsp_server.ghost.shape import indentation

_TAB_COLUMNS = 4
_SURE = 0.9


@dataclass(frozen=True, slots=True)
class Style:
    """``tabs`` is None where the lines do not tell; ``step`` is in columns, 0 likewise."""

    tabs: bool | None
    step: int

    def written(self, columns: int) -> str:
        """Return white space of so many columns."""
        if self.tabs:
            return "\t" * (columns // _TAB_COLUMNS) + " " * (columns % _TAB_COLUMNS)
        return " " * columns


def style_of(place: Place) -> Style:
    """Return what nine of ten indented lines agree in."""
    lines = [*place.lines_above, *place.lines_below]
    leads = Counter(line[0] for line in lines if line.startswith(("\t", "  ")))
    tabs, spaces = leads["\t"], leads[" "]
    near = {_first(reversed(place.lines_above)), _first(place.lines_below)} - {""}
    most = max(tabs, spaces)
    if not most or most < _SURE * (tabs + spaces) or len(near) > 1:
        return Style(None, 0)
    if tabs > spaces:
        return Style(tabs=True, step=_TAB_COLUMNS)
    return Style(tabs=False, step=_step(lines))


def _first(lines: Iterable[str]) -> str:
    """Return what the nearest indented line begins with, "" where there is none."""
    return next((line[0] for line in lines if line.startswith(("\t", "  "))), "")


def _step(lines: list[str]) -> int:
    steps = Counter[int]()
    above = ""
    for line in lines:
        if not line.strip():
            continue
        if above.endswith(("{", ":", "then", "do")):
            deeper = indentation(line) - indentation(above)
            if deeper > 0:
                steps[deeper] += 1
        above = line.rstrip()
    if not steps:
        return 0
    step, count = steps.most_common(1)[0]
    sure = count >= _SURE * steps.total() and count > 1
    return step if sure else 0
