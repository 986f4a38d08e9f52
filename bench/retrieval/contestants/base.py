"""What all contestants have in common."""

from collections.abc import Sequence
from typing import Protocol

from bench.retrieval.found import Found
from bench.retrieval.places import Place


class Contestant(Protocol):
    """``found`` is what it would show for ``budget`` tokens, the best first.

    What goes beyond the budget is cut. Unless ``by_budget`` it answers the same to all
    budgets, and is asked once. ``prepare`` is called at each place before, and not timed: what an
    editor has at hand before it asks. ``close`` gives back what it holds.
    """

    @property
    def by_budget(self) -> bool: ...
    def prepare(self, place: Place) -> None: ...
    def found(self, place: Place, budget: int) -> Sequence[Found]: ...
    def close(self) -> None: ...
