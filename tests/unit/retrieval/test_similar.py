"""Places like the one at the cursor, and what follows there."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from retrieval.index import Index
from retrieval.near import Query, near
from retrieval.rank import Candidate
from retrieval.similar import similar
from retrieval.source import Origin
from tests.unit.retrieval.asked import query, repository

CART = """\
first = 1
second = 2
third = 3
cart = open_cart(user)
cart.fill(items)
cart.close()
last = 4
"""
HERE = query("here.py", "cart = open_cart(user)\n‸\n")


def search(
    index: Index,
    asked: Query,
    *,
    favour: Mapping[str, float] | None = None,
    budget: int = 1_000,
) -> list[Candidate]:
    """Return what is found, the likest first, each place in its full length."""
    found = similar(index, near(asked), favour or {}, budget=budget)
    longest = {(one.path, one.first): one for one in found}
    return sorted(longest.values(), key=lambda one: one.evidence, reverse=True)


def check(
    folder: Path, files: Mapping[str, str], asked: Query = HERE
) -> list[Candidate]:
    with repository(folder, files, asked) as index:
        return search(index, asked)


def paths(found: list[Candidate]) -> list[str]:
    return [one.path for one in found]


def test_what_stands_after_the_likest_line_is_taken(tmp_path: Path) -> None:
    (found,) = check(tmp_path, {"cart.py": CART})
    assert (found.path, found.first, found.last) == ("cart.py", 3, 6)
    assert found.text == "\n".join(CART.split("\n")[3:7])
    assert found.names == {"fill", "items", "close", "last"}
    assert found.origin is Origin.SIMILAR


def test_the_likest_line_brings_names_too(tmp_path: Path) -> None:
    text = "cart = open_cart(user, extra)\nafter()\n"
    (found,) = check(tmp_path, {"cart.py": text})
    assert found.names == {"extra", "after"}


def test_a_window_is_offered_in_lengths_that_all_begin_with_the_likest_line(
    tmp_path: Path,
) -> None:
    numbered = "".join(f"more{n} = {n}\n" for n in range(20))
    text = f"first = 1\ncart = open_cart(user)\n{numbered}"
    with repository(tmp_path, {"cart.py": text}, HERE) as index:
        found = similar(index, near(HERE), {}, budget=1000)
    lines = text.split("\n")
    assert [one.text.split("\n") for one in found] == [
        lines[1 : 1 + length] for length in (2, 4, 7, 8)
    ]
    assert all(one.names == {f"more{n}" for n in range(one.last - 1)} for one in found)
    assert all((one.first, one.window) == (1, True) for one in found)


def test_a_window_is_not_longer_for_lines_without_names(tmp_path: Path) -> None:
    text = "cart = open_cart(user)\n" + "1\n" * 4 + "more()\n" + "1\n" * 20
    with repository(tmp_path, {"cart.py": text}, HERE) as index:
        found = similar(index, near(HERE), {}, budget=1000)
    assert [(one.last, *one.names) for one in found] == [(1,), (6, "more")]


def test_what_the_prompt_has_is_not_brought(tmp_path: Path) -> None:
    asked = query("here.py", "items = 1\ncart = open_cart(user)\n‸\n")
    (found,) = check(tmp_path, {"cart.py": CART}, asked)
    assert found.names.isdisjoint({"items", "cart", "open_cart", "user"})
    assert "fill" in found.names


def test_the_lines_above_tell_places_apart(tmp_path: Path) -> None:
    text = "lock(alpha)\nrun(job)\none()\nlock(beta)\nrun(job)\ntwo()\n"
    asked = query("here.py", "lock(beta)\nrun(job)\n‸")
    (found,) = check(tmp_path, {"jobs.py": text}, asked)
    assert found.names == {"two"}


def test_names_on_one_line_are_liker_than_names_on_many(tmp_path: Path) -> None:
    files = {
        "a/many.py": "cart\nopen_cart\nuser\n",
        "b/one.py": "cart = open_cart(user)\n",
    }
    one, many = check(tmp_path, files)
    assert one.path == "b/one.py"
    assert one.evidence > many.evidence


def test_more_of_what_is_near_is_likelier(tmp_path: Path) -> None:
    files = {
        "a/part.py": "cart = other(thing)\n",
        "b/whole.py": "cart = open_cart(user)\n",
        "c/none.py": "nothing = alike\n",
    }
    assert paths(check(tmp_path, files)) == ["b/whole.py", "a/part.py"]


def test_a_rare_name_tells_more_than_a_common_one(tmp_path: Path) -> None:
    files = {f"common{n}.py": f"common = {n}\n" for n in range(9)}
    files["rare.py"] = "rare = 1\n"
    asked = query("here/x.py", "rare, common\n‸")
    assert paths(check(tmp_path, files, asked))[0] == "rare.py"


@pytest.mark.parametrize("is_open", [True, False])
def test_the_file_itself_gives_nothing(tmp_path: Path, *, is_open: bool) -> None:
    with repository(tmp_path, {"here.py": CART}, *[HERE] * is_open) as index:
        assert search(index, HERE) == []


def test_a_copy_of_the_open_document_under_another_path_is_a_place(
    tmp_path: Path,
) -> None:
    asked = query("here.py", CART.replace("user)\n", "user)\n‸"))
    found = check(tmp_path, {"here.py": CART, "copy.py": CART}, asked)
    assert paths(found) == ["copy.py"]
    assert "fill" in found[0].names


def test_files_with_the_same_content_are_given_once(tmp_path: Path) -> None:
    assert len(check(tmp_path, {"one.py": CART, "two.py": CART})) == 1


def test_windows_of_a_file_do_not_overlap(tmp_path: Path) -> None:
    found = check(tmp_path, {"cart.py": "cart = open_cart(user)\n" * 60})
    taken = [row for one in found for row in range(one.first, one.last + 1)]
    assert len(found) > 1
    assert len(taken) == len(set(taken))


@pytest.mark.parametrize(("chunks", "found"), [(399, True), (400, False)])
def test_a_name_in_too_many_chunks_tells_nothing(
    tmp_path: Path, chunks: int, *, found: bool
) -> None:
    """Those of the open document count: here that is one."""
    files = {"many.py": "common = 1\n" * (10 * chunks - 1)}
    asked = query("here.py", "common‸")
    assert bool(check(tmp_path, files, asked)) is found


def test_a_rare_name_is_found_beside_one_in_too_many_chunks(tmp_path: Path) -> None:
    files = {"many.py": "common = 1\n" * 5_000, "rare.py": "rare = 1\n"}
    assert paths(check(tmp_path, files, query("here.py", "common, rare‸"))) == [
        "rare.py"
    ]


@pytest.mark.parametrize(
    ("better", "other"),
    [
        pytest.param("shop/a.py", "mail/a.py", id="of the same folder"),
        pytest.param("x/cart_view.py", "x/user_view.py", id="of a like name"),
        pytest.param("x/CartView.ts", "x/UserView.ts", id="of a like name in capitals"),
    ],
)
def test_a_file_counts_for_more(tmp_path: Path, better: str, other: str) -> None:
    files = {other: CART, better: CART + "more = 1\n"}
    asked = query("shop/cart.py", HERE.cursor.document.text + "‸")
    first, second = check(tmp_path, files, asked)
    assert (first.path, second.path) == (better, other)
    assert first.evidence > second.evidence


@pytest.mark.parametrize("better", ["a.py", "b.py"])
def test_a_favoured_file_counts_for_more(tmp_path: Path, better: str) -> None:
    files = {"a.py": CART, "b.py": CART + "more = 1\n"}
    with repository(tmp_path, files, HERE) as index:
        found = search(index, HERE, favour={better: 0.5})
    assert found[0].path == better
    assert found[0].evidence > 1.5 * found[1].evidence


def test_more_tokens_take_more_and_longer_windows(tmp_path: Path) -> None:
    apart = "".join(f"filler{n} = 1\n" for n in range(39))
    files = {
        f"m{n}.py": f"cart = open_cart(user)\nx{n} = 1\n{apart}" * 3 for n in range(99)
    }
    with repository(tmp_path, files, HERE) as index:
        few, many = (search(index, HERE, budget=budget) for budget in (0, 16_000))
    assert 0 < len(few) < len(many)
    assert max(one.last - one.first for one in few) == 5
    assert max(one.last - one.first for one in many) > 5


@pytest.mark.parametrize("drawn", ["‸", "\n\n‸\n", "1 + 2‸", "while True:‸"])
def test_nothing_is_like_a_place_without_names(tmp_path: Path, drawn: str) -> None:
    files = {"cart.py": CART, "loop.py": "while True:\n    pass\n"}
    assert check(tmp_path, files, query("here.py", drawn)) == []


def test_what_another_open_document_says_now_is_found(tmp_path: Path) -> None:
    other = query("cart.py", "cart = open_cart(user)\nchanged()\n‸")
    with repository(tmp_path, {"cart.py": CART}, HERE, other) as index:
        (found,) = search(index, HERE)
    assert found.names == {"changed"}
