"""How answers are summed up, and that a contestant that cheats is caught."""

from collections.abc import Sequence

import pytest

from bench.retrieval.contestants.nothing import Nothing
from bench.retrieval.found import Found
from bench.retrieval.measure import BUDGETS, Answer, Cheating, measured
from bench.retrieval.places import Place
from bench.retrieval.summary import AVERAGE, Row, rows
from bench.retrieval.table import by_budget, by_repository, shown
from bench.retrieval.tokens import Tokens
from lsp_server.engine.models import DEMO_FOLDER
from tests.unit.bench_retrieval.data import file, place

PLACE = place(file("a.py", "a\nb"), 0, {1: "b", 5: "b c d e"})
EMPTY = place(file("a.py", "a\nb"), 0, {1: "", 5: "b c"})


def answer(
    repository: str, contestant: str, hit: str, of: Place = PLACE, budget: int = 512
) -> Answer:
    return Answer(
        repository=repository,
        contestant=contestant,
        place=of,
        budget=budget,
        found=[],
        hit=frozenset(hit.split()),
        seconds=0.0,
    )


def row(found: Sequence[Row], repository: str, ahead: int) -> Row:
    (only,) = [r for r in found if (r.repository, r.ahead) == (repository, ahead)]
    return only


ANSWERS = [
    answer("one", "bm25", "b"),
    answer("one", "ours", "b c"),
    answer("one", "bm25", "b", EMPTY),
    answer("one", "ours", "", EMPTY),
    answer("two", "bm25", "c"),
    answer("two", "ours", "b c d e"),
]


def test_recall_is_the_mean_over_places_that_have_something_to_find() -> None:
    found = rows(ANSWERS, 0)
    assert row(found, "one", 1).recall == {"bm25": 1.0, "ours": 1.0}
    assert row(found, "one", 1).places == 1
    assert row(found, "one", 5).recall == {"bm25": 0.375, "ours": 0.25}
    assert row(found, "one", 5).pooled == {"bm25": 2 / 6, "ours": 2 / 6}


def test_the_average_is_over_repositories_and_so_is_the_gain() -> None:
    average = row(rows(ANSWERS, 0), AVERAGE, 5)
    assert average.recall == {"bm25": 0.3125, "ours": 0.625}
    assert (average.best, average.ratio, average.places) == ("bm25", 2.0, 3)
    assert average.gain is not None
    assert average.gain.mean == pytest.approx(0.625 - 0.3125)


def test_the_best_other_is_found_for_each_repository() -> None:
    extra = [answer("one", "jaccard", "b c d"), answer("one", "jaccard", "b", EMPTY)]
    found = row(rows([*ANSWERS[:4], *extra], 0), "one", 5)
    assert found.best == "jaccard"
    assert found.gain is not None
    assert found.gain.mean == pytest.approx(0.25 - 0.625)


def test_without_ours_nothing_is_compared() -> None:
    found = row(rows([answer("one", "bm25", "b")], 0), "one", 5)
    assert (found.gain, found.ratio) == (None, None)
    assert "best other" not in by_budget(rows([answer("one", "bm25", "b")], 0))


def test_tables_hold_a_line_for_each() -> None:
    found = rows(ANSWERS, 0)
    assert "| 512 | 5 | 3 | 31.2 | 62.5 | bm25 | 2.00 | +31.2 " in by_budget(found)
    assert [line.split(" | ")[0] for line in by_repository(found, 512).split("\n")][
        2:
    ] == ["| one", "| two", "| average"] * 2
    assert by_repository(found, 4_096) == ""


def test_a_place_is_shown_with_hits_and_misses() -> None:
    text = shown([answer("one", "ours", "b c")])
    assert "ours at 512: hit b c | missed d e" in text


class Cheater(Nothing):
    def found(self, place: Place, budget: int) -> Sequence[Found]:  # noqa: ARG002 - the seam's
        return [Found(place.file.path, "b")]


class Other(Nothing):
    by_budget = True

    def __init__(self) -> None:
        self.asked: list[int] = []

    def found(self, place: Place, budget: int) -> Sequence[Found]:  # noqa: ARG002 - the seam's
        self.asked.append(budget)
        return [Found("other.py", "b = c")]


def test_the_file_is_never_its_own_answer() -> None:
    with pytest.raises(Cheating, match=r"cheater shows a\.py"):
        _measured({"cheater": Cheater()})


def test_who_answers_by_budget_is_asked_for_each() -> None:
    other = Other()
    answers = _measured({"other": other, "nothing": Nothing()})
    assert sorted(other.asked) == [*BUDGETS]
    assert {one.hit for one in answers if one.contestant == "other"} == {
        frozenset({"b", "c"})
    }
    assert {one.recall(5) for one in answers if one.contestant == "nothing"} == {0.0}
    assert len(answers) == 2 * len(BUDGETS)


def _measured(contestants: dict[str, Nothing]) -> list[Answer]:
    tokens = Tokens(DEMO_FOLDER)
    return measured("one", [PLACE], contestants, tokens, lambda: None)
