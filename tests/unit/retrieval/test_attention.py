"""Files that count for more at this moment."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from retrieval.around import surroundings
from retrieval.attention import favoured, recently_edited
from retrieval.near import Query, near
from retrieval.rank import Candidate
from retrieval.source import Origin
from tests.unit.retrieval.asked import query, repository
from tests.unit.retrieval.test_history import commit, git

FILES = {"a.py": "a = 1\n", "b.py": "b = 1\n", "c.py": "c = 1\n"}


def favour(
    folder: Path, asked: Query, files: Mapping[str, str] = FILES
) -> Mapping[str, float]:
    with repository(folder, files, asked) as index:
        found = favoured(index, asked, surroundings(index, asked).outline)
        return {path: found[path] for path in [*files, *found] if found.get(path)}


def edits(
    folder: Path, asked: Query, files: Mapping[str, str] = FILES
) -> list[Candidate]:
    with repository(folder, files, asked) as index:
        return recently_edited(index, asked, near(asked))


def test_without_a_reason_no_file_counts_for_more(tmp_path: Path) -> None:
    assert favour(tmp_path, query("here.py", "‸")) == {}


def test_an_open_file_counts_for_more_and_an_edited_one_for_most(
    tmp_path: Path,
) -> None:
    asked = query("here.py", "‸", opened=("a.py", "b.py"), edited=(("b.py", 0),))
    found = favour(tmp_path, asked)
    assert found["b.py"] > found["a.py"] > 0
    assert "c.py" not in found


def test_a_file_edited_twice_counts_as_one_edited_once(tmp_path: Path) -> None:
    asked = query("here.py", "‸", edited=(("a.py", 0), ("a.py", 1), ("b.py", 0)))
    found = favour(tmp_path, asked)
    assert found["a.py"] == found["b.py"] > 0


def test_an_edit_of_long_ago_counts_for_nothing(tmp_path: Path) -> None:
    edited = (*(("a.py", line) for line in range(5)), ("b.py", 0))
    asked = query("here.py", "‸", edited=edited)
    assert "b.py" not in favour(tmp_path, asked)


def test_a_file_that_changed_together_with_this_one_counts_for_more(
    tmp_path: Path,
) -> None:
    root = tmp_path / "repository"
    asked = query("here.py", "‸")
    with repository(tmp_path, FILES, asked) as index:
        git(root, "init", "--quiet")
        git(root, "add", "--all")
        git(root, "commit", "--quiet", "-m", "first")
        for paths in (("here.py", "a.py"), ("here.py", "a.py"), ("b.py", "c.py")):
            commit(root, *paths)
        index.refresh()
        assert index.wait(60)
        found = favoured(index, asked, surroundings(index, asked).outline)
        assert found["a.py"] > 0
        assert found.get("b.py", 0) == 0


def test_a_file_with_the_same_imports_counts_for_more(tmp_path: Path) -> None:
    files = {
        "both.py": "import rare\nimport other\n",
        "one.py": "import other\n",
        "none.py": "import third\n",
        "often.py": "import other\n",
    }
    found = favour(tmp_path, query("here.py", "import rare\nimport other\n‸"), files)
    assert found["both.py"] > found["one.py"] == found["often.py"] > 0
    assert "none.py" not in found


def test_a_rare_import_in_common_counts_for_more(tmp_path: Path) -> None:
    files = {f"often{n}.py": "import often\n" for n in range(9)}
    files["rare.py"] = "import rare\n"
    found = favour(tmp_path, query("here.py", "import rare\nimport often\n‸"), files)
    assert found["rare.py"] > found["often0.py"] > 0


def test_an_import_of_very_many_files_says_nothing(tmp_path: Path) -> None:
    files = {f"m{n}.py": f"import often\nx = {n}\n" for n in range(51)}
    assert favour(tmp_path, query("here.py", "import often\n‸"), files) == {}


@pytest.mark.parametrize(
    ("path", "other"),
    [("shop/cart.cpp", "shop/cart.h"), ("include/shop/cart.h", "src/shop/cart.cc")],
)
def test_header_and_source_count_for_more(
    tmp_path: Path, path: str, other: str
) -> None:
    files = {other: "int x;\n", "shop/bus.h": "int y;\n"}
    assert list(favour(tmp_path, query(path, "‸"), files)) == [other]


LONG = {"long.py": "".join(f"line{n} = 1\n" for n in range(30)), "b.py": "b = 1\n"}


def test_the_lines_around_an_edit_become_a_candidate(tmp_path: Path) -> None:
    asked = query("here.py", "line9 = line11\n‸", edited=(("long.py", 10),))
    (found,) = edits(tmp_path, asked, LONG)
    assert found.text == "\n".join(f"line{n} = 1" for n in range(7, 14))
    assert (found.path, found.first, found.last) == ("long.py", 7, 13)
    assert found.names == {f"line{n}" for n in (7, 8, 10, 12, 13)}
    assert (found.origin, found.why) == (Origin.EDIT, "edited lately")


def test_the_last_edit_is_the_likeliest(tmp_path: Path) -> None:
    asked = query("here.py", "‸", edited=(("b.py", 0), ("long.py", 3), ("b.py", 0)))
    found = edits(tmp_path, asked, LONG)
    assert [one.path for one in found] == ["b.py", "long.py"]
    assert found[0].evidence > found[1].evidence > 0


@pytest.mark.parametrize(
    ("line", "lines"), [(0, (0, 3)), (2, (0, 5)), (29, (26, 30)), (30, (27, 30))]
)
def test_an_edit_at_an_end_of_a_file_has_fewer_lines(
    tmp_path: Path, line: int, lines: tuple[int, int]
) -> None:
    (found,) = edits(tmp_path, query("here.py", "‸", edited=(("long.py", line),)), LONG)
    assert (found.first, found.last) == lines


@pytest.mark.parametrize("edit", [("here.py", 0), ("gone.py", 0), ("long.py", 99)])
def test_an_edit_here_or_nowhere_gives_nothing(
    tmp_path: Path, edit: tuple[str, int]
) -> None:
    files = LONG | {"here.py": "here = 1\n"}
    assert edits(tmp_path, query("here.py", "h = 1‸", edited=(edit,)), files) == []
