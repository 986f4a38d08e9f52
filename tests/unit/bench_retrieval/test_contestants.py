"""What windows are shown, in which order, and never the file's own."""

import math

import pytest

from bench.retrieval.contestants.aider_map import parts
from bench.retrieval.contestants.base import Contestant
from bench.retrieval.contestants.bm25 import BM25
from bench.retrieval.contestants.jaccard import Jaccard
from bench.retrieval.contestants.nothing import Nothing
from bench.retrieval.contestants.windows import Windows, query
from bench.retrieval.found import Found
from tests.unit.bench_retrieval.data import file, numbered, place

HERE = file("here.py", "alpha beta gamma\nalpha beta gamma")
FILES = [
    HERE,
    file("none.py", "nothing like that"),
    file("far.py", "alpha other words here"),
    file("near.py", "alpha beta gamma delta"),
]


def paths(contestant: Contestant, line: int = 0) -> list[str]:
    return [one.path for one in contestant.found(place(HERE, line), 1_000)]


@pytest.mark.parametrize("made", [Jaccard, BM25])
def test_the_likest_windows_come_first_and_none_of_the_file(
    made: type[Jaccard | BM25],
) -> None:
    assert paths(made(Windows(FILES))) == ["near.py", "far.py"]


def test_nothing_is_nothing() -> None:
    assert paths(Nothing()) == []


def test_jaccard_is_the_share_of_common_words() -> None:
    found = Jaccard(Windows(FILES)).found(place(HERE, 0), 1_000)
    assert [one.why.split(",")[0] for one in found] == ["0.750", "0.167"]


def test_bm25_is_okapis() -> None:
    found = BM25(Windows(FILES)).found(place(HERE, 0), 1_000)
    size = 4 / (17 / 4)
    often = 2.2 / (1 + 1.2 * (0.25 + 0.75 * size))
    rare = math.log(1 + 2.5 / 1.5) * 2 + math.log(1 + 1.5 / 2.5)
    assert found[0].why.startswith(f"{rare * often:.3f},")


def test_bm25_counts_the_files_own_windows_for_no_words_rarity() -> None:
    own = file("own.py", numbered("alpha", 300))
    others = [file("a.py", "alpha one"), file("b.py", "two three")]
    of_it = BM25(Windows([own, *others])).found(place(own, 0), 1_000)
    assert of_it[0].path == "a.py"
    assert float(of_it[0].why.split(",")[0]) > 0.5


def test_windows_overlap_by_half_and_equal_ones_are_shown_once() -> None:
    text = numbered("alpha", 35)
    known = Windows([HERE, file("a.py", text), file("b.py", text)])
    found = Jaccard(known, further=0).found(place(HERE, 0), 1_000)
    whys = sorted(one.why.split(", ")[1] for one in found)
    assert whys == ["lines 1-20", "lines 11-30", "lines 16-35"]


def test_jaccard_shows_what_follows_on_what_is_like() -> None:
    text = "alpha beta gamma\n" + numbered("other", 59)
    found = Jaccard(Windows([HERE, file("a.py", text)])).found(place(HERE, 0), 1_000)
    assert found[0].text.split("\n")[0] == "other = other_9"


def test_only_the_last_lines_before_the_cursor_are_asked_with() -> None:
    long = file("long.py", numbered("x", 30))
    assert "x_24" in query(place(long, 24))
    assert "x_5" in query(place(long, 24))
    assert query(place(long, 24)).keys().isdisjoint({"x_4", "x_25"})


def test_a_map_becomes_its_files() -> None:
    text = (
        "\nREADME.md\n"
        "\nsrc/a.py:\n⋮\n│class A:\n│    def f(self):\n⋮\n"
        "\nsrc/b.py\n"
        "\nsrc/c.py:\n│x = {'a':\n"
    )
    assert parts(text) == [
        Found("src/a.py", "class A:\n    def f(self):", "map"),
        Found("src/c.py", "x = {'a':", "map"),
        Found("README.md", "src/b.py", "names"),
    ]
    assert parts("") == []
