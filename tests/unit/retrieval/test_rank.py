"""Which candidates are taken, and how they are joined: pure values."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.rank import ELISION, Candidate, Taken, chosen, joined, wanted
from retrieval.source import Origin


def drawn(
    place: str,
    names: str = "",
    evidence: float = 0.5,
    *,
    window: bool = False,
    **more: str,
) -> Candidate:
    """``a.py:2-4`` are three lines, each of which says where it is from."""
    path, _, lines = place.partition(":")
    first, last = map(int, lines.split("-"))
    text = "\n".join(f"{path}{row}" for row in range(first, last + 1))
    return Candidate(
        path=path,
        first=first,
        last=last,
        text=more.get("text", text),
        names=frozenset(names.split()),
        evidence=evidence,
        window=window,
        origin=Origin(more.get("origin", "similar")),
        why=more.get("why", ""),
    )


def cost(_path: str, text: str) -> int:
    """Four tokens a line: what an elision takes, and a path line takes nothing."""
    return 4 * (text.count("\n") + 1)


def take(
    candidates: Sequence[Candidate],
    budget: int = 1_000,
    cost: Callable[[str, str], int] = cost,
) -> list[Taken]:
    return chosen(candidates, wanted(candidates, {}), budget, cost, cost)


def places(taken: Sequence[Taken]) -> list[str]:
    return [
        f"{one.candidate.path}:{one.candidate.first}-{one.candidate.last}"
        for one in taken
    ]


@pytest.mark.parametrize(
    "candidates",
    [
        pytest.param(
            [
                drawn("a:0-9", "likely", 0.5, window=True),
                drawn("b:0-9", "other", 0.4, window=True),
            ],
            id="a liker window",
        ),
        pytest.param(
            [drawn("a:0-0", "likely", 0.2), drawn("b:0-0", "other", 0.1)],
            id="a likelier definition",
        ),
        pytest.param(
            [
                drawn("a:0-9", "likely other", 0.5, window=True),
                drawn("b:0-9", "likely", 0.1, window=True),
            ],
            id="two files",
        ),
        pytest.param(
            [
                drawn("a:0-9", "likely other", 0.5, window=True),
                drawn("a:0-3", "likely", 0.5, window=True),
            ],
            id="soon after the likest line",
        ),
        pytest.param(
            [
                drawn("a:0-9", "likely other", 0.5, window=True),
                drawn("b:0-0", "likely", 0.1),
            ],
            id="a window and a definition",
        ),
    ],
)
def test_a_name_is_likelier_by_what_tells_it(candidates: Sequence[Candidate]) -> None:
    want = wanted(candidates, {})
    assert want["likely"] > want["other"]


def test_a_second_window_of_the_same_file_makes_no_name_likelier() -> None:
    want = wanted(
        [
            drawn("a:0-9", "once twice", 0.5, window=True),
            drawn("a:20-29", "twice", 0.5, window=True),
        ],
        {},
    )
    assert want["once"] == want["twice"]


@pytest.mark.parametrize(
    ("kin", "less"),
    [
        ("open_cart", "open_door"),
        ("openCart", "openDoor"),
        ("CartView", "UserView"),
        ("cart", "cart_of_user"),
        ("HTTPCart", "HTTPDoor"),
    ],
)
def test_a_name_of_the_parts_that_stand_here_is_likelier(kin: str, less: str) -> None:
    one = drawn("a:0-9", f"{kin} {less}", window=True)
    want = wanted([one], {"my_cart": 0.5})
    assert want[kin] > want[less]
    assert wanted([one], {"my_cart": 1.0})[kin] > want[kin]
    unrelated = wanted([one], {"door9": 0.0})
    assert unrelated[kin] == unrelated[less]


@given(
    evidences=st.lists(st.floats(0, 1e3), min_size=1, max_size=40),
    window=st.booleans(),
)
def test_what_is_wanted_is_a_probability(
    evidences: Sequence[float], *, window: bool
) -> None:
    candidates = [
        drawn(f"{at}:0-0", "name", evidence, window=window)
        for at, evidence in enumerate(evidences)
    ]
    assert 0 < wanted(candidates, {"name": 1.0})["name"] < 1


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        pytest.param(
            [drawn("a:0-0", "x", 0.1), drawn("b:0-0", "y", 0.2)],
            ["b:0-0", "a:0-0"],
            id="more evidence first",
        ),
        pytest.param(
            [drawn("a:0-9", "x"), drawn("b:0-0", "y")],
            ["b:0-0", "a:0-9"],
            id="fewer tokens first",
        ),
        pytest.param(
            [drawn("a:0-0", "x"), drawn("b:0-0", "y z")],
            ["b:0-0", "a:0-0"],
            id="more names first",
        ),
        pytest.param(
            [
                drawn("a:0-0", "x y z", 0.5),
                drawn("b:0-0", "x y z", 0.49),
                drawn("c:0-0", "w", 0.48),
            ],
            ["a:0-0", "c:0-0", "b:0-0"],
            id="what was said already is worth little",
        ),
        pytest.param([drawn("a:0-0", "x", 0.0)], [], id="nothing without evidence"),
        pytest.param(
            [drawn("a:0-0", "x"), drawn("a:5-5", "y", 0.0)],
            ["a:0-0"],
            id="nothing without evidence beside what has some",
        ),
        pytest.param([], [], id="nothing of nothing"),
    ],
)
def test_what_adds_most_for_its_tokens_is_taken_first(
    candidates: Sequence[Candidate], expected: Sequence[str]
) -> None:
    assert places(take(candidates)) == expected


def test_lines_are_given_once() -> None:
    overlapping = [drawn("a:0-4", "x", 0.9), drawn("a:4-6", "y"), drawn("a:5-6", "z")]
    assert places(take(overlapping)) == ["a:0-4", "a:5-6"]


def test_a_cheaper_one_is_taken_where_the_best_does_not_fit() -> None:
    candidates = [drawn("a:0-9", "x", 0.9), drawn("b:0-1", "y", 0.01)]
    assert places(take(candidates, budget=39)) == ["b:0-1"]


def test_a_budget_can_be_filled_to_its_end() -> None:
    assert places(take([drawn("a:0-9", "x")], budget=40)) == ["a:0-9"]


@pytest.mark.parametrize(("budget", "most"), [(500, 4), (512, 5), (1_100, 6)])
def test_a_larger_budget_has_room_for_more_parts_of_a_file(
    budget: int, most: int
) -> None:
    of_one = [drawn(f"a:{2 * at}-{2 * at}", f"n{at}") for at in range(20)]
    of_many = [drawn(f"b{at}:0-0", f"m{at}", 0.01) for at in range(20)]
    taken = take([*of_one, *of_many], budget)
    assert [one.candidate.path for one in taken].count("a") == most
    assert len(taken) == most + 20


def test_the_exact_count_decides_what_the_guess_had_first() -> None:
    candidates = [drawn("long:0-0", "x"), drawn("short:0-0", "y")]
    taken = chosen(
        candidates,
        wanted(candidates, {}),
        1_000,
        lambda path, _: 90 if path == "long" else 10,
        lambda path, _: 5 if path == "long" else 10,
    )
    assert [(one.candidate.path, one.tokens) for one in taken] == [
        ("short", 10),
        ("long", 90),
    ]


def test_a_second_part_of_a_file_pays_for_an_elision_and_no_path_line() -> None:
    candidates = [drawn("a:0-0", "x"), drawn("a:5-5", "y"), drawn("b:0-0", "z")]
    taken = take(candidates, cost=lambda _, text: 10 + cost("", text))
    assert {
        place: one.tokens for place, one in zip(places(taken), taken, strict=True)
    } == {
        "a:0-0": 14,
        "a:5-5": 8,
        "b:0-0": 14,
    }


CANDIDATES = st.lists(
    st.builds(
        lambda path, first, size, names, eighths, window: drawn(
            f"{path}:{first}-{first + size}",
            " ".join(names),
            eighths / 8,
            window=window,
        ),
        st.sampled_from("ab"),
        st.integers(0, 8),
        st.integers(0, 5),
        st.frozensets(st.sampled_from("uvwxyz")),
        st.integers(0, 8),
        st.booleans(),
    ),
    max_size=14,
)


def best_left(
    candidates: Sequence[Candidate], taken: Sequence[Taken], budget: int
) -> float:
    """Return the worth for each token of the best that can still be taken, naively."""
    want = wanted(candidates, {})
    held = {(one.candidate.path, one.candidate.first): one.candidate for one in taken}
    left = budget - sum(one.tokens for one in taken)
    seen = {name for one in taken for name in one.candidate.names}

    def worth(one: Candidate) -> float:
        shorter = held.get((one.path, one.first))
        others = [
            each for each in held.values() if each.path == one.path and each != shorter
        ]
        grows = shorter and shorter.window and one.window and shorter.last < one.last
        tokens = cost(one.path, one.text)
        if shorter and grows:
            tokens -= cost(shorter.path, shorter.text)
        if (
            not one.evidence
            or tokens > left
            or (shorter and not grows)
            or (not shorter and len(others) >= 4 + budget // 512)
            or any(o.first <= one.last and one.first <= o.last for o in others)
        ):
            return 0.0
        new = sum(want[name] for name in one.names - seen)
        return (0.01 * one.evidence + new) / (tokens + 20)

    return max(map(worth, candidates), default=0.0)


@settings(deadline=None)
@given(CANDIDATES, st.integers(0, 200))
def test_each_one_taken_is_the_best_a_naive_search_finds(
    candidates: Sequence[Candidate], budget: int
) -> None:
    taken = take(candidates, budget)
    best = [best_left(candidates, taken[:at], budget) for at in range(len(taken) + 1)]
    assert [*(one.worth for one in taken), 0.0] == pytest.approx(best)


@settings(deadline=None)
@given(
    CANDIDATES,
    st.integers(0, 300),
    st.lists(st.integers(0, 99), min_size=1, max_size=13),
)
def test_the_budget_holds_whatever_a_text_costs(
    candidates: Sequence[Candidate], budget: int, costs: list[int]
) -> None:
    taken = take(candidates, budget, lambda _, text: costs[len(text) % len(costs)])
    assert sum(one.tokens for one in taken) <= budget


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (["a:0-1", "a:2-3"], "a0\na1\na2\na3"),
        (["a:2-3", "a:0-1"], "a0\na1\na2\na3"),
        (["a:0-0", "a:2-2"], f"a0\n{ELISION}\na2"),
        (["a:7-7", "a:0-0", "a:1-1"], f"a0\na1\n{ELISION}\na7"),
    ],
)
def test_an_elision_stands_where_parts_do_not_meet(
    parts: Sequence[str], text: str
) -> None:
    (snippet,) = joined([Taken(drawn(part), 4, 1.0) for part in parts], cost)
    assert snippet.text == text
    assert snippet.tokens == cost("a", text)
    assert (snippet.start_line, snippet.end_line) == (0, int(text[-1]))


def test_a_file_stands_where_its_first_part_was_taken() -> None:
    taken = [
        Taken(drawn("b:0-0", why="one"), 4, 0.9),
        Taken(drawn("a:0-0", why="one"), 4, 0.8),
        Taken(drawn("b:4-4", why="two"), 4, 0.7),
        Taken(drawn("b:8-8", why="one"), 4, 0.6),
    ]
    assert [(one.path, one.score, one.why) for one in joined(taken, cost)] == [
        ("b", 0.9, "one; two"),
        ("a", 0.8, "one"),
    ]


def test_a_file_tells_by_what_its_parts_were_found_the_worthiest_first() -> None:
    taken = [
        Taken(drawn("b:8-8", origin="similar"), 4, 0.9),
        Taken(drawn("b:0-0", origin="definition"), 4, 0.8),
        Taken(drawn("a:0-0", origin="edit"), 4, 0.7),
        Taken(drawn("b:4-4", origin="similar"), 4, 0.6),
    ]
    assert [one.origins for one in joined(taken, cost)] == [
        (Origin.SIMILAR, Origin.DEFINITION),
        (Origin.EDIT,),
    ]


def test_the_rest_of_a_file_is_looked_at_anew_when_its_path_line_is_paid_for() -> None:
    candidates = [
        drawn("a:0-0", "x", 0.9),
        drawn("a:5-5", "y", 0.4),
        drawn("b:0-0", "z", 0.8),
    ]
    taken = take(candidates, cost=lambda _, text: 40 + cost("", text))
    assert places(taken) == ["a:0-0", "a:5-5", "b:0-0"]


def test_lines_between_those_of_an_outline_may_be_taken() -> None:
    outline = replace(drawn("a:0-9", "x"), only=frozenset({0, 9}))
    both = places(take([outline, drawn("a:3-5", "y")]))
    assert sorted(both) == ["a:0-9", "a:3-5"]
    assert len(take([outline, drawn("a:8-9", "y")])) == 1


# windows that grow


def test_a_window_grows_where_more_of_it_brings_names() -> None:
    candidates = [
        drawn("a:2-3", "x", window=True),
        drawn("a:2-5", "x", window=True),
        drawn("a:2-8", "x y", window=True),
        drawn("b:0-0", "z", 0.9, window=True),
    ]
    taken = take(candidates)
    assert places(taken) == ["b:0-0", "a:2-3", "a:2-8"]
    assert [one.tokens for one in taken] == [4, 8, 20]
    _, grown = joined(taken, cost)
    assert grown.text == "a2\na3\na4\na5\na6\na7\na8"
    assert (grown.parts, grown.tokens) == (((2, 8),), 28)


def test_a_longer_window_is_looked_at_anew_when_the_shorter_one_is_paid_for() -> None:
    candidates = [
        drawn("a:20-20", "x", 1.0),
        drawn("a:0-1", "", 1.0, window=True),
        drawn("a:0-8", "y", 1.0, window=True),
        drawn("b:0-7", "z", 1.0, window=True),
    ]
    assert places(take(candidates)) == ["a:20-20", "a:0-1", "a:0-8", "b:0-7"]


def test_a_window_does_not_grow_over_its_budget() -> None:
    candidates = [drawn("a:0-1", "x", window=True), drawn("a:0-8", "x y", window=True)]
    assert places(take(candidates, budget=35)) == ["a:0-1"]
    assert places(take(candidates, budget=36)) == ["a:0-1", "a:0-8"]


def test_a_window_does_not_grow_over_lines_that_are_there() -> None:
    candidates = [
        drawn("a:0-1", "x", window=True),
        drawn("a:0-8", "x y", window=True),
        drawn("a:4-4", "z"),
    ]
    assert sorted(places(take(candidates))) == ["a:0-1", "a:4-4"]


def test_a_window_that_has_grown_is_one_place_of_its_file() -> None:
    names = "tuvwxyz"
    grown = [
        drawn(f"a:0-{at}", names[: at + 1], 0.9, window=True)
        for at in range(len(names))
    ]
    apart = [drawn(f"a:{20 + 2 * at}-{20 + 2 * at}", f"n{at}") for at in range(9)]
    (one,) = joined(take([*grown, *apart], 500), cost)
    assert len(one.parts) == 4


def test_only_windows_grow() -> None:
    candidates = [drawn("a:0-1", "x", 0.9), drawn("a:0-8", "y")]
    assert places(take(candidates)) == ["a:0-1"]


def test_what_syntax_tells_comes_before_what_is_as_likely() -> None:
    told = replace(drawn("b:0-0", "y"), sure=True)
    assert places(take([drawn("a:0-0", "x"), told])) == ["b:0-0", "a:0-0"]
