"""Asks all contestants at all places of one repository."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.retrieval.code import names
from bench.retrieval.contestants.base import Contestant
from bench.retrieval.found import Found
from bench.retrieval.places import Place
from bench.retrieval.tokens import Tokens

BUDGETS = (512, 1_024, 2_048, 4_096)


class Cheating(Exception):
    """A contestant shows the file that is being completed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one contestant showed at one place for one budget, after the cut."""

    repository: str
    contestant: str
    place: Place
    budget: int
    found: Sequence[Found]
    hit: frozenset[str]
    seconds: float

    def recall(self, ahead: int) -> float | None:
        """Return the share of what was to be found, None where that is nothing."""
        wanted = self.place.wanted[ahead]
        return len(self.hit & wanted) / len(wanted) if wanted else None


def measured(
    repository: str,
    places: Sequence[Place],
    contestants: Mapping[str, Contestant],
    tokens: Tokens,
    step: Callable[[], object],
) -> list[Answer]:
    """Return the answers of all; raises Cheating."""
    answers = []
    for place in places:
        for name, contestant in contestants.items():
            contestant.prepare(place)
            found: Sequence[Found] | None = None
            seconds = 0.0
            for budget in reversed(BUDGETS):
                if found is None or contestant.by_budget:
                    began = time.perf_counter()
                    found = contestant.found(place, budget)
                    seconds = time.perf_counter() - began
                if any(one.path == place.file.path for one in found):
                    raise Cheating(f"{name} shows {place.file.path} to itself")
                kept = tokens.cut(found, place.sign, budget)
                shown = names("\n".join(f"{one.path}\n{one.text}" for one in kept))
                answers.append(
                    Answer(
                        repository=repository,
                        contestant=name,
                        place=place,
                        budget=budget,
                        found=kept,
                        hit=shown.intersection(*[place.wanted[max(place.wanted)]]),
                        seconds=seconds,
                    )
                )
        step()
    return answers
