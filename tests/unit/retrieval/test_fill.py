"""Whole files for a large window."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.fill import filled
from retrieval.index import Index
from retrieval.source import Origin, Snippet
from tests.unit.retrieval.asked import repository

FILES = {
    "app/here.py": "import app.near\n",
    "app/near.py": "import app.far\nimport app.here\n",
    "app/far.py": "import lib.furthest\n\n\n",
    "lib/furthest.py": "furthest = 1\n",
    "app/beside.py": "beside = 1\n",
    "app/empty.py": "\n\n",
    "elsewhere/other.py": "other = 1\n",
}


def cost(_path: str, text: str) -> int:
    """Ten tokens a file and one a line."""
    return 10 + text.count("\n") + 1


def snippet(path: str, tokens: int = 10) -> Snippet:
    return Snippet(
        path=path,
        start_line=0,
        end_line=0,
        text="a snippet",
        tokens=tokens,
        score=1.0,
        why="",
    )


def fill(
    index: Index,
    *snippets: Snippet,
    imported: Sequence[str] = ("app/near.py",),
    budget: int = 1_000,
) -> tuple[Snippet, ...]:
    return filled(index, "app/here.py", imported, snippets, budget=budget, cost=cost)


def check(
    folder: Path,
    *snippets: Snippet,
    files: Mapping[str, str] = FILES,
    budget: int = 1_000,
) -> list[str]:
    with repository(folder, files) as index:
        return [one.path for one in fill(index, *snippets, budget=budget)]


def test_the_nearest_by_imports_is_last_and_what_is_beside_first(
    tmp_path: Path,
) -> None:
    assert check(tmp_path) == ["app/beside.py", "app/far.py", "app/near.py"]


def test_snippets_stand_behind_the_files(tmp_path: Path) -> None:
    found = check(tmp_path, snippet("elsewhere/other.py"), snippet("app/here.txt"))
    assert found[-3:] == ["app/near.py", "elsewhere/other.py", "app/here.txt"]


def test_a_file_takes_the_place_of_its_snippets(tmp_path: Path) -> None:
    found = check(tmp_path, snippet("app/near.py"), snippet("x.py"), budget=31)
    assert found == ["app/near.py", "x.py"]


def test_a_file_is_whole_without_blank_lines_at_its_ends(tmp_path: Path) -> None:
    with repository(tmp_path, FILES) as index:
        whole = {one.path: one for one in fill(index)}
    near, far = whole["app/near.py"], whole["app/far.py"]
    assert near.text == "import app.far\nimport app.here"
    assert far.text == "import lib.furthest"
    assert (near.start_line, near.end_line, near.tokens) == (0, 2, 12)
    assert near.score > far.score > whole["app/beside.py"].score
    assert {one.origins for one in whole.values()} == {(Origin.FILE,)}


def test_a_file_that_does_not_fit_leaves_room_for_others(tmp_path: Path) -> None:
    files = FILES | {"app/near.py": FILES["app/near.py"] + "line = 1\n" * 40}
    assert check(tmp_path, files=files, budget=21) == ["app/far.py"]


def test_a_snippet_stays_where_its_file_does_not_fit(tmp_path: Path) -> None:
    assert check(tmp_path, snippet("app/near.py"), budget=11) == ["app/near.py"]


def test_files_that_import_each_other_are_given_once(tmp_path: Path) -> None:
    files = {
        "app/near.py": "import app.far\nimport app.near\n",
        "app/far.py": "import app.near\n",
    }
    assert check(tmp_path, files=files) == ["app/far.py", "app/near.py"]


def test_never_over_the_budget_and_never_the_file_itself(tmp_path: Path) -> None:
    elsewhere = st.sampled_from([path for path in FILES if path != "app/here.py"])
    with repository(tmp_path, FILES) as index:

        @settings(deadline=None)
        @given(
            st.lists(st.builds(snippet, elsewhere, st.integers(1, 30)), max_size=4),
            st.integers(0, 60),
        )
        def fits(snippets: list[Snippet], left: int) -> None:
            budget = sum(one.tokens for one in snippets) + left
            found = fill(index, *snippets, budget=budget)
            assert sum(one.tokens for one in found) <= budget
            assert "app/here.py" not in [one.path for one in found]
            files = [one.path for one in found if one.why]
            assert len(files) == len(set(files))
            assert {one.path for one in snippets} <= {one.path for one in found}

        fits()
