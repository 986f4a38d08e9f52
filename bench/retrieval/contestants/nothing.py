"""No context: what stands in the file is not looked for, so its recall is 0."""

from collections.abc import Sequence

from bench.retrieval.found import Found
from bench.retrieval.places import Place


class Nothing:
    by_budget = False

    def found(self, place: Place, budget: int) -> Sequence[Found]:  # noqa: ARG002 - the same for all budgets
        return ()

    def prepare(self, place: Place) -> None: ...
    def close(self) -> None: ...
